// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/kept_ids.h"

#include <QTest>

using namespace twinhull;

class KeptIdsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatItWrites()
    {
        const KeptIds ids{ 1000, kLargestId };
        QCOMPARE(keptIdsText(ids), std::string("1000-4294967294"));
        QVERIFY(keptIdsFrom(keptIdsText(ids)) == std::optional(ids));
    }

    void readsNothingElse_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : { "empty", "1000", "1000-", "-1000", "01-1", "1-1-1", "1-x", "1-4294967295", " 1-1" })
            QTest::newRow(text) << QByteArray(text);
    }
    void readsNothingElse()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!keptIdsFrom(text.toStdString()));
    }
};

QTEST_GUILESS_MAIN(KeptIdsTest)
#include "kept_ids_test.moc"
