// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/state/container.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <memory>

using namespace twinhull;
using namespace twinhull::runtime;

/// What is left of a container when its program has ended, and who may take it away.
class ContainerEndTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void locksItsOwnFolderAgain()
    {
        auto folder = store().create("web");
        QVERIFY(folder && folder->writeRecord({}));
        folder->unlock();
        auto isThere = folder->lockAgain();
        QVERIFY(isThere && *isThere);
        QCOMPARE(store().create("web").error().code, ErrorCode::AlreadyExists);
    }

    void seesThatItsFolderIsGone()
    {
        auto folder = store().create("web");
        QVERIFY(folder && folder->writeRecord({}));
        folder->unlock();
        QVERIFY(store().open("web")->remove());
        auto isThere = folder->lockAgain();
        QVERIFY(isThere && !*isThere);
    }

    void seesThatItsIdBelongsToAnother()
    {
        auto folder = store().create("web");
        QVERIFY(folder && folder->writeRecord({}));
        folder->unlock();
        QVERIFY(store().open("web")->remove());
        auto other = store().create("web");
        QVERIFY(other && other->writeRecord({}));
        auto isThere = folder->lockAgain();
        QVERIFY(isThere && !*isThere);
        QVERIFY(exists(root() + "/web"));
    }

    void takesTheFolderAndTheCgroupAway()
    {
        const std::string cgroup = m_folder->filePath(QStringLiteral("cgroup")).toStdString();
        QCOMPARE(::mkdir(cgroup.c_str(), 0755), 0);
        auto folder = store().create("web");
        oci::ContainerRecord record;
        record.id = "web";
        record.cgroup = cgroup;
        QVERIFY(folder && folder->writeRecord(record));
        QVERIFY(deleteEnded(*folder, record, [](const char* text) { QFAIL(text); }));
        QVERIFY(!exists(root() + "/web"));
        QVERIFY(!exists(cgroup));
    }

    void removesACgroupWithChildren()
    {
        const std::string cgroup = m_folder->filePath(QStringLiteral("cgroup")).toStdString();
        QVERIFY(makeFolders(cgroup + "/a/b", 0755));
        QVERIFY(removeCgroup(cgroup));
        QVERIFY(!exists(cgroup));
        QVERIFY(removeCgroup(cgroup));
    }

    void keepsTheRecordWhileTheCgroupStays()
    {
        const std::string cgroup = m_folder->filePath(QStringLiteral("cgroup")).toStdString();
        QVERIFY(makeFolders(cgroup, 0755));
        QVERIFY(writeFileAtomically(cgroup + "/stuck", ""));
        auto folder = store().create("web");
        oci::ContainerRecord record;
        record.id = "web";
        record.cgroup = cgroup;
        QVERIFY(folder && folder->writeRecord(record));
        const auto deleted = deleteEnded(*folder, record, {});
        QVERIFY(!deleted);
        QVERIFY(deleted.error().message.find(cgroup) != std::string::npos);
        QCOMPARE(folder->readRecord()->cgroup, cgroup);
    }

private:
    std::string root() const { return m_folder->filePath(QStringLiteral("state")).toStdString(); }
    StateStore store() const { return StateStore(root()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(ContainerEndTest)
#include "container_end_test.moc"
