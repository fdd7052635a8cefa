// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/definition_access.h"

#include <QTest>

using namespace twinhull;

namespace {

const QByteArray kRunningNetwork = R"(<network connections='2'>
  <name>lab</name>
  <uuid>11111111-2222-4333-8444-555555555555</uuid>
  <forward mode='passthrough'>
    <interface dev='eth0' connections='2'/>
  </forward>
  <teapot connections='kept'/>
</network>
)";

}

class DefinitionAccessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsCountedAnewIsNoPartOfADefinition()
    {
        const auto network = definitionWithoutFigures(kRunningNetwork, kNetworkDefinition);
        QVERIFY(network);
        QVERIFY2(!network->contains("connections=\"2\""), network->constData());
        QVERIFY(network->contains("connections=\"kept\"") && network->contains("eth0"));
        const QByteArray pool = "<pool type='dir'>\n  <name>p</name>\n  <capacity unit='bytes'>9</capacity>\n"
                                "  <available>1</available>\n  <source/>\n</pool>\n";
        const auto full = definitionWithoutFigures(pool, kPoolDefinition);
        const auto fuller = definitionWithoutFigures(QByteArray(pool).replace(">1<", ">2<"), kPoolDefinition);
        QVERIFY(full && fuller);
        QCOMPARE(*full, *fuller);
        QVERIFY(full->contains("<source/>"));
        QVERIFY(!definitionWithoutFigures(pool, kNetworkDefinition)); // it is no network
    }

    void aMissingUuidIsFilledIn()
    {
        const QByteArray without = "<network>\n  <name>lab</name>\n  <teapot/>\n</network>\n";
        const auto filled = definitionInPlaceOf(kRunningNetwork, without, kNetworkDefinition);
        QVERIFY(filled);
        QVERIFY2(filled->contains("<uuid>11111111-2222-4333-8444-555555555555</uuid>"), filled->constData());
        QVERIFY(filled->contains("<teapot/>"));
        const auto same = definitionInPlaceOf(kRunningNetwork, kRunningNetwork, kNetworkDefinition);
        QVERIFY(same);
        QCOMPARE(*same, kRunningNetwork); // as it was typed
    }

    void theLineThatASchemaRefusesIsNamed()
    {
        const auto refused = checkSchema(kRunningNetwork, kNetworkDefinition);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(refused.error().message.find("line ") != std::string::npos, refused.error().message.c_str());
        QVERIFY(refused.error().hint.find("formatnetwork") != std::string::npos);
        QVERIFY(checkSchema("<pool type='dir'><name>p</name><target><path>/p</path></target></pool>", kPoolDefinition));
    }
};

QTEST_GUILESS_MAIN(DefinitionAccessTest)
#include "definition_access_test.moc"
