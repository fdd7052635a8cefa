// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_stage_test.h"

#include <QElapsedTimer>
#include <QMap>

#include <algorithm>
#include <random>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// One system call of one stage goes wrong.
struct Fault {
    std::size_t stage = 0;
    QByteArray call;
    int number = 1; ///< which of the calls with that name, in each process
    bool isHulls = true; ///< not the C library's before main(), nor the container's program's
    QByteArray how; ///< strace(1), "inject"
};

/// Those that end a process have no error (the C library's next instruction traps), and what is injected into a return
/// from a signal is no fault of the kernel's.
const QSet<QByteArray> kNotToFail{ "exit", "exit_group", "rt_sigreturn", "execve" };

/// Without memory a program may give up, but not stumble.
const QSet<QByteArray> kForMemory{ "brk", "mmap", "munmap", "mprotect", "mremap", "madvise" };

constexpr const char* kKilled = "signal=SIGKILL";

/// An error is injected instead of the call: the descriptor would stay open, as it never does (close(2)).
const QByteArray kClose = "close";

constexpr int kDeadlineMilliseconds = 30'000;

/// In milliseconds; 0: all of them, which takes many minutes.
int patience()
{
    return qEnvironmentVariableIsSet("TWINHULL_FAULT_SECONDS")
        ? qEnvironmentVariableIntValue("TWINHULL_FAULT_SECONDS") * 1000
        : 15'000;
}

/// Of each call, in the order of its numbers, whether it is hull's in every process that makes so many.
using Calls = QMap<QByteArray, QList<bool>>;

/// The first thing that hull does in main() is to name itself; what is executed starts with the C library again.
constexpr const char* kMainBegins = "prctl(PR_SET_NAME";

/// One process in strace's log.
class ProcessLog {
public:
    void take(const QByteArray& call, const QByteArray& line)
    {
        if (line.startsWith(kMainBegins))
            m_isHull = true;
        if (call.startsWith("execve"))
            m_isHull = false;
        calls[call].append(m_isHull);
    }
    Calls calls;

private:
    bool m_isHull = true; ///< a child goes on where it was made
};

Calls callsIn(const QByteArray& log)
{
    QMap<QByteArray, ProcessLog> processes;
    for (const QByteArray& line : log.split('\n')) {
        const QByteArray words = line.simplified();
        const auto start = words.indexOf(' ') + 1;
        const auto bracket = words.indexOf('(', start);
        if (start > 0 && bracket > start && !words.mid(start, bracket - start).contains(' '))
            processes[words.left(start - 1)].take(words.mid(start, bracket - start), words.mid(start));
    }
    Calls all;
    for (const auto& process : processes) {
        for (auto call = process.calls.begin(); call != process.calls.end(); ++call) {
            auto& merged = all[call.key()];
            for (qsizetype i = 0; i < call.value().size(); ++i) {
                if (i == merged.size())
                    merged.append(true);
                merged[i] = merged[i] && call.value()[i];
            }
        }
    }
    return all;
}

} // namespace

/// Every system call that hull makes fails or is its last: hull says what failed, in one line, or goes on; it never
/// crashes, and the next command takes away what is left. Each run tries another sample, each call's name first.
class HullFaultTest : public HullStageTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
#ifdef TWINHULL_SANITIZED
        if (!qEnvironmentVariableIsSet("TWINHULL_TEST_BIN"))
            QSKIP("a sanitizer makes calls of its own and ends where they fail; the released hull is tried instead");
#endif
        enterPrivateHost();
    }
    void init()
    {
        setUpStages();
    }
    void cleanup()
    {
        tearDown();
    }

    void survivesEveryCallThatFails()
    {
        const unsigned seed = qEnvironmentVariableIntValue("TWINHULL_TEST_SEED") != 0
            ? qEnvironmentVariable("TWINHULL_TEST_SEED").toUInt()
            : std::random_device()();
        const auto faults = plan(seed);
        QVERIFY(faults.size() > 500);
        QElapsedTimer time;
        time.start();
        std::size_t tried = 0;
        QSet<QByteArray> names;
        for (; tried < faults.size() && (patience() == 0 || time.elapsed() < patience()); ++tried) {
            attempt(faults[tried]);
            if (QTest::currentTestFailed())
                return;
            names.insert(faults[tried].call);
        }
        qInfo("TWINHULL_TEST_SEED=%u: %zu faults of %zu, %d different calls, none with a crash or a leftover", seed,
            tried, faults.size(), static_cast<int>(names.size()));
    }

private:
    /// The first of each name at each stage before all others, each part in an order of its own.
    std::vector<Fault> plan(unsigned seed)
    {
        std::vector<Fault> first;
        std::vector<Fault> others;
        for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
            if (!isPossible(kStages[stage]))
                continue;
            const auto calls = trace(stage);
            for (auto call = calls.begin(); call != calls.end(); ++call) {
                for (int number = 1; number <= call.value().size() && !kNotToFail.contains(call.key()); ++number) {
                    for (const char* how : { kKilled, "error=EIO", "error=ENOMEM" }) {
                        if (call.key() != kClose || how == kKilled)
                            (number == 1 ? first : others)
                                .push_back({ stage, call.key(), number, call.value()[number - 1], how });
                    }
                }
            }
        }
        std::mt19937 random(seed);
        std::shuffle(first.begin(), first.end(), random);
        std::shuffle(others.begin(), others.end(), random);
        first.insert(first.end(), others.begin(), others.end());
        return first;
    }

    void prepareFor(const Stage& stage)
    {
        m_bundle->setScript(stage.before == Before::Nothing ? "true" : "sleep 100");
        m_bundle->write();
        prepare(stage.before);
    }

    void clear()
    {
        QCOMPARE(hull({ "delete", "--force", m_host.marker() }), 0);
    }

    Calls trace(std::size_t stage)
    {
        prepareFor(kStages[stage]);
        const std::string log = m_bundle->path("/log");
        auto child = launch(wordsOf(kStages[stage]), { "strace", "-D", "-f", "-qq", "-o", log });
        const bool isDone = child && endOf(*child) == 0;
        clear();
        const auto isTold = [] { return ::waitpid(-1, nullptr, WNOHANG) < 0; }; // the tracer ends last
        if (!isDone || !QTest::qWaitFor(isTold, kDeadlineMilliseconds)) {
            QTest::qFail(kStages[stage].name, __FILE__, __LINE__);
            return {};
        }
        const auto calls = callsIn(QByteArray::fromStdString(*readFile(log, 64U << 20U)));
        ::unlink(log.c_str());
        return calls;
    }

    void attempt(const Fault& fault)
    {
        const Stage& stage = kStages[fault.stage];
        const QByteArray inject
            = "inject=" + fault.call + ":" + fault.how + ":when=" + QByteArray::number(fault.number);
        const QByteArray what = QByteArray(stage.name) + ": " + inject;
        prepareFor(stage);
        // -D: the child is hull itself, and a container that runs on keeps the tracer, not us
        auto child = launch(wordsOf(stage),
            { "strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + fault.call.toStdString(), "-e",
                inject.toStdString() });
        QVERIFY(child);
        const int status = endOf(*child);
        child->pidfd.reset(); // no leftover
        const QByteArray output = said();
        QVERIFY2(status != kStuck, what + ": does not end\n" + output);
        judge(fault, status, what + ": status " + QByteArray::number(status) + "\n" + output, output);
        QVERIFY2(hull({ "delete", "--force", m_host.marker() }) == 0, what + "\n" + said());
        nothingIsLeft(QString::fromUtf8(what));
    }

    void judge(const Fault& fault, int status, const QByteArray& all, const QByteArray& output)
    {
        const bool mayBeKilled = fault.how == kKilled;
        if (!fault.isHulls)
            return; // only what is left behind counts
        const bool mayGiveUp = kForMemory.contains(fault.call);
        const bool couldNotStart = status == 255 && all.startsWith("exec");
        QVERIFY2(status < 128 || couldNotStart || (mayBeKilled && status == 128 + SIGKILL)
                || (mayGiveUp && status == 128 + SIGABRT),
            all);
        QVERIFY2(!output.contains("signal 11") && (mayGiveUp || !output.contains("signal 6")), all);
        int lines = 0;
        for (const QByteArray& line : output.split('\n'))
            lines += line.startsWith("hull: ") && !line.startsWith("hull: warning") ? 1 : 0;
        QVERIFY2(lines <= 1, all);
    }
};

QTEST_GUILESS_MAIN(HullFaultTest)
#include "hull_fault_test.moc"
