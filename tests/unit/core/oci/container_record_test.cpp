// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_record.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;
using namespace twinhull::oci;

namespace {

ContainerRecord sampleRecord()
{
    return { "web", 42, 1234, "/bundle", "/bundle/rootfs", "/sys/fs/cgroup/hull/web", "hull-web.scope",
        1'700'000'000'123, 1000, true, false, { { "eth7", 7, 2, true } }, { { "k", "v" } }, 43, 1235 };
}

QJsonObject parsed(const std::string& text)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
}

} // namespace

class ContainerRecordTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decodesBackWhatItEncodes()
    {
        const std::string text = encodeRecord(sampleRecord());
        auto again = decodeRecord(text, "state.json");
        QVERIFY(again);
        QCOMPARE(encodeRecord(*again), text);
        QCOMPARE(again->pidStartTicks, std::uint64_t{ 1234 });
        QCOMPARE(again->netDevices.at(0).hostName, std::string("eth7"));
        QCOMPARE(again->netDevices.at(0).hostIndex, 7);
        QVERIFY(again->netDevices.at(0).wasUp);
        QCOMPARE(again->rootServerPid, 43);
        QCOMPARE(again->rootServerStartTicks, std::uint64_t{ 1235 });
    }

    void refusesAnotherVersion()
    {
        auto record = decodeRecord(R"({"version":2,"id":"web"})", "state.json");
        QVERIFY(!record);
        QCOMPARE(record.error().message, std::string("state.json: version: expected 1"));
    }

    void showsTheStateOfTheSpecification()
    {
        const auto state = parsed(encodeState({ sampleRecord(), ContainerStatus::Running }));
        QCOMPARE(state[QStringLiteral("status")].toString(), QStringLiteral("running"));
        QCOMPARE(state[QStringLiteral("pid")].toInt(), 42);
        QCOMPARE(state[QStringLiteral("created")].toString(), QStringLiteral("2023-11-14T22:13:20.123Z"));
        QCOMPARE(state[QStringLiteral("annotations")][QStringLiteral("k")].toString(), QStringLiteral("v"));
    }

    void showsNoPidOfAStoppedContainer()
    {
        QCOMPARE(parsed(encodeState({ sampleRecord(), ContainerStatus::Stopped }))[QStringLiteral("pid")].toInt(-1), 0);
    }

    void listsNothingAsAnEmptyArray()
    {
        QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(encodeStates({}))).array().size(), 0);
        QCOMPARE(encodeStates({}), std::string("[]\n"));
    }
};

QTEST_GUILESS_MAIN(ContainerRecordTest)
#include "container_record_test.moc"
