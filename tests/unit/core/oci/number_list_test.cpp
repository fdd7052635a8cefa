// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/number_list.h"

#include <QTest>

using twinhull::oci::parseNumberList;

class NumberListTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsListsAsTheKernelWritesThem()
    {
        using List = std::vector<unsigned>;
        QCOMPARE(*parseNumberList(""), List());
        QCOMPARE(*parseNumberList("7"), List{ 7 });
        QCOMPARE(*parseNumberList("0-3,7"), (List{ 0, 1, 2, 3, 7 }));
        QCOMPARE(*parseNumberList("5,0-1,5"), (List{ 0, 1, 5 }));
        QCOMPARE(parseNumberList("0-8191")->size(), std::size_t{ 8192 });
    }

    void refusesWhatIsNoList_data()
    {
        QTest::addColumn<int>("none");
        for (const char* text :
            { ",", "1,", ",1", "-1", "1-", "3-1", "a", "1 ", "1;2", "8192", "99999999999999999999" })
            QTest::newRow(text) << 0;
    }
    void refusesWhatIsNoList() { QVERIFY(!parseNumberList(QTest::currentDataTag())); }
};

QTEST_GUILESS_MAIN(NumberListTest)
#include "number_list_test.moc"
