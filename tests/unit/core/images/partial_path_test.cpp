// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/partial_path.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"

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
