// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_intent.h"
#include "core/runtime/state/state_store.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/xattr.h>

using namespace twinhull;
using namespace twinhull::runtime;

/// A hull that was killed before it wrote the container's record: what its note leads to. Common folders stand for the
/// cgroup tree: they are removed alike while they are empty.
class CgroupIntentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(tree() + "/there"));
    }

    void removesWhatWasMadeAndWhatWasMadeAboveIt_data()
    {
        QTest::addColumn<bool>("isMarked");
        QTest::addColumn<bool>("isMade");
        QTest::newRow("killed before the record") << true << true;
        QTest::newRow("killed before the mark") << false << true;
        QTest::newRow("killed before the folder") << false << false;
    }
    void removesWhatWasMadeAndWhatWasMadeAboveIt()
    {
        QFETCH(bool, isMarked);
        QFETCH(bool, isMade);
        std::string mark;
        leaveHalfMade("/there/above/own", mark);
        QVERIFY(makeFolders(tree() + (isMade ? "/there/above/own" : "/there/above")));
        if (isMarked && !setMark("/there/above/own", mark))
            QSKIP("no extended attributes of users on this file system");
        QCOMPARE(store().open("web").error().code, ErrorCode::NotFound);
        QVERIFY(!exists(root() + "/web"));
        QVERIFY(!exists(tree() + "/there/above"));
        QVERIFY(exists(tree() + "/there"));
    }

    void leavesWhatAnotherContainerMadeMeanwhile()
    {
        std::string mark;
        leaveHalfMade("/there/own", mark);
        QVERIFY(makeFolders(tree() + "/there/own"));
        if (!setMark("/there/own", "own 1.1"))
            QSKIP("no extended attributes of users on this file system");
        QVERIFY(store().ids()->empty());
        QVERIFY(!exists(root() + "/web"));
        QVERIFY(exists(tree() + "/there/own"));
    }

    void leavesWhatWasThere()
    {
        std::string mark;
        leaveHalfMade("/there", mark);
        QVERIFY(store().create("web"));
        QVERIFY(exists(tree() + "/there"));
    }

    void keepsTheFolderAsLongAsItsCgroupCannotBeRemoved()
    {
        std::string mark;
        leaveHalfMade("/there/own", mark);
        QVERIFY(makeFolders(tree() + "/there/own/busy"));
        QVERIFY(store().open("web").error().message.find("cgroup") != std::string::npos);
        QVERIFY(exists(root() + "/web"));
    }

    void theLastNoteCounts()
    {
        auto folder = store().create("web");
        QVERIFY(folder && noteCgroup(folder->fd().fd(), tree() + "/there/own"));
        QVERIFY(noteCgroup(folder->fd().fd(), tree() + "/there/own.2"));
        QVERIFY(makeFolders(tree() + "/there/own") && makeFolders(tree() + "/there/own.2"));
        QVERIFY(removeNotedCgroup(folder->fd()));
        QVERIFY(exists(tree() + "/there/own") && !exists(tree() + "/there/own.2"));
    }

private:
    void leaveHalfMade(const std::string& place, std::string& mark)
    {
        auto folder = store().create("web");
        QVERIFY(folder && noteCgroup(folder->fd().fd(), tree() + place));
        mark = ownerMark(folder->fd().fd());
    }
    bool setMark(const std::string& place, const std::string& mark)
    {
        return ::setxattr((tree() + place).c_str(), kMadeByHull, mark.data(), mark.size(), 0) == 0;
    }
    StateStore store() const { return StateStore(root()); }
    std::string root() const { return m_folder->path().toStdString() + "/state"; }
    std::string tree() const { return m_folder->path().toStdString() + "/tree"; }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(CgroupIntentTest)
#include "cgroup_intent_test.moc"
