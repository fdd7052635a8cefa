// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/line_difference.h"

#include <QTest>

using namespace twinhull;

class LineDifferenceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsNothingOfTheSame()
    {
        QVERIFY(lineDifference(QStringLiteral("a\nb\n"), QStringLiteral("a\nb\n")).empty());
    }

    void tellsWhatLeadsFromOneToTheOther_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("text");
        QTest::newRow("changed line") << QStringLiteral("a\nb\nc\n") << QStringLiteral("a\nx\nc\n")
                                      << QStringLiteral(" a\n-b\n+x\n c\n");
        QTest::newRow("added at the end")
            << QStringLiteral("a") << QStringLiteral("a\nb") << QStringLiteral(" a\n+b\n");
        QTest::newRow("all removed") << QStringLiteral("a\nb\n") << QString() << QStringLiteral("-a\n-b\n");
        QTest::newRow("moved line") << QStringLiteral("a\nb\nc\n") << QStringLiteral("b\nc\na\n")
                                    << QStringLiteral("-a\n b\n c\n+a\n");
        QTest::newRow("far apart") << QStringLiteral("1\n2\n3\n4\n5\n6\n7\n8\n")
                                   << QStringLiteral("x\n2\n3\n4\n5\n6\n7\ny\n")
                                   << QStringLiteral("-1\n+x\n 2\n…\n 7\n-8\n+y\n");
    }
    void tellsWhatLeadsFromOneToTheOther()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, text);
        QCOMPARE(differenceText(lineDifference(before, after, 1)), text);
    }

    void endsOnTextsOfManyLines()
    {
        QString before;
        QString after;
        for (int i = 0; i < 5000; ++i) {
            before += QString::number(i) + u'\n';
            after += QString::number(-i - 1) + u'\n';
        }
        QCOMPARE(lineDifference(before, after).size(), std::size_t(10'000));
    }
};

QTEST_GUILESS_MAIN(LineDifferenceTest)
#include "line_difference_test.moc"
