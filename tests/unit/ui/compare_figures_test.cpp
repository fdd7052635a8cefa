// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/figure_table_model.h"

#include "ui/twin/compare_bars.h"
#include "ui/twin/compare_summary.h"
#include "ui/twin/isolation_table.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace twinhull;

namespace {

ComparedWorkload workload(WorkloadKind kind, double startup, double memory)
{
    ComparedWorkload compared;
    compared.info.id = { kind, QStringLiteral("k") };
    compared.info.name = QStringLiteral("web");
    compared.info.image = QStringLiteral("nginx");
    compared.info.twinGroup = QStringLiteral("web");
    compared.info.engine = kind == WorkloadKind::Vm ? QStringLiteral("tcg") : QStringLiteral("hull");
    compared.startupMilliseconds = Figure::of(startup);
    compared.figures.fill(Figure::absent(QStringLiteral("needs a test that gives it")));
    compared[Metric::ResidentBytes] = Figure::of(memory * 1048576);
    compared[Metric::PssBytes] = Figure::of(memory * 1048576);
    compared[Metric::CpuCores] = Figure::of(0.02);
    compared.diskBytes = Figure::of(1048576);
    return compared;
}

/// After the start-up time come the rows of the catalogue.
int rowOf(Metric metric)
{
    return 1 + static_cast<int>(metric);
}

std::vector<ComparedWorkload> twin()
{
    return { workload(WorkloadKind::Container, 4, 11), workload(WorkloadKind::Vm, 1610, 148) };
}

/// Both seen at rest for that long.
std::vector<ComparedWorkload> watched(std::vector<ComparedWorkload> workloads, int seconds)
{
    for (ComparedWorkload& workload : workloads) {
        for (int second = 0; second < seconds; ++second)
            workload.pss.push_back({ second * 1'000'000'000LL, static_cast<float>(*workload[Metric::PssBytes].value) });
    }
    return workloads;
}

} // namespace

class CompareFiguresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesRatiosOfATwin()
    {
        const FigureTable table = liveFigures(twin());
        QCOMPARE(table.columns, (QStringList{ QStringLiteral("Container"), QStringLiteral("VM") }));
        QCOMPARE(table.rows[0].cells[1].text, QStringLiteral("1.61 s"));
        QVERIFY(table.rows[rowOf(Metric::PssBytes)].ratio.startsWith(QStringLiteral("13")));
    }

    void hasARowForEachFigureOfTheCatalogue()
    {
        const FigureTable table = liveFigures(twin());
        QCOMPARE(table.rows.size(), kMetricCount + 2); // and the start-up time and the disk
        for (const MetricRow& metric : metricCatalogue()) {
            const FigureTable::Row& row = table.rows[rowOf(metric.metric)];
            QVERIFY2(row.title.startsWith(titleOf(metric.about)), qPrintable(row.title));
            QVERIFY2(row.explanation.endsWith(explanationOf(metric.about)), qPrintable(row.explanation));
        }
    }

    void leavesOutWhatContainersAloneCannotHave()
    {
        auto containers
            = std::vector{ workload(WorkloadKind::Container, 4, 11), workload(WorkloadKind::Container, 5, 12) };
        for (ComparedWorkload& container : containers)
            container[Metric::VcpuCores] = Figure::absent(sentenceFor(Needs::VirtualCpus));
        QCOMPARE(liveFigures(containers).rows.size(), kMetricCount + 1);
        containers[1][Metric::VcpuCores] = Figure::of(0.5); // a VM
        QCOMPARE(liveFigures(containers).rows.size(), kMetricCount + 2);
    }

    void labelsWhatIsTheGuestsWord()
    {
        auto seen = twin();
        seen[0][Metric::NetworkReceiveRate] = seen[1][Metric::NetworkReceiveRate] = Figure::of(1000);
        seen[1].isNetworkGuestView = true;
        const FigureTable table = liveFigures(seen);
        const auto& network = table.rows[rowOf(Metric::NetworkReceiveRate)];
        QVERIFY(network.cells[0].reason.isEmpty());
        QVERIFY(network.cells[1].reason.contains(u"guest"));
        QVERIFY(network.ratio.isEmpty());
        QVERIFY(table.rows[rowOf(Metric::PssBytes)].cells[1].reason.isEmpty());
    }

    void strikesCpuOfAnEmulatedVm()
    {
        const FigureTable table = liveFigures(twin());
        const auto& cpu = table.rows[rowOf(Metric::CpuCores)];
        QVERIFY(cpu.cells[0].validity == FigureCell::Validity::Valid);
        QVERIFY(cpu.cells[1].validity == FigureCell::Validity::Emulated);
        QCOMPARE(cpu.ratio, QStringLiteral("emulated"));
    }

    void givesAReasonInsteadOfAZero()
    {
        FigureTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto unread = twin();
        unread[0][Metric::PssBytes] = Figure::absent(QStringLiteral("Not read yet."));
        model.setTable(liveFigures(unread));
        const QModelIndex cell = model.index(rowOf(Metric::PssBytes), 1);
        QCOMPARE(cell.data().toString(), QStringLiteral("\u2013"));
        QCOMPARE(cell.data(Qt::ToolTipRole).toString(), QStringLiteral("Not read yet."));
    }

    void saysInTheCellWhatAFigureNeeds()
    {
        FigureTableModel model;
        auto unread = twin();
        unread[0][Metric::CgroupChargeBytes] = Figure::absent(sentenceFor(Needs::MemoryController));
        unread[0].needs.at(static_cast<std::size_t>(Metric::CgroupChargeBytes)) = Needs::MemoryController;
        model.setTable(liveFigures(unread));
        const QModelIndex cell = model.index(rowOf(Metric::CgroupChargeBytes), 1);
        QCOMPARE(cell.data().toString(), shortSentenceFor(Needs::MemoryController));
        QVERIFY(cell.data(Qt::ToolTipRole).toString().startsWith(sentenceFor(Needs::MemoryController)));
        QVERIFY(model.isOfNone(cell.row())); // over all columns, in full
        unread[1][Metric::CgroupChargeBytes] = Figure::of(1 << 20);
        model.setTable(liveFigures(unread));
        QVERIFY(!model.isOfNone(cell.row()));
        QCOMPARE(cell.data().toString().replace(QChar(QChar::Nbsp), u' '), narrowSentenceFor(Needs::MemoryController));
        QCOMPARE(cell.data(Qt::ToolTipRole).toString(), sentenceFor(Needs::MemoryController));
    }

    void tellsOnlyTheRowsThatChanged()
    {
        FigureTableModel model;
        model.setTable(liveFigures(twin()));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        auto later = twin();
        later[1][Metric::PssBytes] = Figure::of(200 << 20);
        model.setTable(liveFigures(later));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed[0][0].toModelIndex().row(), rowOf(Metric::PssBytes));
    }

    void hasNoRatioForThree()
    {
        auto three = twin();
        three.push_back(workload(WorkloadKind::Container, 5, 12));
        FigureTableModel model;
        model.setTable(liveFigures(three));
        QCOMPARE(model.columnCount(), 4);
    }

    void saysWhatATwinShowsAndWhatNot()
    {
        const QString text = whatThisShows(watched(twin(), 120));
        QVERIFY2(text.contains(QStringLiteral("the VM takes more than the container: memory on the host +137 MiB")),
            qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("start to entrypoint +1.61 s (one start of each")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("Not compared: CPU, mean (emulated")), qPrintable(text));
        QCOMPARE(whatThisShows(std::vector{ twin()[0] }), QString());
    }

    /// A container that rests is read each tenth second, a VM each second: all of the VM's readings count.
    void judgesWhatIsReadRarelyByAllReadingsOfTheOther()
    {
        auto both = twin();
        both[1].info.engine = QStringLiteral("kvm");
        for (int second = 0; second <= 120; ++second) {
            const std::int64_t moment = second * 1'000'000'000LL;
            const bool isTenth = second % 10 == 0;
            if (isTenth)
                both[0].cpu.push_back({ moment, 0.5F });
            both[1].cpu.push_back({ moment, isTenth ? 0.0F : 1.0F });
        }
        const QString text = whatThisShows(both);
        QVERIFY2(text.contains(u"the VM takes more than the container: CPU, mean +"), qPrintable(text));
    }

    void comparesEachWithTheBaseline()
    {
        auto three = twin();
        three.push_back(workload(WorkloadKind::Container, 5, 11));
        three[2].info.name = QStringLiteral("twin-less");
        const auto seen = watched(three, 120);
        const QString text = whatThisShows(seen);
        QVERIFY2(text.contains(u"web \u00b7 VM takes more than web \u00b7 container: memory on the host +137 MiB"),
            qPrintable(text));
        QVERIFY2(text.contains(u"twin-less \u00b7 container beside web \u00b7 container: No difference is shown"),
            qPrintable(text));
        const QString other = whatThisShows(seen, 1);
        QVERIFY2(
            other.contains(u"twin-less \u00b7 container takes less than web \u00b7 VM: memory on the host -137 MiB"),
            qPrintable(other));
        const auto turned = whatThisShows(watched(twin(), 120), 1);
        QVERIFY2(
            turned.contains(u"the container takes less than the VM: memory on the host -137 MiB"), qPrintable(turned));
        QCOMPARE(whatThisShows(seen, 3), QString());
        QCOMPARE(whatThisShows(std::vector<ComparedWorkload>(6, three[0])), QString()); // nobody reads so much
    }

    void namesNobodyAfterAFewSeconds()
    {
        const QString text = whatThisShows(watched(twin(), 20));
        QVERIFY2(!text.contains(QStringLiteral("takes more than")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("20 s of readings, 60 s are needed")), qPrintable(text));
    }

    /// Both grow alike, and the one is always a little above the other.
    void namesNobodyWhereTheIntervalsOverlap()
    {
        auto growing = watched(twin(), 120);
        for (std::size_t side = 0; side < growing.size(); ++side) {
            for (std::size_t second = 0; second < growing[side].pss.size(); ++second)
                growing[side].pss[second].value = static_cast<float>((100 + side + second) << 20U);
        }
        const QString text = whatThisShows(growing);
        QVERIFY2(!text.contains(QStringLiteral("Shown with")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("Neither side is named")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("the intervals of the two sides overlap")), qPrintable(text));
    }

    void doesNotInventWhatWasNotRead()
    {
        auto unread = watched(twin(), 120);
        unread[1][Metric::PssBytes] = Figure::absent(QStringLiteral("It does not run."));
        const QString text = whatThisShows(unread);
        QVERIFY2(text.contains(QStringLiteral("Not compared: memory on the host (It does not run)")), qPrintable(text));
    }

    void showsTheIntervalBelowEachMedian()
    {
        Comparison comparison;
        for (const double startup : { 4.0, 5.0, 6.0 }) {
            RunFigures run;
            run.startupMilliseconds = Figure::of(startup);
            comparison.container.runs.push_back(run);
            comparison.vm.runs.push_back(run);
        }
        const FigureTable table = comparisonFigures(comparison);
        QCOMPARE(table.rows[0].cells[0].text, QStringLiteral("5 ms"));
        QCOMPARE(table.rows[1].cells[0].text, QStringLiteral("4 to 6 ms"));
        QVERIFY(table.rows[1].cells[0].validity == FigureCell::Validity::Interval);
        QVERIFY(!table.rows[3].cells[0].reason.isEmpty()); // memory was not read
    }

    void drawsStartUpPhasesFromTheMarks()
    {
        auto marked = twin();
        marked[1].info.startupMarks = { { QStringLiteral("request"), 0 }, { QStringLiteral("kernel"), 300'000'000 },
            { QStringLiteral("ready"), 1'610'000'000 } };
        const auto rows = startupBars(marked);
        QCOMPARE(rows[1].segments.size(), std::size_t{ 2 });
        QCOMPARE(rows[1].total(), 1610.0);
        marked[1].info.definitionNanoseconds = 12'000'000; // before the request: it leads the bar
        const BarRow defined = startupBars(marked)[1];
        QCOMPARE(defined.segments.front().name, QStringLiteral("define"));
        QCOMPARE(defined.segments.front().explanation, QStringLiteral("define: 12 ms, once, before the request"));
        QCOMPARE(defined.lead, 12.0);
        QCOMPARE(defined.total(), 1622.0);
        QCOMPARE(defined.endText, rows[1].endText); // no part of the start-up
        QVERIFY(rows[0].segments.empty());
    }

    void showsTheGuestViewAsPartOfTheHostCost()
    {
        auto seen = twin();
        seen[1][Metric::GuestMemoryUsedBytes] = Figure::of(40 << 20);
        seen[1][Metric::GuestMemoryCacheBytes] = Figure::of(20 << 20);
        QCOMPARE(memoryBars(seen)[1].segments.size(), std::size_t{ 1 }); // the machine's memory is not told apart yet
        seen[1][Metric::RamPssBytes] = Figure::of(100 << 20);
        seen[1][Metric::QemuOwnPssBytes] = Figure::of(45 << 20);
        seen[1][Metric::HelperPssBytes] = Figure::of(3 << 20);
        const auto rows = memoryBars(seen);
        QCOMPARE(rows[1].segments.size(), std::size_t{ 5 });
        QVERIFY(rows[1].segments[0].name.contains(QStringLiteral("guest view")));
        QCOMPARE(rows[1].segments[2].value, 40.0 * 1048576); // touched, and not in use
        QCOMPARE(rows[1].total(), 148.0 * 1048576);
        QCOMPARE(rows[0].segments.size(), std::size_t{ 1 });
    }

    /// Nothing that was not read is drawn as nothing: what is left has the name of both.
    void drawsNoPartThatWasNotReadAsIfItWereNone()
    {
        auto seen = twin();
        seen[1][Metric::RamPssBytes] = Figure::of(100 << 20);
        seen[1][Metric::QemuOwnPssBytes] = Figure::of(45 << 20);
        seen[1][Metric::GuestMemoryUsedBytes] = Figure::of(40 << 20);
        auto segments = memoryBars(seen)[1].segments;
        QCOMPARE(segments.size(), std::size_t{ 4 });
        QCOMPARE(segments[1].value, 60.0 * 1048576);
        QVERIFY2(segments[1].name.contains(QStringLiteral("cache and kept")), qPrintable(segments[1].name));
        QCOMPARE(segments[3].value, 3.0 * 1048576); // of the whole
        QCOMPARE(segments[3].name, QStringLiteral("helpers and the rest"));
        seen[0][Metric::AnonymousPssBytes] = Figure::of(4096);
        seen[0][Metric::HelperPssBytes] = Figure::of(4096);
        seen[0].needs.at(static_cast<std::size_t>(Metric::PageTableBytes)) = Needs::SmapsRights;
        const auto rows = memoryBars(seen);
        QVERIFY2(rows[0].endText.endsWith(shortSentenceFor(Needs::SmapsRights)), qPrintable(rows[0].endText));
    }

    void splitsTheMemoryOfAContainer()
    {
        auto seen = twin();
        const double whole = *seen[0][Metric::PssBytes].value;
        seen[0][Metric::AnonymousPssBytes] = Figure::of(whole / 2);
        seen[0][Metric::HelperPssBytes] = Figure::of(whole / 4);
        seen[0][Metric::PageTableBytes] = Figure::of(4096);
        auto segments = memoryBars(seen)[0].segments;
        QCOMPARE(segments.size(), std::size_t{ 4 });
        QCOMPARE(segments[1].value, whole / 4); // files that it maps are what is left of its processes
        QVERIFY(segments[0].isPartOfWhole && segments[1].isPartOfWhole && segments[3].isPartOfWhole);
        QVERIFY(!segments[2].isPartOfWhole); // its page tables come on top
        seen[0][Metric::GuestMemoryCacheBytes] = Figure::of(9 << 20); // its cgroup tells them whole
        seen[0][Metric::KernelChargeBytes] = Figure::of(1 << 20);
        segments = memoryBars(seen)[0].segments;
        QCOMPARE(segments[1].value, 9.0 * 1048576);
        QCOMPARE(segments[2].value, 1048576.0);
        QVERIFY(!segments[1].isPartOfWhole && !segments[2].isPartOfWhole && segments[3].isPartOfWhole);
    }

    void showsIsolationInShortAndBothSidesInTheToolTip()
    {
        const auto running = twin();
        IsolationViews views;
        views.host.kernelRelease = "6.1.0-1-amd64";
        views.inside = Error{ ErrorCode::Unavailable, "no answer", 0, {} };
        const FigureTable table = isolationTable(running, { { running[0].info.id, views } });
        QVERIFY(!table.hasRatio);
        QCOMPARE(table.columns.size(), 2);
        QCOMPARE(table.rows[0].cells[0].text, QStringLiteral("shared, 6.1.0"));
        QVERIFY2(table.rows[0].cells[0].reason.contains(QLatin1String("(no answer)")),
            qPrintable(table.rows[0].cells[0].reason));
    }

    void saysThatIsolationIsBeingRead()
    {
        const auto running = twin();
        const FigureTable table = isolationTable(running, {});
        for (const auto& row : table.rows) {
            QVERIFY(row.cells[1].text.isEmpty());
            QCOMPARE(row.cells[1].reason, QStringLiteral("Being read."));
        }
    }

    void namesEveryPhaseOfAStart()
    {
        auto marked = twin();
        marked[1].info.startupMarks.push_back({ QStringLiteral("request"), 0 });
        std::int64_t time = 0;
        for (const char* name :
            { "created", "called", "qemu", "kernel", "init", "modules", "root", "network", "ready" })
            marked[1].info.startupMarks.push_back({ QLatin1String(name), time += 1'000'000 });
        marked[0].info.startupMarks = { { QStringLiteral("request"), 0 }, { QStringLiteral("monitor"), 1'000'000 },
            { QStringLiteral("ready"), 2'000'000 } };
        const auto rows = startupBars(marked);
        for (const auto& row : rows) {
            for (const BarSegment& segment : row.segments)
                QVERIFY2(segment.name != u"other", qPrintable(segment.explanation));
        }
        QCOMPARE(rows[1].segments.size(), std::size_t{ 9 });
    }
};

QTEST_MAIN(CompareFiguresTest)
#include "compare_figures_test.moc"
