// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ordinary_bundle.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/prctl.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::chrono::seconds kLongest(40); // a busy computer may let the attacker in late

/// A process that exchanges two names as fast as it can, until the end.
class Exchanger {
public:
    Exchanger(const std::string& one, const std::string& other) : m_pid(::fork())
    {
        if (m_pid != 0)
            return;
        (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (true)
            (void)::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
    }
    ~Exchanger()
    {
        (void)::kill(m_pid, SIGKILL);
        (void)::waitpid(m_pid, nullptr, 0);
    }
    Exchanger(const Exchanger&) = delete;
    Exchanger& operator=(const Exchanger&) = delete;

private:
    pid_t m_pid;
};

} // namespace

/// CVE-2021-30465, CVE-2019-18837, CVE-2024-45310: somebody exchanges a folder of the image with a link
/// to a folder of the host while hull makes mount points in it and mounts onto them, as root and as an ordinary user.
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
            for (const char* kind : { "tmpfs", "bind" })
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
        const std::string outside = m_bundle->path("/outside");
        QVERIFY(makeFolders(outside, 0777));
        QVERIFY(makeFolders(m_bundle->path("/rootfs/swap"), 0755));
        QVERIFY(makeFolders(m_bundle->path("/rootfs" + outside), 0755)); // where the link leads to, seen from the root
        QVERIFY(writeFileAtomically(m_bundle->path("/source"), "source", 0644));
        QCOMPARE(::symlink(("../../../../../.." + outside).c_str(), m_bundle->path("/rootfs/link").c_str()), 0);
        const std::string name = kind.toStdString();
        m_bundle->spec.mounts.push_back({ "/swap/deep/inner", name, name, {} });
        if (name == "bind") {
            m_bundle->spec.mounts.back().source = m_bundle->path("/source");
            m_bundle->spec.mounts.back().options = { "bind" };
        }
        m_bundle->spec.linux_.maskedPaths.push_back("/swap/deep");
        m_bundle->setScript("true");
        m_bundle->write();
        if (m_user)
            m_user->own(m_bundle->path());
        attack(outside);
    }

private:
    std::string place() const { return m_place->path().toStdString(); }

    void begin(bool isRoot)
    {
        if (isRoot) {
            m_bundle = std::make_unique<HullBundle>(place() + "/bundle");
            return;
        }
        m_user = std::make_unique<OrdinaryUser>(OrdinaryUser::SubordinateIds::No);
        QVERIFY(m_user->isMade);
        m_bundle = std::make_unique<HullBundle>(m_user->home() + "/bundle");
        QVERIFY(giveToUser(*m_bundle, *m_user));
    }

    /// Until hull has met both the folder and the link, which leads to the same path inside of the root.
    void attack(const std::string& outside)
    {
        const Exchanger attacker(m_bundle->path("/rootfs/swap"), m_bundle->path("/rootfs/link"));
        const auto hasMet = [&] {
            return exists(m_bundle->path("/rootfs" + outside + "/deep"))
                && (exists(m_bundle->path("/rootfs/swap/deep")) || exists(m_bundle->path("/rootfs/link/deep")));
        };
        int good = 0;
        const auto deadline = std::chrono::steady_clock::now() + kLongest;
        for (int run = 0; run < 10 || good == 0 || !hasMet(); ++run) {
            if (std::chrono::steady_clock::now() > deadline)
                QSKIP("the attacker never got in between on this computer");
            const auto output = m_bundle->hull({ "run", "--bundle", m_bundle->path(), m_bundle->nextId() });
            m_bundle->ids.pop_back();
            QVERIFY2(output.exitStatus == 0 || output.exitStatus == 1, said(output));
            good += output.exitStatus == 0 ? 1 : 0;
            const auto found = QDir(QString::fromStdString(outside)).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
            QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char(' '))));
        }
        QVERIFY(m_bundle->isClean());
    }

    std::unique_ptr<QTemporaryDir> m_place;
    std::unique_ptr<OrdinaryUser> m_user;
    std::unique_ptr<HullBundle> m_bundle;
};

QTEST_GUILESS_MAIN(HullRaceTest)
#include "hull_race_test.moc"
