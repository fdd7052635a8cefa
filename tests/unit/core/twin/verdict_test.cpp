// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/verdict.h"

#include <QTest>

#include <array>
#include <cmath>
#include <random>

using namespace twinhull;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Start-up times of one container over 12 rounds as a busy machine gives them, in ms: a floor and a long tail.
double startupSample(std::mt19937& random, double scale)
{
    const double share = (static_cast<double>(random()) + 1) / (static_cast<double>(std::mt19937::max()) + 2);
    return scale * (14.2 - 2.1 * std::log(share));
}

RunFigures runWith(double startup)
{
    RunFigures run;
    run.startupMilliseconds = Figure::of(startup);
    run.memoryHostBytes = Figure::of(11 << 20);
    run.cpuSeconds = Figure::of(startup / 1000);
    run.workMilliseconds = Figure::absent(QStringLiteral("no work."));
    run.diskBytes = Figure::of(4096);
    return run;
}

/// `scale` times the second side's figures.
Comparison rounds(int count, unsigned seed, double scale)
{
    std::mt19937 random(seed);
    Comparison comparison;
    comparison.machine.acceleration = QStringLiteral("kvm");
    for (int round = 0; round < count; ++round) {
        comparison.container.runs.push_back(runWith(startupSample(random, 1)));
        comparison.vm.runs.push_back(runWith(startupSample(random, scale)));
    }
    return comparison;
}

/// What two comparisons of a container against itself told on a computer that was busy nine tenths of the time, eight
/// rounds each: start-up and work in ms, CPU time in µs, memory in KiB; the first side and the second.
struct Recorded {
    std::vector<double> startup, cpu, memory, work;
};
const std::array<Recorded, 4> kRecorded{
    Recorded{ { 306.9, 323.3, 220.5, 124.8, 233.9, 195.8, 278.9, 211.8 },
        { 61922, 62429, 59838, 56067, 56983, 56638, 72890, 61674 },
        { 16995, 17072, 17095, 17126, 17142, 17104, 17162, 17121 },
        { 323.0, 422.8, 447.6, 219.5, 231.7, 170.4, 214.4, 217.8 } },
    Recorded{ { 307.0, 353.0, 285.6, 194.2, 254.6, 207.8, 282.7, 167.2 },
        { 61771, 77456, 59352, 72065, 56865, 56766, 69298, 60333 },
        { 17072, 17102, 17099, 17094, 17103, 17144, 17074, 17225 },
        { 300.5, 395.4, 230.5, 309.6, 205.2, 137.7, 240.2, 176.4 } },
    Recorded{ { 116.7, 150.5, 231.3, 246.9, 297.8, 249.6, 290.9, 251.9 },
        { 76001, 60966, 87009, 59139, 61641, 58900, 81355, 77753 },
        { 17103, 17127, 17145, 17101, 17079, 17105, 17173, 17131 },
        { 138.3, 138.3, 343.2, 269.2, 259.9, 200.8, 326.5, 307.4 } },
    Recorded{ { 203.4, 287.3, 171.1, 293.9, 222.8, 199.6, 266.4, 281.2 },
        { 60371, 68897, 56104, 82129, 66132, 61404, 62276, 68456 },
        { 17200, 17104, 17030, 17079, 17082, 17153, 17117, 17121 },
        { 176.6, 237.4, 267.8, 293.4, 252.4, 198.2, 267.5, 231.6 } },
};

/// Of one comparison each, both ways round.
constexpr std::array<std::pair<std::size_t, std::size_t>, 4> kPartners{ { { 0, 1 }, { 1, 0 }, { 2, 3 }, { 3, 2 } } };

/// A container against itself; `scale` times the start-up times of the second side.
Comparison recorded(const Recorded& first, const Recorded& second, double scale)
{
    Comparison comparison;
    comparison.bothAs = WorkloadKind::Container;
    const auto fill = [](const Recorded& side, double factor, std::vector<RunFigures>& runs) {
        for (std::size_t round = 0; round < side.startup.size(); ++round) {
            RunFigures run = runWith(side.startup[round] * factor);
            run.cpuSeconds = Figure::of(side.cpu[round] / 1e6);
            run.memoryHostBytes = Figure::of(side.memory[round] * 1024);
            run.workMilliseconds = Figure::of(side.work[round]);
            runs.push_back(run);
        }
    };
    fill(first, 1, comparison.container.runs);
    fill(second, scale, comparison.vm.runs);
    return comparison;
}

JudgedFigure startupOf(const Comparison& comparison)
{
    return judge(comparison).front();
}

bool namesASide(Finding finding)
{
    return finding == Finding::More || finding == Finding::Less;
}

std::vector<TimePoint> walk(unsigned seed, int seconds, double shift)
{
    // each reading keeps 0.9 of the one before: what a second apart is not independent
    std::mt19937 random(seed);
    std::vector<TimePoint> series;
    double value = 0;
    for (int second = 0; second < seconds; ++second) {
        const double step = static_cast<double>(random()) / static_cast<double>(std::mt19937::max()) - 0.5;
        value = 0.9 * value + step;
        series.push_back({ second * kSecond, static_cast<float>(value + shift) });
    }
    return series;
}

std::vector<TimePoint> shifted(std::vector<TimePoint> series, float by)
{
    for (TimePoint& point : series)
        point.value += by;
    return series;
}

/// A series beside one that stands at 0.
JudgedFigure judgedAgainstLevel(const std::vector<TimePoint>& series)
{
    std::vector<TimePoint> level(series);
    for (TimePoint& point : level)
        point.value = 0;
    return judgeSeries({}, FigureUnit::Bytes, level, series);
}

} // namespace

class VerdictTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhichWayTheWorksOwnFigureIsBetter_data()
    {
        QTest::addColumn<int>("better");
        QTest::addColumn<double>("shift");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, Better better, double shift, const char* sentence) {
            QTest::newRow(name) << static_cast<int>(better) << shift << QString::fromLatin1(sentence);
        };
        row("more events", Better::Higher, 5, "higher in the VM than in the container, which is better");
        row("fewer events", Better::Higher, -5, "lower in the VM than in the container, which is worse");
        row("longer trips", Better::Lower, 5, "higher in the VM than in the container, which is worse");
        row("shorter trips", Better::Lower, -5, "lower in the VM than in the container, which is better");
        row("not told", Better::NotTold, 5,
            "higher in the VM than in the container: +5.000 events/s (+5.000 events/s)");
        row("the same", Better::Higher, 0, "No difference is shown, its interval holds 0: ");
    }
    void saysWhichWayTheWorksOwnFigureIsBetter()
    {
        QFETCH(int, better);
        QFETCH(double, shift);
        QFETCH(QString, sentence);
        Comparison comparison = rounds(8, 3, 1);
        comparison.workScale = WorkScale{ QStringLiteral("events/s"), static_cast<Better>(better), {} };
        for (std::size_t round = 0; round < 8; ++round) {
            comparison.container.runs[round].workFigure = Figure::of(100.0 + double(round % 3));
            comparison.vm.runs[round].workFigure = Figure::of(100.0 + double(round % 3) + shift);
        }
        const QString text = verdictText(comparison);
        QVERIFY2(text.contains(sentence), qPrintable(text));
        QVERIFY2(!text.contains(QStringLiteral("takes more than the container: figure")), qPrintable(text));
    }

    void aAgainstANamesNobody_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : { 6, 12 })
            QTest::addRow("%d rounds", count) << count;
    }

    void aAgainstANamesNobody()
    {
        QFETCH(int, count);
        constexpr int kSeeds = 500; // of 100 the 95 would hang on chance
        int unnamed = 0;
        for (unsigned seed = 1; seed <= kSeeds; ++seed) {
            const Comparison same = rounds(count, seed, 1);
            const auto figure
                = judgePaired({}, FigureUnit::Milliseconds, same.container.samples(&RunFigures::startupMilliseconds),
                    same.vm.samples(&RunFigures::startupMilliseconds));
            unnamed += namesASide(figure.finding) ? 0 : 1;
        }
        QVERIFY2(unnamed * 100 >= kSeeds * 95, qPrintable(QString::number(unnamed)));
    }

    void realSamplesOfTheSameNameNobody()
    {
        for (const auto& [one, other] : kPartners) {
            const Comparison same = recorded(kRecorded.at(one), kRecorded.at(other), 1);
            for (const JudgedFigure& figure : judge(same))
                QCOMPARE(figure.finding, Finding::NotShown);
            const QString text = verdictText(same);
            QVERIFY2(!text.contains(u"takes") && !text.contains(u"Neither side"), qPrintable(text));
            QVERIFY2(text.contains(QStringLiteral("No difference is shown")), qPrintable(text));
        }
    }

    /// And the same samples with one figure trebled, or a third of it, name that side for that figure, and for no
    /// other.
    void realSamplesWithOneFigureTrebledNameThatSide()
    {
        for (const auto& [one, other] : kPartners) {
            const QString more = verdictText(recorded(kRecorded.at(one), kRecorded.at(other), 3));
            QVERIFY2(more.contains(u"the second container takes more than the first container: start to entrypoint +")
                    && !more.contains(u"takes less") && more.count(u"entrypoint") == 1,
                qPrintable(more));
            const QString less = verdictText(recorded(kRecorded.at(one), kRecorded.at(other), 1.0 / 3));
            QVERIFY2(less.contains(u"the second container takes less than the first container: start to entrypoint -")
                    && !less.contains(u"takes more"),
                qPrintable(less));
        }
    }

    /// Of samples that were really taken, whichever two are held against each other: a side is named exactly where the
    /// difference's interval does not hold 0 and the sides' own do not overlap.
    void namesASideExactlyWhereTheIntervalsSaySo()
    {
        int named = 0;
        int uncertain = 0;
        for (const auto series : { &Recorded::startup, &Recorded::cpu, &Recorded::memory, &Recorded::work }) {
            for (const double scale : { 1.0, 1.005, 1.5 }) {
                for (const auto& [first, other] : kPartners) {
                    const auto& one = kRecorded.at(first).*series;
                    auto second = kRecorded.at(other).*series;
                    for (double& value : second)
                        value *= scale;
                    const auto figure = judgePaired({}, FigureUnit::Milliseconds, one, second);
                    const Interval left = estimateMedian(one).interval;
                    const Interval right = estimateMedian(second).interval;
                    const Interval by = estimateMedian(pairedDifferences(one, second)).interval;
                    const bool isApart = left.high < right.low || right.high < left.low;
                    QCOMPARE(namesASide(figure.finding), isApart && (by.low > 0 || by.high < 0));
                    named += namesASide(figure.finding) ? 1 : 0;
                    uncertain += figure.finding == Finding::Uncertain ? 1 : 0;
                }
            }
        }
        QVERIFY2(named > 0 && uncertain > 0, qPrintable(QStringLiteral("%1 and %2").arg(named).arg(uncertain)));
    }

    /// By rounds the difference is plain, but whoever looks at the two sides sees that they overlap.
    void noSideIsNamedWhereTheirIntervalsOverlap()
    {
        const std::vector<double> first{ 100, 140, 110, 149, 120, 130, 105, 145 };
        std::vector<double> second;
        for (const double value : first)
            second.push_back(value * 1.05);
        for (const auto& figure : { judgePaired(QStringLiteral("Time"), FigureUnit::Milliseconds, first, second),
                 judgePaired(QStringLiteral("Time"), FigureUnit::Milliseconds, second, first) }) {
            QCOMPARE(figure.finding, Finding::Uncertain);
            QVERIFY(!figure.difference.interval.holds(0));
            const QString text = verdictText(std::span(&figure, 1), { QStringLiteral("one"), QStringLiteral("two") });
            QVERIFY2(text.startsWith(QStringLiteral("Neither side is named")) && text.contains(u"sides overlap"),
                qPrintable(text));
            QVERIFY2(!text.contains(u"takes") && !text.contains(u"two takes"), qPrintable(text));
        }
    }

    /// Of twenty figures of the same one differs at 95 %, by chance.
    void oneOfManyIsNotNamedByChance()
    {
        std::vector<JudgedFigure> figures(20);
        for (JudgedFigure& figure : figures) {
            figure.finding = Finding::NotShown;
            figure.chance = 0.6;
        }
        figures[3].finding = Finding::More;
        figures[3].chance = 0.01; // alone it would stand
        figures[7].finding = Finding::Less;
        figures[7].chance = 0.002;
        correctForMany(figures);
        QCOMPARE(figures[3].finding, Finding::Uncertain);
        QVERIFY2(figures[3].reason.contains(u"20 figures"), qPrintable(figures[3].reason));
        QCOMPARE(figures[7].finding, Finding::Less);
        correctForMany(std::span(figures).subspan(3, 1));
        figures[3].finding = Finding::More;
        correctForMany(std::span(figures).subspan(3, 1));
        QCOMPARE(figures[3].finding, Finding::More);
    }

    void aRealTenPercentWithSmallScatterIsNamed()
    {
        for (unsigned seed = 1; seed <= 20; ++seed) {
            std::mt19937 random(seed);
            std::vector<double> first;
            std::vector<double> second;
            for (int round = 0; round < 8; ++round) {
                const double load = 100 + static_cast<double>(random() % 6); // of the machine in this round
                first.push_back(load + static_cast<double>(random() % 100) / 100);
                second.push_back(load * 1.1 + static_cast<double>(random() % 100) / 100);
            }
            QCOMPARE(judgePaired({}, FigureUnit::Milliseconds, first, second).finding, Finding::More);
            QCOMPARE(judgePaired({}, FigureUnit::Milliseconds, second, first).finding, Finding::Less);
        }
    }

    void fewRoundsNameNobodyWhateverTheDifference()
    {
        for (int count = 1; count < kFewestRounds; ++count) {
            const JudgedFigure figure = startupOf(rounds(count, 1, 100));
            QCOMPARE(figure.finding, Finding::TooFew);
            QVERIFY2(figure.reason.contains(QString::number(kFewestRounds)), qPrintable(figure.reason));
        }
        QCOMPARE(startupOf(rounds(kFewestRounds, 1, 100)).finding, Finding::More);
    }

    void theSentenceNamesASideOnlyWhereOneIsShown()
    {
        const QString shown = verdictText(rounds(12, 1, 3));
        QVERIFY2(shown.contains(QStringLiteral("the VM takes more than the container: start to entrypoint +")),
            qPrintable(shown));
        QVERIFY2(shown.contains(QStringLiteral("No difference is shown")), qPrintable(shown)); // memory
        QVERIFY2(shown.contains(QStringLiteral("Not compared: time for the work (VM: no work).")), qPrintable(shown));
        const QString equal = verdictText(rounds(12, 3, 1));
        QVERIFY2(!equal.contains(QStringLiteral("takes")), qPrintable(equal));
        const QString few = verdictText(rounds(3, 1, 100));
        QVERIFY2(!few.contains(QStringLiteral("takes more than")), qPrintable(few));
        QVERIFY2(few.contains(QStringLiteral("3 rounds, 6 are needed")), qPrintable(few));
    }

    void cpuOfAnEmulatedVmIsNotJudged()
    {
        Comparison comparison = rounds(12, 1, 3);
        comparison.machine.acceleration = QStringLiteral("tcg");
        for (const JudgedFigure& figure : judge(comparison)) {
            if (figure.title.contains(QStringLiteral("CPU")))
                QCOMPARE(figure.finding, Finding::NotRead);
        }
    }

    void aSideThatWasNotReadIsNotJudged()
    {
        Comparison comparison = rounds(8, 1, 3);
        for (RunFigures& run : comparison.vm.runs)
            run.startupMilliseconds = Figure::absent(QStringLiteral("no agent"));
        const JudgedFigure figure = startupOf(comparison);
        QCOMPARE(figure.finding, Finding::NotRead);
        QCOMPARE(figure.reason, QStringLiteral("VM: no agent"));
    }

    /// The two ends of the same workload differ by a slow wander; taken as independent seconds it would be "a
    /// difference" most of the time.
    void aWanderingSeriesIsNoDifference()
    {
        int unnamed = 0;
        for (unsigned seed = 1; seed <= 100; ++seed)
            unnamed += namesASide(judgedAgainstLevel(walk(seed, 600, 0)).finding) ? 0 : 1;
        QVERIFY2(unnamed >= 85, qPrintable(QString::number(unnamed)));
        QCOMPARE(judgedAgainstLevel(walk(1, 600, 5)).finding, Finding::More);
        QCOMPARE(judgedAgainstLevel(walk(1, 600, -5)).finding, Finding::Less);
    }

    /// Both rise and fall together, and one is always a little above: the difference is certain, but the two cannot be
    /// told apart by what each of them is.
    void liveSeriesWhoseIntervalsOverlapNameNobody()
    {
        const auto low = walk(1, 600, 0);
        const auto high = shifted(low, 0.05F);
        const JudgedFigure close = judgeSeries({}, FigureUnit::Bytes, low, high);
        QVERIFY(!close.difference.interval.holds(0));
        QCOMPARE(close.finding, Finding::Uncertain);
        QVERIFY2(close.reason.contains(QStringLiteral("overlap")), qPrintable(close.reason));
        QVERIFY(close.chance && *close.chance > 0.05);
        const JudgedFigure far = judgeSeries({}, FigureUnit::Bytes, low, shifted(low, 50));
        QCOMPARE(far.finding, Finding::More);
        QVERIFY(far.chance && *far.chance < 0.01);
    }

    /// Two live series of the same that came out just apart are named alone, and not among many.
    void manyLiveSeriesAreCorrectedTogether()
    {
        JudgedFigure one = judgeSeries({}, FigureUnit::Bytes, walk(1, 600, 0), walk(2, 600, 5));
        QCOMPARE(one.finding, Finding::More);
        one.chance = 0.02;
        std::vector<JudgedFigure> figures(4, one);
        for (std::size_t i = 1; i < figures.size(); ++i)
            figures[i].chance = 0.6;
        correctForMany(figures);
        QCOMPARE(figures.front().finding, Finding::Uncertain);
        correctForMany(std::span(&one, 1));
        QCOMPARE(one.finding, Finding::More);
    }

    void aShortSeriesTellsNothing()
    {
        QCOMPARE(judgedAgainstLevel(walk(1, 30, 5)).finding, Finding::TooFew);
        QCOMPARE(judgeSeries({}, FigureUnit::Bytes, {}, {}).finding, Finding::NotRead);
    }

    void writesIntervalsShortly()
    {
        QCOMPARE(formatRange({ 4, 6 }, FigureUnit::Milliseconds), QStringLiteral("4 to 6 ms"));
        QCOMPARE(formatRange({ 4, 4 }, FigureUnit::Milliseconds), QStringLiteral("4 ms"));
        QCOMPARE(formatRange({ 3900000, 4080000 }, FigureUnit::Milliseconds), QStringLiteral("1 h 5 min to 1 h 8 min"));
        QCOMPARE(formatDifferenceRange({ -1048576, 2097152 }, FigureUnit::Bytes), QStringLiteral("-1 to +2 MiB"));
        QCOMPARE(formatDifferenceRange({ 0.01, 0.025 }, FigureUnit::Cores), QStringLiteral("+1.0 to +2.5 % of a core"));
    }
};

QTEST_GUILESS_MAIN(VerdictTest)
#include "verdict_test.moc"
