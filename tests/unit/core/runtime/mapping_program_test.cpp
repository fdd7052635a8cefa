// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/mapping_program.h"

#include <QTest>

#include <sys/wait.h>

#include <cerrno>
#include <optional>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace std::chrono_literals;

/// With other programs in the place of newuidmap: what is told of their end, and that none is left.
class MappingProgramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup()
    {
        QCOMPARE(::waitpid(-1, nullptr, WNOHANG), -1); // no child, ended or not
        QCOMPARE(errno, ECHILD);
    }

    void awaitsTheEnd()
    {
        auto program = MappingProgram::start({ { "true" }, {}, {} });
        QVERIFY(program);
        QVERIFY(program->await(in(20s)));
    }

    void tellsTheLastLineOfARefusal()
    {
        auto program = MappingProgram::start({ { "sh", "-c", "echo first >&2; echo no range >&2; exit 3" }, {}, {} });
        QVERIFY(program);
        QCOMPARE(messageOf(program->await(in(20s))), std::string("sh: no range"));
    }

    void tellsTheStatusWhereNothingWasSaid()
    {
        auto program = MappingProgram::start({ { "sh", "-c", "exit 3" }, {}, {} });
        QVERIFY(program);
        QCOMPARE(messageOf(program->await(in(20s))), std::string("sh: exit status 3"));
    }

    void namesAProgramThatIsNotThere()
    {
        auto program = MappingProgram::start({ { "no-such-program" }, {}, {} });
        QVERIFY(!program);
        QVERIFY(program.error().message.find("no-such-program") != std::string::npos);
    }

    void endsOneThatDoesNotEnd()
    {
        auto program = MappingProgram::start({ { "sleep", "1000" }, {}, {} });
        QVERIFY(program);
        const auto done = program->await(in(1ms));
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Timeout);
    } // and cleanup() finds no child

    void endsOneThatNobodyWaitedFor()
    {
        auto first = MappingProgram::start({ { "sleep", "1000" }, {}, {} });
        QVERIFY(first);
        std::optional<MappingProgram> held(*std::move(first));
        held.reset();
    }

private:
    static MappingProgram::Clock::time_point in(std::chrono::milliseconds time)
    {
        return MappingProgram::Clock::now() + time;
    }
    static std::string messageOf(const Result<>& result) { return result ? "done" : result.error().message; }
};

QTEST_GUILESS_MAIN(MappingProgramTest)
#include "mapping_program_test.moc"
