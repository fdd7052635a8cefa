// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/agent_copy.h"

#include "core/base/files.h"
#include "tests/support/played_agent.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;
using test::PlayedAgent;

namespace {

struct CopyWorld {
    PlayedAgent agent;
    QTemporaryDir here;
    GuestFileOutcome outcome;
    JobContext context{ nullptr };
    AgentLine line{ [this](const QByteArray& command) { return agent.ask(command); } };

    std::string path(const char* name) const { return here.filePath(QString::fromLatin1(name)).toStdString(); }
    QStringList names() const
    {
        return QDir(here.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }
    Result<> out(const char* from, const char* to)
    {
        return copyOutByAgent(line, { from, path(to) }, context, outcome);
    }
    Result<> in(const char* from, const char* to) { return copyInByAgent(line, { path(from), to }, context, outcome); }
};

std::string longContent()
{
    std::string content;
    while (content.size() < std::size_t(500'000))
        content += "line " + std::to_string(content.size()) + '\0' + '\n';
    return content;
}

} // namespace

class AgentCopyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void copiesOutWithModeAndName()
    {
        CopyWorld world;
        world.agent.files["/etc/tool"] = { longContent(), 0104755 };
        QVERIFY(world.out("/etc/tool", ""));
        QCOMPARE(world.names(), QStringList{ QStringLiteral("tool") });
        const auto copied = readFile(world.path("tool"));
        QVERIFY(copied && *copied == longContent());
        QCOMPARE(int(QFileInfo(QString::fromStdString(world.path("tool"))).permissions() & 0x0fff), 0x0755);
        QCOMPARE(world.outcome.bytes, std::uint64_t(longContent().size()));
        QCOMPARE(world.agent.openFiles, 0);
    }

    void copiesInUnderItsNameWhenItIsWhole()
    {
        CopyWorld world;
        QVERIFY(writeFileAtomically(world.path("new"), longContent(), 0640));
        world.agent.files["/srv"] = { {}, 0040755 };
        world.agent.files["/srv/new"] = { "old", 0100600 };
        QVERIFY(world.in("new", "srv"));
        QCOMPARE(world.agent.files.size(), std::size_t(2));
        QVERIFY(world.agent.files["/srv/new"].content == longContent());
        QCOMPARE(world.agent.files["/srv/new"].mode, 0100640U);
        QCOMPARE(world.agent.openFiles, 0);
    }

    void leavesWhatWasThereWhenACopyInFails()
    {
        CopyWorld world;
        QVERIFY(writeFileAtomically(world.path("new"), longContent()));
        world.agent.files["/new"] = { "old", 0100600 };
        int writes = 0;
        world.agent.instead[QStringLiteral("guest-file-write")] = [&](const QJsonObject&) -> Result<QByteArray> {
            if (++writes > 1)
                return Error{ ErrorCode::Unknown, "failed to write: No space left on device", 0, {} };
            return PlayedAgent::told(QJsonObject{ { QStringLiteral("count"), 10 } });
        };
        QVERIFY(!world.in("new", "/new"));
        QCOMPARE(world.agent.files.size(), std::size_t(1));
        QCOMPARE(world.agent.files["/new"].content, std::string("old"));
        world.agent.instead.clear();
        world.agent.instead[QStringLiteral("guest-file-write")] = [&](const QJsonObject&) { // says so, and does not
            return Result<QByteArray>(PlayedAgent::told(QJsonObject{ { QStringLiteral("count"), 100'000 } }));
        };
        QVERIFY(!world.in("new", "/new"));
        QCOMPARE(world.agent.files["/new"].content, std::string("old"));
    }

    void leavesWhatWasHereWhenACopyOutFails()
    {
        CopyWorld world;
        QVERIFY(writeFileAtomically(world.path("kept"), "old"));
        world.agent.files["/big"] = { longContent() };
        world.agent.instead[QStringLiteral("guest-file-read")] = [](const QJsonObject&) -> Result<QByteArray> {
            return Error{ ErrorCode::Unavailable, "gone", 0, {} };
        };
        QVERIFY(!world.out("/big", "kept"));
        QCOMPARE(world.names(), QStringList{ QStringLiteral("kept") });
        QCOMPARE(readFile(world.path("kept")).value(), std::string("old"));
        QCOMPARE(world.agent.openFiles, 0);
    }

    void endsWithAFileThatNeverEnds()
    {
        CopyWorld world;
        world.agent.files["/log"] = { "0123456789" };
        world.agent.instead[QStringLiteral("guest-file-read")] = [](const QJsonObject& arguments) {
            const auto count = arguments[QLatin1String("count")].toInteger();
            return Result<QByteArray>(PlayedAgent::told(QJsonObject{ { QStringLiteral("count"), count },
                { QStringLiteral("buf-b64"), QString::fromLatin1(QByteArray(count, 'x').toBase64()) },
                { QStringLiteral("eof"), false } }));
        };
        QVERIFY(world.out("/log", "log")); // as much as it said
        QCOMPARE(world.outcome.bytes, std::uint64_t(10));
        world.agent.instead[QStringLiteral("guest-file-read")] = [](const QJsonObject&) {
            return Result<QByteArray>(PlayedAgent::told(QJsonObject{ { QStringLiteral("count"), 0 },
                { QStringLiteral("buf-b64"), QString() }, { QStringLiteral("eof"), false } }));
        };
        QCOMPARE(world.out("/log", "none").error().code, ErrorCode::Corrupt);
        QCOMPARE(world.names(), QStringList{ QStringLiteral("log") });
    }

    void copiesOutWhereNoProgramMayRun()
    {
        CopyWorld world;
        world.agent.files["/x"] = { "content" };
        world.agent.instead[QStringLiteral("guest-exec")] = [](const QJsonObject&) -> Result<QByteArray> {
            return Error{ ErrorCode::Unknown, "Command guest-exec has been disabled", 0, {} };
        };
        QVERIFY(world.out("/x", "x"));
        QCOMPARE(readFile(world.path("x")).value(), std::string("content"));
        QCOMPARE(world.in("x", "/y").error().code, ErrorCode::PermissionDenied);
        QCOMPARE(world.agent.files.size(), std::size_t(1));
    }

    void refusesWhatIsNoFile_data()
    {
        QTest::addColumn<int>("mode");
        QTest::newRow("folder") << 0040755;
        QTest::newRow("device") << 0020666;
        QTest::newRow("FIFO, which would stop the agent") << 0010666;
    }
    void refusesWhatIsNoFile()
    {
        QFETCH(int, mode);
        CopyWorld world;
        world.agent.files["/it"] = { {}, static_cast<unsigned>(mode) };
        QVERIFY(!world.out("/it", "it"));
        QVERIFY(world.names().isEmpty());
    }

    void refusesASizeThatHasNoRoom()
    {
        CopyWorld world;
        world.agent.files["/it"] = { "x" };
        world.agent.instead[QStringLiteral("guest-exec-status")] = [](const QJsonObject&) {
            const QByteArray huge("81a4 18446744073709551615\n");
            return Result<QByteArray>(
                PlayedAgent::told(QJsonObject{ { QStringLiteral("exited"), true }, { QStringLiteral("exitcode"), 0 },
                    { QStringLiteral("out-data"), QString::fromLatin1(huge.toBase64()) } }));
        };
        QCOMPARE(world.out("/it", "it").error().code, ErrorCode::OutOfSpace);
        QVERIFY(world.names().isEmpty());
    }

    void readsStatOnlyAsItIs()
    {
        QCOMPARE(fileFactsIn("81a4 12\n"), (std::optional(AgentFileFacts{ 0x81a4, 12 })));
        for (const char* text :
            { "", "81a4", "81a4 ", "81a4 -1", "81a4 1 2", "x 1", "81a4 99999999999999999999", "ffffffffff 1" })
            QVERIFY2(!fileFactsIn(text), text);
    }
};

QTEST_GUILESS_MAIN(AgentCopyTest)
#include "agent_copy_test.moc"
