// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/partial_path.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/file_lock.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>

using namespace twinhull;

class PartialPathTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neverGivesTheSameNameTwice() { QVERIFY(partialPathFor("/a") != partialPathFor("/a")); }

    void findsOnlyWhatTheDeadLeft()
    {
        const std::string gone = std::to_string(pidOfADeadProcess());
        for (const std::string& name : { "a." + gone + "-0.partial", "b." + gone + ".partial", std::string("c"),
                 "d." + gone, std::string("e.partial"), std::string("f.x-0.partial"), std::string(".partial") })
            QVERIFY(writeFileAtomically(path(name), ""));
        QVERIFY(makeFolders(partialPathFor(path("alive"))));
        auto stale = stalePartials(m_root.path().toStdString());
        std::sort(stale.begin(), stale.end());
        QVERIFY(
            (stale == std::vector<std::string>{ path("a." + gone + "-0.partial"), path("b." + gone + ".partial") }));
    }

    /// Whatever process id the name has: another pid namespace counts them by itself.
    void sweepsAllButWhatIsLocked()
    {
        const std::string folder = path("swept");
        PartialGuard held(partialPathFor(folder + "/held"));
        QVERIFY(makeFolders(folder) && held.makeFolder());
        const std::string mine = "." + std::to_string(::getpid()) + "-900.partial";
        const std::string others = ".999999999-0.partial"; // above any pid_max
        const std::string written = "written." + std::to_string(::getpid()) + ".partial"; // in a moment under its name
        for (const std::string& name : { "folder" + mine, "folder" + others })
            QVERIFY(makeFolders(folder + "/" + name + "/below"));
        for (const std::string& name : { "file" + mine, "file" + others, std::string("kept"), written })
            QVERIFY(writeFileAtomically(folder + "/" + name, ""));
        const std::size_t all = partialsIn(folder).size();
        QCOMPARE(all, std::size_t{ 6 });
        {
            const auto lock = FileLock::acquire(folder + "/.lock");
            QVERIFY(lock && removeIdlePartials(folder));
            QCOMPARE(partialsIn(folder).size(), all); // somebody is at work in the whole folder
        }
        QVERIFY(removeIdlePartials(folder));
        QCOMPARE(partialsIn(folder).size(), std::size_t{ 2 });
        QVERIFY(exists(held.path()) && exists(folder + "/" + written) && exists(folder + "/kept"));
    }

    void removesWhatWasNotKept()
    {
        const std::string dropped = path("dropped");
        const std::string kept = path("kept");
        QVERIFY(makeFolders(dropped + "/below"));
        QVERIFY(makeFolders(kept));
        {
            const PartialGuard first(dropped);
            PartialGuard second(kept);
            second.keep();
        }
        QVERIFY(!exists(dropped));
        QVERIFY(exists(kept));
    }

private:
    std::string path(const std::string& name) const { return m_root.path().toStdString() + "/" + name; }

    static pid_t pidOfADeadProcess()
    {
        auto child = spawn({ { "true" }, {}, {} }, {});
        if (!child)
            return 0;
        ::waitpid(child->pid, nullptr, 0);
        return child->pid;
    }

    QTemporaryDir m_root;
};

QTEST_GUILESS_MAIN(PartialPathTest)
#include "partial_path_test.moc"
