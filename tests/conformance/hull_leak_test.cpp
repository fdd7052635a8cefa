// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"
#include "tests/support/private_host.h"

#include <poll.h>

#include <chrono>
#include <csignal>
#include <random>

using namespace twinhull;
using namespace twinhull::test;

namespace {

using Words = std::vector<std::string>;
using Nanoseconds = std::chrono::nanoseconds;

constexpr Nanoseconds kUnknown = std::chrono::minutes(1);

/// What a container is before the verb that is killed.
enum class Before { Nothing, Created, Running };

struct Victimised {
    const char* name;
    Words words; ///< the id follows
    Words program; ///< after the id
    Before before;
};

const std::vector<Victimised> kVerbs{
    { "create", { "create", "--bundle" }, {}, Before::Nothing },
    { "run", { "run", "--bundle" }, {}, Before::Nothing },
    { "run --detach", { "run", "--detach", "--bundle" }, {}, Before::Nothing },
    { "start", { "start" }, {}, Before::Created },
    { "exec", { "exec" }, { "/bin/true" }, Before::Running },
    { "exec --detach", { "exec", "--detach" }, { "/bin/sleep", "100" }, Before::Running },
    { "delete", { "delete" }, {}, Before::Created },
    { "delete --force", { "delete", "--force" }, {}, Before::Running },
    { "kill", { "kill" }, { "KILL" }, Before::Running },
};

struct Extent {
    int cycles;
    int kills;
};

/// A build with sanitizers starts ten times slower.
Extent extent()
{
#ifdef __SANITIZE_ADDRESS__
    if (!qEnvironmentVariableIsSet("TWINHULL_TEST_BIN"))
        return { 100, 50 };
#endif
    return { 1000, 200 };
}

} // namespace

/// What hull leaves behind when it works, and what is left after `delete --force` when it was killed (SIGKILL) at a
/// random moment: no process, mount, cgroup, file or descriptor.
class HullLeakTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root: mounts of its own");
        QVERIFY(m_host.enter(hullProgram()));
    }

    void init()
    {
        setUp();
        m_bundle->program = m_host.program();
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        QVERIFY(openPath(m_bundle->path("/output"), O_WRONLY | O_CREAT));
        prepare(Before::Running); // fills the cache of filters
        m_hasCgroups = !m_bundle->state(m_host.marker(), "cgroup").toString().isEmpty();
        QCOMPARE(hull({ "delete", "--force", m_host.marker() }), 0);
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        m_host.remember();
    }
    void cleanup() { tearDown(); }

    void leavesNothingInTheLongRun()
    {
        const std::string id = m_host.marker();
        for (int cycle = 0; cycle < extent().cycles; cycle += 4) {
            write(cycle, "exit 7");
            QCOMPARE(hull({ "run", "--bundle", m_bundle->path(), id }), 7);
            QCOMPARE(hull({ "run", "--bundle", m_bundle->path(), "--detach", id }), 0);
            QCOMPARE(hull({ "delete", "--force", id }), 0);
            prepare(Before::Created);
            QCOMPARE(hull({ "delete", id }), 0);
            write(cycle, "sleep 100");
            prepare(Before::Running);
            QCOMPARE(hull({ "exec", "--detach", id, "/bin/sleep", "100" }), 0);
            QCOMPARE(hull({ "delete", "--force", id }), 0);
        }
        nothingIsLeft(QStringLiteral("the last cycle"));
    }

    void leavesNothingWhenItIsKilled()
    {
        const unsigned seed = qEnvironmentVariableIntValue("TWINHULL_TEST_SEED") != 0
            ? qEnvironmentVariable("TWINHULL_TEST_SEED").toUInt()
            : std::random_device()();
        std::mt19937 random(seed);
        qInfo("TWINHULL_TEST_SEED=%u", seed);
        std::vector<Nanoseconds> durations(kVerbs.size(), kUnknown);
        int killed = 0;
        for (int round = 0; killed < extent().kills; ++round) {
            const std::size_t which = static_cast<std::size_t>(round) % kVerbs.size();
            const auto& verb = kVerbs[which];
            Nanoseconds& duration = durations[which]; // the shortest, not cut
            write(round / static_cast<int>(kVerbs.size()), verb.before == Before::Nothing ? "true" : "sleep 100");
            prepare(verb.before);
            std::uniform_int_distribution<std::int64_t> moments(0, duration.count() + duration.count() / 20);
            const Nanoseconds moment = duration == kUnknown ? kUnknown : Nanoseconds(moments(random));
            const auto started = std::chrono::steady_clock::now();
            if (runAndKill(verb, moment))
                ++killed;
            else
                duration = std::min(duration, Nanoseconds(std::chrono::steady_clock::now() - started));
            const auto what = QStringLiteral("round %1, %2, to be killed after %3 us, seed %4")
                                  .arg(round)
                                  .arg(QLatin1String(verb.name))
                                  .arg(moment.count() / 1000)
                                  .arg(seed);
            QVERIFY2(hull({ "delete", "--force", m_host.marker() }) == 0, qPrintable(what));
            nothingIsLeft(what);
            if (QTest::currentTestFailed())
                return;
        }
    }

private:
    /// Every other one without pids of its own, where only the cgroup knows what belongs to it, and that deep in
    /// folders.
    void write(int number, const std::string& script)
    {
        auto& linux_ = m_bundle->spec.linux_;
        linux_ = oci::defaultRuntimeSpec().linux_;
        if (m_hasCgroups && number % 2 == 1) {
            linux_.cgroupsPath = "/" + m_host.marker() + "/inner/own";
            linux_.namespaces.erase(std::remove_if(linux_.namespaces.begin(), linux_.namespaces.end(),
                                        [](const auto& entry) { return entry.kind == oci::NamespaceKind::Pid; }),
                linux_.namespaces.end());
        }
        m_bundle->setScript(script);
        m_bundle->write();
    }

    void prepare(Before before)
    {
        const std::string id = m_host.marker();
        if (before != Before::Nothing)
            QCOMPARE(hull({ "create", "--bundle", m_bundle->path(), id }), 0);
        if (before == Before::Running)
            QCOMPARE(hull({ "start", id }), 0);
    }

    int hull(const Words& words) const
    {
        auto child = launch(words);
        const int status = child ? endOf(*child) : -1;
        if (status == 1 || status < 0)
            qWarning("%s", readFile(m_bundle->path("/output"))->c_str());
        return status;
    }

    Result<Child> launch(Words words) const
    {
        words.insert(words.begin(), { m_bundle->program, "--root", m_bundle->root() });
        auto output = openPath(m_bundle->path("/output"), O_WRONLY | O_TRUNC | O_APPEND);
        return output ? spawn({ words, {}, {} }, { -1, output->fd(), output->fd() }) : std::move(output).error();
    }

    /// Reaps all that ends before it: what was started in a container by a hull that has ended is a child of this
    /// process now, and the kernel holds a container's first process until such a one is reaped.
    static int endOf(const Child& child)
    {
        int status = 0;
        pid_t ended = 0;
        do {
            ended = ::waitpid(-1, &status, 0);
        } while (ended != child.pid && (ended > 0 || errno == EINTR));
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    /// False when it had ended before.
    bool runAndKill(const Victimised& verb, Nanoseconds moment) const
    {
        Words words = verb.words;
        if (verb.before == Before::Nothing)
            words.push_back(m_bundle->path());
        words.push_back(m_host.marker());
        words.insert(words.end(), verb.program.begin(), verb.program.end());
        auto child = launch(words);
        if (!child)
            return false;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(moment);
        const timespec limit{ seconds.count(), (moment - seconds).count() };
        pollfd wait{ child->pidfd.fd(), POLLIN, 0 };
        if (::ppoll(&wait, 1, &limit, nullptr) == 0)
            ::kill(child->pid, SIGKILL);
        return endOf(*child) == 128 + SIGKILL;
    }

    void nothingIsLeft(const QString& when)
    {
        QStringList left;
        (void)QTest::qWaitFor([&] { return (left = m_host.leftovers()).isEmpty(); }, 20'000);
        QVERIFY2(left.isEmpty(), qPrintable(when + QStringLiteral(":\n") + left.join(QLatin1Char('\n'))));
    }

    PrivateHost m_host;
    bool m_hasCgroups = false;
};

QTEST_GUILESS_MAIN(HullLeakTest)
#include "hull_leak_test.moc"
