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
