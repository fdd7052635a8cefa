// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/criu_messages.h"

#include "core/runtime/checkpoint/protobuf.h"

#include <QTest>

#include <map>

using namespace twinhull;
using namespace twinhull::runtime;

/// Requests and answers of criu's, by the numbers of its rpc.proto.
class CriuMessagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void asksForADump()
    {
        CriuOptions options;
        options.imagesFolder = 7;
        options.workFolder = 8;
        options.pid = 42;
        options.logFile = "dump.log";
        options.leavesRunning = true;
        options.freezeCgroup = "/sys/fs/cgroup/hull/web";
        options.externalMounts = { { "/data", "/data" } };
        options.externals = { "net[4026531840]:extRootNetNS" };
        const auto fields = optionsOf(encodeRequest(CriuRequest::Dump, options), 1);
        QCOMPARE(fields.find(1)->second.number, std::uint64_t{ 7 });
        QCOMPARE(fields.find(2)->second.number, std::uint64_t{ 42 });
        QCOMPARE(fields.find(3)->second.number, std::uint64_t{ 1 });
        QCOMPARE(text(fields, 10), std::string("dump.log"));
        QCOMPARE(fields.find(17)->second.number, std::uint64_t{ 8 });
        QCOMPARE(text(fields, 23), std::string("\x0a\x05/data\x12\x05/data"));
        QCOMPARE(fields.find(34)->second.number, std::uint64_t{ 3 });
        QCOMPARE(text(fields, 37), std::string("net[4026531840]:extRootNetNS"));
        QCOMPARE(text(fields, 44), std::string("/sys/fs/cgroup/hull/web"));
        QCOMPARE(fields.count(5) + fields.count(13) + fields.count(26), std::size_t{ 0 }); // what is not asked for
    }

    void asksForARestore()
    {
        CriuOptions options;
        options.root = "/run/hull/web/criu-root";
        options.becomesSibling = true;
        options.inherited = { { "pipe:[9]", 5 } };
        options.joined = { { "ipc", "/proc/1/ns/ipc" } };
        options.cgroupRoot = "/hull/web";
        options.pageServer = PageServer{ "::1", 9000 };
        const auto fields = optionsOf(encodeRequest(CriuRequest::Restore, options), 2);
        QCOMPARE(text(fields, 13), std::string("/run/hull/web/criu-root"));
        QCOMPARE(fields.find(26)->second.number, std::uint64_t{ 1 });
        QCOMPARE(text(fields, 27), std::string("\x0a\x08pipe:[9]\x10\x05"));
        QCOMPARE(text(fields, 39), std::string("\x0a\x03ipc\x12\x0e/proc/1/ns/ipc"));
        QCOMPARE(text(fields, 25), std::string("\x0a\x00\x12\x09/hull/web", 13));
        QCOMPARE(text(fields, 11), std::string("\x0a\x03::1\x10\xa8\x46"));
    }

    void answersMoments()
    {
        QCOMPARE(encodeNotifyAnswer(Answer::GoOn), std::string("\x08\x06\x18\x01"));
        QCOMPARE(encodeNotifyAnswer(Answer::Stop), std::string("\x08\x06\x18\x00", 4));
    }

    void readsMomentsAndOutcomes()
    {
        auto moment = decodeResponse(std::string("\x08\x06\x10\x01\x2a\x10\x0a\x0cpost-restore\x10\x2a", 22));
        QVERIFY2(moment, moment ? "" : moment.error().message.c_str());
        QCOMPARE(moment->type, CriuRequest::Notify);
        QCOMPARE(moment->moment, std::string("post-restore"));
        QCOMPARE(moment->pid, 42);
        auto failed = decodeResponse(std::string("\x08\x01\x10\x00\x38\x16\x4a\x04oops", 12));
        QVERIFY(failed && !failed->isSuccess);
        QCOMPARE(failed->number, 22);
        QCOMPARE(failed->error, std::string("oops"));
        auto features = decodeResponse(std::string("\x08\x09\x10\x01\x42\x04\x08\x01\x10\x00", 10));
        QVERIFY(features && features->canTrackMemory && !features->canRestoreLazily);
    }

    void refusesWhatIsNoAnswer_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("text") << QByteArray("Usage: criu");
        QTest::newRow("without a type") << QByteArray("\x10\x01");
        QTest::newRow("a moment that is cut") << QByteArray("\x08\x06\x2a\x02\x0a\x09");
    }
    void refusesWhatIsNoAnswer()
    {
        QFETCH(QByteArray, bytes);
        auto response = decodeResponse(bytes.toStdString());
        QVERIFY(!response);
        QCOMPARE(response.error().code, ErrorCode::Corrupt);
    }

private:
    struct Field {
        std::uint64_t number = 0;
        std::string text;
    };
    using Fields = std::multimap<unsigned, Field>;

    static std::string text(const Fields& fields, unsigned number)
    {
        const auto found = fields.find(number);
        return found == fields.end() ? "none" : found->second.text;
    }

    static Fields optionsOf(const std::string& request, std::uint64_t type)
    {
        Fields all = fieldsOf(request);
        if (all.find(1)->second.number != type)
            return {};
        return fieldsOf(text(all, 2));
    }

    static Fields fieldsOf(const std::string& bytes)
    {
        Fields fields;
        ProtobufReader reader(bytes);
        while (const auto field = reader.next())
            fields.emplace(field->field, Field{ field->number, std::string(field->text) });
        return fields;
    }
};

QTEST_GUILESS_MAIN(CriuMessagesTest)
#include "criu_messages_test.moc"
