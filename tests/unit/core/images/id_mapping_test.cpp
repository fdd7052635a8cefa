// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/id_mapping.h"

#include <QTest>

using namespace twinhull;

class IdMappingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheRangesOfTheUserByNameAndNumber()
    {
        const auto ranges = parseSubordinateIds("other:1:2\nmia:100000:65536\n1001:300000:10\n", "mia", 1001);
        QCOMPARE(ranges.size(), std::size_t{ 2 });
        QCOMPARE(ranges[0].inside, 1U);
        QCOMPARE(ranges[0].outside, 100'000U);
        QCOMPARE(ranges[0].count, 65'536U);
        QCOMPARE(ranges[1].inside, 65'537U);
        QCOMPARE(ranges[1].outside, 300'000U);
    }

    void keepsAnIdAndMovesTheOthersUpToZero_data()
    {
        QTest::addColumn<uint>("kept");
        QTest::addColumn<QByteArray>("ranges");
        QTest::newRow("root") << 0U << QByteArray("0 1000 1; 1 100000 10; 11 300000 5; ");
        QTest::newRow("within the first range") << 4U << QByteArray("4 1000 1; 0 100000 4; 5 100004 6; 11 300000 5; ");
        QTest::newRow("between the two") << 10U << QByteArray("10 1000 1; 0 100000 10; 11 300000 5; ");
        QTest::newRow("the last") << 15U << QByteArray("15 1000 1; 0 100000 10; 10 300000 5; ");
        QTest::newRow("beyond all") << 1000U << QByteArray("1000 1000 1; 0 100000 10; 10 300000 5; ");
    }
    void keepsAnIdAndMovesTheOthersUpToZero()
    {
        QFETCH(uint, kept);
        QFETCH(QByteArray, ranges);
        const std::vector<IdRange> usual{ { 0, 1000, 1 }, { 1, 100'000, 10 }, { 11, 300'000, 5 } };
        const auto mappings = mappingsKeeping({ kept, 0 }, { usual, usual });
        std::string text;
        for (const auto& range : mappings.users)
            text += std::to_string(range.inside) + " " + std::to_string(range.outside) + " "
                + std::to_string(range.count) + "; ";
        QCOMPARE(text, ranges.toStdString());
        QCOMPARE(mappings.groups.size(), std::size_t{ 3 });
    }

    void passesOverBrokenLines_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char* line : { "", "mia", "mia:", "mia:1", "mia:x:5", "mia:5:x", "mia:-5:5", "mia:5:0", "mia:0:5",
                 "mia:4294967295:4294967295", "mi:5:5", "miaa:5:5", "mia:99999999999:5" })
            QTest::newRow(*line == '\0' ? "empty" : line) << QByteArray(line);
    }
    void passesOverBrokenLines()
    {
        QFETCH(QByteArray, line);
        QVERIFY(parseSubordinateIds(line.toStdString(), "mia", 1001).empty());
    }
};

QTEST_GUILESS_MAIN(IdMappingTest)
#include "id_mapping_test.moc"
