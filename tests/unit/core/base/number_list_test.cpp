// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number_list.h"

#include <QTest>

using twinhull::formatNumberList;
using twinhull::parseNumberList;

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

    void writesThemInTheSameWay()
    {
        for (const char* text : { "", "7", "0-3,7", "0,2,4-5" })
            QCOMPARE(formatNumberList(*parseNumberList(text)), std::string(text));
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
