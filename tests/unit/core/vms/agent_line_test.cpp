// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/agent_line.h"

#include "core/vms/guest/agent_connection.h"
#include "core/vms/guest/agent_program.h"
#include "tests/support/played_agent.h"

#include <QJsonArray>
#include <QTest>

using namespace twinhull;
using test::PlayedAgent;

namespace {

AgentLine lineTo(PlayedAgent& agent)
{
    return AgentLine([&agent](const QByteArray& command) { return agent.ask(command); });
}

/// The code of what comes of the command when its answer is `answer`; Unknown: it was taken.
ErrorCode codeFor(const QString& command, const QByteArray& answer)
{
    const AgentLine line([&](const QByteArray&) { return Result<QByteArray>(answer); });
    constexpr qint64 kFour = 4;
    const auto codeOf = [](const auto& result) { return result ? ErrorCode::Unknown : result.error().code; };
    if (command == u"guest-file-open")
        return codeOf(line.open("/x", AgentFileMode::Read));
    if (command == u"guest-file-read")
        return codeOf(line.read(1, kFour));
    if (command == u"guest-file-write")
        return codeOf(line.write(1, "four"));
    if (command == u"guest-exec")
        return codeOf(line.run({ "true" }, {}));
    return codeOf(line.status(1));
}

QByteArray blocked()
{
    return PlayedAgent::told(QJsonObject{ { QStringLiteral("supported_commands"),
        QJsonArray{ QJsonObject{
            { QStringLiteral("name"), QStringLiteral("guest-exec") }, { QStringLiteral("enabled"), false } } } } });
}

} // namespace

class AgentLineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesHostileAnswers_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QByteArray>("answer");
        const auto row = [](const char* name, const char* command, const QByteArray& answer) {
            QTest::newRow(name) << QString::fromLatin1(command) << answer;
        };
        row("no JSON", "guest-exec", "{");
        row("no object", "guest-exec", "[1]");
        row("nested without end", "guest-exec", QByteArray(100'000, '['));
        row("a process that is no number", "guest-exec", R"({"return":{"pid":"1; reboot"}})");
        row("a process below nothing", "guest-exec", R"({"return":{"pid":-1}})");
        row("a process that is a fraction", "guest-exec", R"({"return":{"pid":1.5}})");
        row("a handle that is a text", "guest-file-open", R"({"return":"1"})");
        row("more than was asked for", "guest-file-read", R"({"return":{"count":5,"buf-b64":"MTIzNDU=","eof":false}})");
        row("another count", "guest-file-read", R"({"return":{"count":9000000000,"buf-b64":"MTI=","eof":false}})");
        row("no base64", "guest-file-read", R"({"return":{"count":2,"buf-b64":"M\u0000Iz","eof":false}})");
        row("an end that is a text", "guest-file-read", R"({"return":{"count":0,"buf-b64":"","eof":"yes"}})");
        row("more taken than given", "guest-file-write", R"({"return":{"count":5,"eof":false}})");
        row("nothing taken", "guest-file-write", R"({"return":{"count":0,"eof":false}})");
        row("neither ended nor not", "guest-exec-status", R"({"return":{}})");
        row("output that is a list", "guest-exec-status", R"({"return":{"exited":true,"out-data":[]}})");
        row("errors that are no base64", "guest-exec-status", R"({"return":{"exited":true,"err-data":"?"}})");
    }
    void refusesHostileAnswers()
    {
        QFETCH(QString, command);
        QFETCH(QByteArray, answer);
        QCOMPARE(codeFor(command, answer), ErrorCode::Corrupt);
    }

    void takesAStatusOfAnySizeAsOneByte_data()
    {
        QTest::addColumn<QByteArray>("ended");
        QTest::addColumn<int>("status");
        QTest::newRow("usual") << QByteArray("\"exitcode\":3") << 3;
        QTest::newRow("of Windows") << QByteArray("\"exitcode\":3221225477") << 255;
        QTest::newRow("one that would become success") << QByteArray("\"exitcode\":256") << 255;
        QTest::newRow("below nothing") << QByteArray("\"exitcode\":-1") << 255;
        QTest::newRow("a signal") << QByteArray("\"signal\":9") << 137;
        QTest::newRow("no signal") << QByteArray("\"signal\":4711") << 255;
        QTest::newRow("nothing") << QByteArray("\"a\":0") << 255;
    }
    void takesAStatusOfAnySizeAsOneByte()
    {
        QFETCH(QByteArray, ended);
        const AgentLine line([&](const QByteArray&) {
            return Result<QByteArray>(QByteArray("{\"return\":{\"exited\":true," + ended + "}}"));
        });
        const auto status = line.status(1);
        QVERIFY(status && status->hasEnded);
        QTEST(status->exitStatus, "status");
    }

    void saysWhatTheConfigurationForbids()
    {
        PlayedAgent agent;
        agent.instead[QStringLiteral("guest-exec")] = [](const QJsonObject&) -> Result<QByteArray> {
            return Error{ ErrorCode::Unknown, "Command guest-exec has been disabled", 0, {} };
        };
        agent.instead[QStringLiteral("guest-info")] = [](const QJsonObject&) { return Result<QByteArray>(blocked()); };
        auto refused = lineTo(agent).run({ "true" }, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        QVERIFY(refused.error().hint.find("qemu-ga.conf") != std::string::npos);
        agent.instead[QStringLiteral("guest-fsfreeze-status")]
            = [](const QJsonObject&) { return Result<QByteArray>(PlayedAgent::told(QStringLiteral("frozen"))); };
        refused = lineTo(agent).run({ "true" }, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Busy);
    }

    void tellsTheAgentsOwnReason()
    {
        QCOMPARE(agentReason("ask: internal error: unable to execute QEMU agent command 'guest-exec': No \033[31msuch",
                     "guest-exec"),
            std::string("No ?[31msuch"));
        QCOMPARE(agentReason("something else", "guest-exec"), std::string("something else"));
    }

    void asksForNothingItCannotSay()
    {
        PlayedAgent agent;
        QCOMPARE(lineTo(agent).open("/\xff", AgentFileMode::Read).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(lineTo(agent).run({}, {}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(lineTo(agent).run({ "cat" }, std::string(kGuestInputLimitBytes + 1, 'x')).error().code,
            ErrorCode::InvalidArgument);
        QCOMPARE(lineTo(agent).run({ "echo", std::string(std::size_t(200) << 10U, 'x') }, {}).error().code,
            ErrorCode::InvalidArgument);
        QVERIFY(lineTo(agent).run({ "printf", "" }, {}));
        QCOMPARE(agent.commands.back(), std::string("printf "));
    }

    void endsWhatRunsBeyondItsLimit()
    {
        PlayedAgent agent;
        int asked = 0;
        agent.instead[QStringLiteral("guest-exec-status")] = [&](const QJsonObject&) {
            ++asked;
            const bool isAskedToEnd = !agent.commands.empty() && agent.commands.back().starts_with("kill");
            return Result<QByteArray>(PlayedAgent::told(QJsonObject{ { QStringLiteral("exited"), isAskedToEnd } }));
        };
        JobContext context(nullptr);
        const auto ended = runToEnd(lineTo(agent), { { "sleep", "1000" }, {}, std::chrono::milliseconds(50) }, context);
        QVERIFY(!ended);
        QCOMPARE(ended.error().code, ErrorCode::Timeout);
        QVERIFY(asked > 2 && asked < 20);
        QCOMPARE(agent.commands, (std::vector<std::string>{ "sleep 1000", "kill -TERM 1000" }));
    }
};

QTEST_GUILESS_MAIN(AgentLineTest)
#include "agent_line_test.moc"
