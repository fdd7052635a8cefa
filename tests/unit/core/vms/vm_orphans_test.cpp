// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/vm_orphans.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QTest>

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>

using namespace twinhull;

namespace {

const QString kNewVm = QStringLiteral("11111111-1111-4111-8111-111111111111");

} // namespace

/// What a maker of a VM leaves that is killed before it has noted whose the folder is.
class VmOrphansTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void makesAFolderThatIsNotedAndTaken()
    {
        const VmFolder folder(m_world.folders(), kNewVm);
        const auto claim = beginVmFolder(folder, QStringLiteral("test:///default"));
        QVERIFY(claim);
        QCOMPARE(inVms(), QStringList{ kNewVm });
        const auto note = readFile((folder.path() + QStringLiteral("/libvirt-uri")).toStdString());
        QVERIFY(note);
        QCOMPARE(*note, std::string("test:///default"));
        QVERIFY(exists((folder.path() + QStringLiteral("/in-making")).toStdString()));
        const auto other = openPath(folder.path().toStdString(), O_RDONLY | O_DIRECTORY);
        QVERIFY(other);
        QVERIFY(::flock(other->fd(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK);
        QVERIFY(endVmFolder(folder));
        QVERIFY(removeTree(folder.path().toStdString()));
    }

    void leavesNothingWhereItCannotBeMade()
    {
        const VmFolder folder(m_world.folders(), kNewVm);
        QVERIFY(makeFolders((folder.path() + QStringLiteral("/disk")).toStdString())); // somebody's
        QVERIFY(!beginVmFolder(folder, QStringLiteral("test:///default")));
        QCOMPARE(inVms(), QStringList{ kNewVm });
        QVERIFY(removeTree(folder.path().toStdString()));
    }

    void removesABareFolderAlone()
    {
        const VmFolder folder(m_world.folders(), kNewVm);
        QVERIFY(makeFolders(folder.path().toStdString()));
        QVERIFY(claimVmFolder(folder, QStringLiteral("test:///default")));
        const std::string others = halfMade(kNewVm.toLatin1().constData(), Age::New);
        QVERIFY(makeFolders(folder.path().toStdString() + "/definitions"));
        QVERIFY(removeBareVmFolder(folder));
        QVERIFY(isVmFolderOf(folder, QStringLiteral("test:///default"))); // something is in it
        QVERIFY(removeTree(folder.path().toStdString() + "/definitions"));
        QVERIFY(removeBareVmFolder(folder));
        QVERIFY(!exists(folder.path().toStdString()) && exists(others));
        QVERIFY(removeTree(others));
    }

    void sweepsWhatAKilledMakerLeft()
    {
        const std::string killed = halfMade("killed", Age::Old);
        const std::string atWork = halfMade("at-work", Age::Old);
        const std::string fresh = halfMade("fresh", Age::New); // its maker is about to lock it
        QVERIFY(writeFileAtomically(killed + "/in-making", {}));
        setOld(killed);
        const auto maker = openPath(atWork, O_RDONLY | O_DIRECTORY);
        QVERIFY(maker && ::flock(maker->fd(), LOCK_EX) == 0);
        QCOMPARE(removeHalfMade(m_world.folders()), QStringList{ QString::fromStdString(killed) });
        QVERIFY(!exists(killed) && exists(atWork) && exists(fresh));
        QCOMPARE(::flock(maker->fd(), LOCK_UN), 0); // it was killed, too
        QCOMPARE(removeHalfMade(m_world.folders()), QStringList{ QString::fromStdString(atWork) });
        QVERIFY(exists(fresh));
        QVERIFY(removeTree(fresh));
    }

private:
    enum class Age { New, Old };

    QStringList inVms() const
    {
        return QDir(QString::fromStdString(m_world.folders().vms()))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }

    static void setOld(const std::string& path)
    {
        const timespec hourAgo{ ::time(nullptr) - 3600, 0 };
        const timespec times[2] = { hourAgo, hourAgo };
        QCOMPARE(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    }

    std::string halfMade(const char* name, Age age) const
    {
        std::string path = m_world.folders().vms() + "/.making-" + name;
        if (!makeFolders(path))
            qFatal("cannot make %s", path.c_str());
        if (age == Age::Old)
            setOld(path);
        return path;
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(VmOrphansTest)
#include "vm_orphans_test.moc"
