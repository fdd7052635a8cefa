// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/console_socket.h"
#include "tests/support/hull_test.h"
#include "tests/support/private_host.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace twinhull::test {

using Words = std::vector<std::string>;

/// What a container is before the verb that is killed.
enum class Before { Nothing, Created, Running, Paused, Mounted };

/// A verb at its work.
struct Stage {
    const char* name;
    Words words; ///< the id follows
    Words program; ///< after the id
    Before before;
    bool needsCgroup = false;
};

/// Words for files that setUpStages() writes.
inline constexpr const char* kResources = "RESOURCES";
inline constexpr const char* kMounts = "MOUNTS";
inline constexpr const char* kConsole = "CONSOLE"; ///< a socket that somebody listens to

inline const std::vector<Stage> kStages{
    { "create", { "create", "--bundle" }, {}, Before::Nothing, false },
    { "run", { "run", "--bundle" }, {}, Before::Nothing, false },
    { "run --detach", { "run", "--detach", "--bundle" }, {}, Before::Nothing, false },
    { "start", { "start" }, {}, Before::Created, false },
    { "exec", { "exec" }, { "/bin/true" }, Before::Running, false },
    { "exec --detach", { "exec", "--detach" }, { "/bin/sleep", "100" }, Before::Running, false },
    { "exec --tty", { "exec", "--tty" }, { "/bin/true" }, Before::Running, false },
    { "exec --tty --detach", { "exec", "--tty", "--detach", "--console-socket", kConsole }, { "/bin/sleep", "100" },
        Before::Running, false },
    { "delete", { "delete" }, {}, Before::Created, false },
    { "delete --force", { "delete", "--force" }, {}, Before::Running, false },
    { "kill", { "kill" }, { "KILL" }, Before::Running, false },
    { "mounts add", { "mounts", "add" }, { kMounts }, Before::Running, false },
    { "mounts remove", { "mounts", "remove" }, { kMounts }, Before::Mounted, false },
    { "update", { "update", "--resources", kResources }, {}, Before::Running, true },
    { "pause", { "pause" }, {}, Before::Running, true },
    { "resume", { "resume" }, {}, Before::Paused, true },
};

/// For tests that hurt hull at a stage of a container's life and look at what is left. The container's id is
/// m_host.marker().
class HullStageTest : public HullTest {
protected:
    void enterPrivateHost()
    {
        if (::geteuid() != 0)
            QSKIP("needs root: mounts of its own");
        QVERIFY(m_host.enter(hullProgram()));
    }

    void setUpStages()
    {
        setUp();
        m_bundle->program = m_host.program();
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        QVERIFY(openPath(m_bundle->path("/output"), O_WRONLY | O_CREAT));
        QVERIFY(writeFileAtomically(resources(), R"({"unified":{"cgroup.max.descendants":"5"}})"));
        QVERIFY(writeFileAtomically(mounts(), R"([{"destination":"/tmp","type":"tmpfs","source":"tmpfs"}])"));
        prepare(Before::Running); // fills the cache of filters
        m_hasCgroups = !m_bundle->state(m_host.marker(), "cgroup").toString().isEmpty();
        QCOMPARE(hull({ "delete", "--force", m_host.marker() }), 0);
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        QTest::qWait(1); // the event loop makes its descriptors
        m_host.remember();
    }

    void prepare(Before before)
    {
        const std::string id = m_host.marker();
        if (before != Before::Nothing)
            QCOMPARE(hull({ "create", "--bundle", m_bundle->path(), id }), 0);
        if (before != Before::Nothing && before != Before::Created)
            QCOMPARE(hull({ "start", id }), 0);
        if (before == Before::Mounted)
            QCOMPARE(hull({ "mounts", "add", id, mounts() }), 0);
        if (before == Before::Paused)
            QCOMPARE(hull({ "pause", id }), 0);
    }

    bool isPossible(const Stage& stage) const { return !stage.needsCgroup || m_hasCgroups; }

    Words wordsOf(const Stage& stage) const
    {
        Words words = stage.words;
        if (stage.before == Before::Nothing)
            words.push_back(m_bundle->path());
        words.push_back(m_host.marker());
        words.insert(words.end(), stage.program.begin(), stage.program.end());
        std::replace(words.begin(), words.end(), std::string(kResources), resources());
        std::replace(words.begin(), words.end(), std::string(kMounts), mounts());
        std::replace(words.begin(), words.end(), std::string(kConsole), console());
        return words;
    }

    std::string resources() const { return m_bundle->path("/resources.json"); }
    std::string mounts() const { return m_bundle->path("/mounts.json"); }
    std::string console() const { return m_bundle->path("/console"); }

    int hull(const Words& words)
    {
        auto child = launch(words);
        const int status = child ? endOf(*child) : -1;
        if (status == 1 || status < 0)
            qWarning("%s", said().constData());
        return status;
    }

    /// `prefix` stands before the program. Both outputs go to the bundle's file "output".
    Result<Child> launch(Words words, const Words& prefix = {})
    {
        if (std::find(words.begin(), words.end(), console()) != words.end()) {
            hangUp();
            m_console = std::make_unique<ConsoleSocket>(console());
        }
        words.insert(words.begin(), { m_bundle->program, "--root", m_bundle->root() });
        words.insert(words.begin(), prefix.begin(), prefix.end());
        auto output = openPath(m_bundle->path("/output"), O_WRONLY | O_TRUNC | O_APPEND);
        return output ? spawn({ words, {}, {} }, { -1, output->fd(), output->fd() }) : std::move(output).error();
    }

    /// With the terminals that were sent.
    void hangUp()
    {
        m_console.reset();
        ::unlink(console().c_str());
    }

    /// Reaps all that ends before it: what was started in a container by a hull that has ended is a child of this
    /// process now, and the kernel holds a container's first process until such a one is reaped.
    static int endOf(const Child& child)
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        int status = 0;
        for (pid_t ended = 0; ended != child.pid;) {
            ended = ::waitpid(-1, &status, WNOHANG);
            pollfd wait{ child.pidfd.fd(), POLLIN, 0 };
            if (ended == 0)
                (void)::poll(&wait, 1, 5); // others end as well
            if (std::chrono::steady_clock::now() > deadline) {
                ::kill(child.pid, SIGKILL);
                return kStuck;
            }
        }
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    /// What the last hull wrote.
    QByteArray said() const { return QByteArray::fromStdString(*readFile(m_bundle->path("/output"))); }

    void nothingIsLeft(const QString& when)
    {
        hangUp();
        QStringList left;
        (void)QTest::qWaitFor([&] { return (left = m_host.leftovers()).isEmpty(); }, 20'000);
        QVERIFY2(left.isEmpty(), qPrintable(when + QStringLiteral(":\n") + left.join(QLatin1Char('\n'))));
    }

    static constexpr int kStuck = -2; ///< did not end in time

    PrivateHost m_host;
    std::unique_ptr<ConsoleSocket> m_console;
    bool m_hasCgroups = false;
};

} // namespace twinhull::test
