// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/call_tracer.h"
#include "tests/support/ordinary_bundle.h"

#include <QDir>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdio>
#include <memory>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// Before which of its calls somebody may come in between: those that resolve a name, make something, or mount.
const QSet<long> kCalls{ SYS_openat2, SYS_openat, SYS_mkdirat, SYS_mknodat, SYS_symlinkat, SYS_newfstatat,
    SYS_open_tree, SYS_move_mount, SYS_mount, SYS_mount_setattr };

enum class Stay { OneCall, ToTheEnd };

} // namespace

/// CVE-2021-30465, CVE-2019-18837, CVE-2024-45310, and those of /dev, of links above a mount point and of masks that
/// came after them: somebody exchanges a folder of the image with a link to a folder of the host while hull makes mount
/// points and devices in it and mounts onto them. No chance is left to chance: hull stands still before each of its
/// calls in turn while the two names are exchanged, as root and as an ordinary user.
class HullRaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        if (::geteuid() != 0)
            QSKIP("needs root, also to make an ordinary user");
        m_place = std::make_unique<QTemporaryDir>();
        QCOMPARE(::chmod(place().c_str(), 0755), 0);
    }
    void cleanup()
    {
        m_bundle.reset();
        m_user.reset();
        m_place.reset();
    }

    void neverLeavesTheRoot_data()
    {
        QTest::addColumn<bool>("isRoot");
        QTest::addColumn<QString>("kind");
        for (const bool isRoot : { true, false }) {
            for (const char* kind : { "tmpfs", "bind", "cover", "devices" })
                QTest::newRow(qPrintable(
                    QString::fromLatin1(kind) + (isRoot ? QStringLiteral(" as root") : QStringLiteral(" as a user"))))
                    << isRoot << QString::fromLatin1(kind);
        }
    }
    void neverLeavesTheRoot()
    {
        QFETCH(bool, isRoot);
        QFETCH(QString, kind);
        begin(isRoot);
        prepare(kind.toStdString());
        (void)attack(0, Stay::ToTheEnd); // nobody comes; makes what a first start makes in the image
        const int calls = attack(0, Stay::ToTheEnd);
        QVERIFY2(calls > 10, qPrintable(QString::number(calls)));
        for (int number = 1; number <= calls && !QTest::currentTestFailed(); ++number) {
            for (const Stay stay : { Stay::OneCall, Stay::ToTheEnd })
                QVERIFY2(attack(number, stay) >= number, "the attacker did not get in between");
        }
        // otherwise the link would have been no bait
        QVERIFY(m_isInsideSeen);
        QVERIFY(m_isFolderSeen);
        QVERIFY(m_bundle->isClean());
    }

private:
    std::string place() const { return m_place->path().toStdString(); }
    std::string swap() const { return m_bundle->path("/rootfs" + m_swapped); }
    std::string link() const { return m_bundle->path("/rootfs/link"); }
    std::string outside() const { return m_bundle->path("/outside"); }
    /// Where the link leads to, seen from the container's root.
    std::string inside() const { return m_bundle->path("/rootfs" + outside()); }

    void begin(bool isRoot)
    {
        m_isInsideSeen = m_isFolderSeen = false;
        if (isRoot) {
            m_bundle = std::make_unique<HullBundle>(place() + "/bundle");
            return;
        }
        m_user = std::make_unique<OrdinaryUser>(OrdinaryUser::SubordinateIds::No);
        QVERIFY(m_user->isMade);
        m_bundle = std::make_unique<HullBundle>(m_user->home() + "/bundle");
        QVERIFY(giveToUser(*m_bundle, *m_user));
    }

    /// Mounts, covers or makes devices in the folder that will be exchanged; nothing else comes between the calls.
    void prepare(const std::string& kind)
    {
        m_swapped = kind == "devices" ? "/dev" : "/swap";
        for (const std::string& folder : { outside(), inside(), swap() })
            QVERIFY(makeFolders(folder, 0755));
        QVERIFY(writeFileAtomically(m_bundle->path("/source"), "source", 0644));
        QCOMPARE(::symlink(("../../../../../.." + outside()).c_str(), link().c_str()), 0);
        auto& spec = m_bundle->spec;
        spec.mounts = { { "/proc", "proc", "proc", {} } };
        spec.linux_.maskedPaths.clear();
        spec.linux_.readonlyPaths.clear();
        if (kind == "tmpfs")
            spec.mounts.push_back({ "/swap/deep/inner", "tmpfs", "tmpfs", {} });
        if (kind == "bind")
            spec.mounts.push_back({ "/swap/deep/inner", "bind", m_bundle->path("/source"), { "bind" } });
        if (kind == "cover") {
            spec.mounts.push_back({ "/swap/deep", "tmpfs", "tmpfs", {} });
            spec.linux_.maskedPaths = { "/swap/deep", "/swap" };
            spec.linux_.readonlyPaths = { "/swap/deep", "/swap" };
        }
        m_bundle->setScript("true");
        m_bundle->write();
        if (m_user)
            m_user->own(m_bundle->path());
    }

    /// A start with the names exchanged before the call of that number. How many calls there were.
    int attack(int number, Stay stay)
    {
        reset();
        int calls = 0;
        std::vector<std::string> words = m_bundle->prefix;
        words.insert(words.end(),
            { m_bundle->program, "--root", m_bundle->root(), "run", "--bundle", m_bundle->path(), "race" });
        const int status = traceCalls(words, [&](const CallAtEntry& call) {
            if (call.isFirst || !kCalls.contains(call.number))
                return;
            ++calls;
            if (calls == number || (calls == number + 1 && number > 0 && stay == Stay::OneCall))
                exchange();
            if (calls >= number)
                hasNoMountOutside(call.pid);
        });
        const auto what = QStringLiteral("call %1 of %2, status %3").arg(number).arg(calls).arg(status);
        const bool isGood = (status == 0 || (status == 1 && number > 0)) && !QTest::currentTestFailed();
        if (!isGood)
            QTest::qFail(qPrintable(what), __FILE__, __LINE__);
        const auto found = entriesOf(outside());
        if (!found.isEmpty())
            QTest::qFail(qPrintable(what + QStringLiteral(": outside are ") + found.join(u' ')), __FILE__, __LINE__);
        m_isInsideSeen = m_isInsideSeen || !entriesOf(inside()).isEmpty();
        m_isFolderSeen = m_isFolderSeen || !entriesOf(swap()).isEmpty();
        return calls;
    }

    void exchange() const
    {
        QCOMPARE(::renameat2(AT_FDCWD, swap().c_str(), AT_FDCWD, link().c_str(), RENAME_EXCHANGE), 0);
    }

    /// As it was before the first attack.
    void reset() const
    {
        struct stat info { };
        QCOMPARE(::lstat(swap().c_str(), &info), 0);
        if (S_ISLNK(info.st_mode))
            exchange();
        for (const std::string& folder : { swap(), inside() }) {
            for (const QString& name : entriesOf(folder))
                QVERIFY(removeTree(folder + "/" + name.toStdString()));
        }
    }

    static QStringList entriesOf(const std::string& folder)
    {
        return QDir(QString::fromStdString(folder))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }

    /// Until the root changes: then the host's tree goes, and the same path means one inside.
    void hasNoMountOutside(pid_t pid) const
    {
        auto text = readFile("/proc/" + std::to_string(pid) + "/mountinfo", 1U << 20U);
        QByteArrayList points;
        for (const QByteArray& line : QByteArray::fromStdString(text ? *text : std::string()).split('\n'))
            points += line.split(' ').value(4); // proc_pid_mountinfo(5)
        if (!points.contains(QByteArray::fromStdString(m_bundle->path("/rootfs"))))
            return;
        for (const QByteArray& point : points)
            QVERIFY2((point + '/').indexOf(QByteArray::fromStdString(outside() + "/")) != 0, point.constData());
    }

    std::unique_ptr<QTemporaryDir> m_place;
    std::unique_ptr<OrdinaryUser> m_user;
    std::unique_ptr<HullBundle> m_bundle;
    std::string m_swapped;
    bool m_isInsideSeen = false;
    bool m_isFolderSeen = false;
};

QTEST_GUILESS_MAIN(HullRaceTest)
#include "hull_race_test.moc"
