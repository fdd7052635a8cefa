// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"

#include "core/base/files.h"

#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;

class SubprocessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void collectsBothOutputsAndTheStatus()
    {
        auto output = runCommand({ { "sh", "-c", "echo out; echo err >&2; exit 3" }, {}, {} }, 10s);
        QVERIFY(output);
        QCOMPARE(output->standardOutput, std::string("out\n"));
        QCOMPARE(output->standardError, std::string("err\n"));
        QCOMPARE(output->exitStatus, 3);
    }

    void namesAProgramThatIsMissing()
    {
        auto output = runCommand({ { "no-such-program-here" }, {}, {} }, 10s);
        QVERIFY(!output);
        QCOMPARE(output.error().code, ErrorCode::NotFound);
        QVERIFY(output.error().message.find("no-such-program-here") != std::string::npos);
    }

    void handsOnADescriptorAsTheThird()
    {
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        const UniqueFd readEnd(ends[0]);
        UniqueFd writeEnd(ends[1]);
        QVERIFY(spawn({ { "sh", "-c", "echo through >&3" }, {}, {} }, ChildStdio{ -1, -1, -1, writeEnd.fd() }));
        writeEnd.reset();
        auto text = readAll(readEnd, 100);
        QVERIFY(text);
        QCOMPARE(*text, std::string("through\n"));
    }

    void handsOnThreeDescriptors()
    {
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        const UniqueFd readEnd(ends[0]);
        UniqueFd writeEnd(ends[1]);
        const int end = writeEnd.fd();
        QVERIFY(spawn(
            { { "sh", "-c", "echo a >&3; echo b >&4; echo c >&5" }, {}, {} }, ChildStdio{ -1, -1, -1, end, end, end }));
        writeEnd.reset();
        auto text = readAll(readEnd, 100);
        QVERIFY(text);
        QCOMPARE(*text, std::string("a\nb\nc\n"));
    }

    void killsAtTheDeadline()
    {
        auto output = runCommand({ { "sleep", "60" }, {}, {} }, 50ms);
        QVERIFY(!output);
        QCOMPARE(output.error().code, ErrorCode::Timeout);
    }

    void tellsTheLastLineOfAFailure()
    {
        auto text = runChecked({ { "sh", "-c", "echo first >&2; echo the cause >&2; exit 1" }, {}, {} }, 10s);
        QVERIFY(!text);
        QCOMPARE(text.error().message, std::string("sh: the cause"));
    }

    void reportsASignalAs128AndMore()
    {
        auto output = runCommand({ { "sh", "-c", "kill -9 $$" }, {}, {} }, 10s);
        QVERIFY(output);
        QCOMPARE(output->exitStatus, 128 + 9);
    }

    void handsStreamsOverAsTheyCome()
    {
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        const UniqueFd readEnd(ends[0]);
        UniqueFd writeEnd(ends[1]);
        QVERIFY(writeAll(writeEnd, "typed"));
        writeEnd.reset();
        std::string out;
        std::string err;
        CommandRun run{ 10s };
        run.input = readEnd.fd();
        run.output = [&out](std::string_view bytes) { return out += bytes, Result<>(); };
        run.errorOutput = [&err](std::string_view bytes) { return err += bytes, Result<>(); };
        const auto done = runCommand({ { "sh", "-c", "cat; echo wrong >&2; exit 3" }, {}, {} }, run);
        QVERIFY(done && done->exitStatus == 3 && done->standardOutput.empty() && done->standardError.empty());
        QVERIFY(out == "typed" && err == "wrong\n");
    }

    void endsTheChildWhenNobodyTakesItsOutput()
    {
        CommandRun run{ 60s };
        run.output = [](std::string_view) { return Result<>(Error{ ErrorCode::Io, "full", 0, {} }); };
        const auto done = runCommand({ { "yes" }, {}, {} }, run);
        QVERIFY(!done && done.error().message == "full");
    }
};

QTEST_GUILESS_MAIN(SubprocessTest)
#include "subprocess_test.moc"
