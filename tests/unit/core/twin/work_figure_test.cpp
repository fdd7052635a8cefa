// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/work_figure.h"

#include <QTest>

using namespace twinhull;

namespace {

CommandOutcome printing(std::string output, std::string errorOutput = {})
{
    CommandOutcome outcome;
    outcome.output = std::move(output);
    outcome.errorOutput = std::move(errorOutput);
    return outcome;
}

WorkScale scaleOf(const QString& pattern)
{
    return { QStringLiteral("events/s"), Better::Higher, pattern };
}

} // namespace

class WorkFigureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTheFigure_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<double>("figure");
        QTest::newRow("in a group") << QStringLiteral("events per second:\\s*([0-9.]+)")
                                    << QByteArray("CPU speed:\n    events per second:   912.43\n") << 912.43;
        QTest::newRow("as a whole") << QStringLiteral("[0-9]+") << QByteArray("took 7 turns") << 7.0;
        QTest::newRow("the last one") << QStringLiteral("bps: ([0-9]+)") << QByteArray("bps: 1\nbps: 2\nbps: 3\n")
                                      << 3.0;
        QTest::newRow("the group that took part") << QStringLiteral("a([0-9]+)|b([0-9]+)") << QByteArray("b5") << 5.0;
        QTest::newRow("at a line's beginning") << QStringLiteral("^([0-9]+)$") << QByteArray("x\n42\ny\n") << 42.0;
        QTest::newRow("over lines") << QStringLiteral("read:\\s+iops=([0-9.e+]+)")
                                    << QByteArray("read:\n  iops=1.2e+03,") << 1200.0;
        QTest::newRow("far behind its mark")
            << QStringLiteral("begin[\\s\\S]*?end ([0-9]+)") << "begin" + QByteArray(50'000, '.') + "end 9" << 9.0;
        QTest::newRow("with blanks around") << QStringLiteral("is(.*)") << QByteArray("is  -3.5 ") << -3.5;
    }
    void findsTheFigure()
    {
        QFETCH(QString, pattern);
        QFETCH(QByteArray, output);
        QFETCH(double, figure);
        QVERIFY(checkWorkScale(scaleOf(pattern)));
        const Figure found = readWorkFigure(scaleOf(pattern), printing(output.toStdString()));
        QVERIFY2(found.value, qPrintable(found.missing));
        QCOMPARE(*found.value, figure);
    }

    void looksIntoTheErrorOutputToo() // dd(1) reports there
    {
        QCOMPARE(
            readWorkFigure(scaleOf(QStringLiteral("([0-9]+) kB/s")), printing("7\n", "copied, 12 kB/s\n")).value, 12.0);
    }

    void looksAtTheEndOfALongOutput()
    {
        std::string text = "speed 1\n" + std::string(kSearchedBytes, 'x') + "\nspeed 2\n";
        QCOMPARE(readWorkFigure(scaleOf(QStringLiteral("speed ([0-9])")), printing(text)).value, 2.0);
        text += std::string(kSearchedBytes, 'x');
        QVERIFY(!readWorkFigure(scaleOf(QStringLiteral("speed ([0-9])")), printing(text)).value);
    }

    void saysWhatItNeeds_data()
    {
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<QString>("reason");
        QTest::newRow("nothing printed") << QByteArray() << QStringLiteral("the command printed nothing");
        QTest::newRow("no match") << QByteArray("hello\nbye\n") << QStringLiteral("last line was \"bye\"");
        QTest::newRow("no number") << QByteArray("speed: fast") << QStringLiteral("it was \"fast\"");
        QTest::newRow("not finite") << QByteArray("speed: inf") << QStringLiteral("it was \"inf\"");
        QTest::newRow("too large") << QByteArray("speed: 1e999") << QStringLiteral("it was \"1e999\"");
        QTest::newRow("control characters")
            << QByteArray("\033[2J\033]0;x\007\302\233bye") << QStringLiteral("\"[2J]0;xbye\"");
    }
    void saysWhatItNeeds()
    {
        QFETCH(QByteArray, output);
        QFETCH(QString, reason);
        const Figure found = readWorkFigure(scaleOf(QStringLiteral("speed: (.*)")), printing(output.toStdString()));
        QVERIFY(!found.value);
        QVERIFY2(found.missing.startsWith(QStringLiteral("needs ")), qPrintable(found.missing));
        QVERIFY2(found.missing.contains(reason), qPrintable(found.missing));
        QVERIFY(found.missing.size() < 700);
    }

    void givesUpASearchWithoutEnd()
    {
        const Figure found
            = readWorkFigure(scaleOf(QStringLiteral("(a+)+[bc]")), printing(std::string(kSearchedBytes, 'a')));
        QVERIFY(!found.value);
        QVERIFY2(found.missing.contains(QStringLiteral("too many steps")), qPrintable(found.missing));
    }

    void aPatternCannotLiftTheLimit()
    {
        const WorkScale scale = scaleOf(QStringLiteral("(*LIMIT_MATCH=4000000000)(a+)+[bc]"));
        QVERIFY(!readWorkFigure(scale, printing(std::string(kSearchedBytes, 'a'))).value);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QByteArray>("what");
        QTest::newRow("no regular expression") << QStringLiteral("ab(c") << QString() << QByteArray("at character 4");
        QTest::newRow("long pattern") << QString(kMostPatternCharacters + 1, u'x') << QString() << QByteArray("longer");
        QTest::newRow("long unit") << QStringLiteral("x") << QString(kMostUnitCharacters + 1, u'x')
                                   << QByteArray("longer");
        QTest::newRow("escape in the unit") << QStringLiteral("x") << QStringLiteral("\033[m") << QByteArray("printed");
    }
    void refuses()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, unit);
        QFETCH(QByteArray, what);
        const auto checked = checkWorkScale({ unit, Better::NotTold, pattern });
        QVERIFY(!checked);
        QVERIFY2(
            checked.error().message.find(what.toStdString()) != std::string::npos, checked.error().message.c_str());
        QVERIFY(!checked.error().hint.empty());
    }
};

QTEST_GUILESS_MAIN(WorkFigureTest)
#include "work_figure_test.moc"
