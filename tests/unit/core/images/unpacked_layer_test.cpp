// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/unpacked_layer.h"

#include <QTest>

using namespace twinhull;

class UnpackedLayerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isNamedAfterItsContentAndItsIds()
    {
        const auto digest = Digest::fromHex(m_hex);
        QVERIFY(digest);
        QCOMPARE((UnpackedLayer{ *digest, {} }.folderName()), m_hex);
        QCOMPARE((UnpackedLayer{ *digest, { 1000, 100 } }.folderName()), m_hex + ".1000-100");
        const auto read = UnpackedLayer::fromFolderName(m_hex + ".1000-100");
        QVERIFY(read && read->diffId == *digest && read->kept == (KeptIds{ 1000, 100 }));
        const auto usual = UnpackedLayer::fromFolderName(m_hex);
        QVERIFY(usual && usual->kept == KeptIds() && usual->form == LayerForm::Overlay);
        for (const KeptIds& kept : { KeptIds(), KeptIds{ 1000, 100 } }) {
            const UnpackedLayer named{ *digest, kept, LayerForm::Names };
            const auto other = UnpackedLayer::fromFolderName(named.folderName());
            QVERIFY(other && other->kept == kept && other->form == LayerForm::Names);
        }
    }

    void passesOverOtherThings_data()
    {
        QTest::addColumn<QByteArray>("ending");
        for (const char* ending : { ".", ".0-0", ".x", ".4711-0.partial", ".1000-100.4711-0.partial", "0",
                 ".names.names", "names", ".names.4711-0.partial" })
            QTest::newRow(ending) << QByteArray(ending);
    }
    void passesOverOtherThings()
    {
        QFETCH(QByteArray, ending);
        QVERIFY(!UnpackedLayer::fromFolderName(m_hex + ending.toStdString()));
        QVERIFY(!UnpackedLayer::fromFolderName(".lock"));
    }

private:
    const std::string m_hex = std::string(64, 'a');
};

QTEST_GUILESS_MAIN(UnpackedLayerTest)
#include "unpacked_layer_test.moc"
