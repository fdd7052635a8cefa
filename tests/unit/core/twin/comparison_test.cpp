// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison.h"

#include <QTest>

using namespace twinhull;

namespace {

RunFigures startup(Figure figure)
{
    RunFigures run;
    run.startupMilliseconds = std::move(figure);
    return run;
}

HullFigures half(std::initializer_list<double> values)
{
    HullFigures figures;
    for (const double value : values)
        figures.runs.push_back(startup(Figure::of(value)));
    return figures;
}

constexpr auto kStartup = &RunFigures::startupMilliseconds;

} // namespace

class ComparisonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheMiddleOfAnOddNumberOfRuns() { QCOMPARE(half({ 9, 1, 4 }).median(kStartup).value, 4.0); }
    void takesTheMeanOfTheTwoInTheMiddle() { QCOMPARE(half({ 8, 1, 4, 2 }).median(kStartup).value, 3.0); }

    void leavesOutRunsWithoutAValue()
    {
        HullFigures figures = half({ 2, 6 });
        figures.runs.push_back(startup(Figure::absent(QStringLiteral("no mark"))));
        const Figure median = figures.median(kStartup);
        QCOMPARE(median.value, 4.0);
        QVERIFY(median.missing.isEmpty());
    }

    void saysWhyWhenNoRunHasAValue()
    {
        HullFigures figures;
        figures.runs.push_back(startup(Figure::absent(QStringLiteral("first reason"))));
        figures.runs.push_back(startup(Figure::absent(QStringLiteral("second reason"))));
        const Figure median = figures.median(kStartup);
        QVERIFY(!median.value);
        QCOMPARE(median.missing, QStringLiteral("first reason"));
    }

    void hasAReasonWithoutRuns() { QVERIFY(!HullFigures().median(kStartup).missing.isEmpty()); }

    void subtractsTheContainerFromTheVmRoundByRound()
    {
        Comparison comparison;
        comparison.container = half({ 4, 104, 5 });
        comparison.vm = half({ 1600, 1700, 1800 });
        QCOMPARE(comparison.overhead(kStartup).value, 1596.0); // of 1596, 1596 and 1795
    }

    void leavesOutRoundsThatOneSideLacks()
    {
        Comparison comparison;
        comparison.container = half({ 4 });
        comparison.container.runs.insert(
            comparison.container.runs.begin(), startup(Figure::absent(QStringLiteral("no mark"))));
        comparison.vm = half({ 1600, 1700, 1800 });
        const RoundSamples rounds = comparison.rounds(kStartup);
        QCOMPARE(rounds.container, (std::vector<double>{ 4 }));
        QCOMPARE(rounds.vm, (std::vector<double>{ 1700 }));
    }

    void namesTheSideWhoseFigureIsMissing()
    {
        Comparison comparison;
        comparison.container = half({ 4 });
        comparison.vm.runs.push_back(startup(Figure::absent(QStringLiteral("no agent"))));
        const Figure overhead = comparison.overhead(kStartup);
        QVERIFY(!overhead.value);
        QCOMPARE(overhead.missing, QStringLiteral("VM: no agent"));
    }
};

QTEST_GUILESS_MAIN(ComparisonTest)
#include "comparison_test.moc"
