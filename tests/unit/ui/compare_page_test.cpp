// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_page.h"

#include "core/base/files.h"
#include "core/metrics/metric_catalogue.h"
#include "core/twin/report_shelf.h"
#include "tests/support/context_world.h"
#include "tests/support/metric_frames.h"
#include "ui/metrics/chart_names.h"
#include "ui/theme/theme.h"
#include "ui/twin/readings_export.h"
#include "ui/twin/reports_dialog.h"
#include "ui/twin/stacked_bars.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <QTextDocument>
#include <QToolButton>

using namespace twinhull;
using namespace twinhull::test;

namespace {

WorkloadInfo half(WorkloadKind kind, const QString& name, const QString& group)
{
    WorkloadInfo info = makeWorkload(kind, name);
    info.id.key += kind == WorkloadKind::Vm ? QStringLiteral("-vm") : QStringLiteral("-ct");
    info.twinGroup = group;
    return info;
}

} // namespace

class ComparePageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::current().apply(ThemeMode::Light); }

    void init()
    {
        m_world = std::make_unique<ContextWorld>();
        m_page = std::make_unique<ComparePage>(m_world->context);
        m_page->show();
    }

    void cleanup()
    {
        m_page.reset();
        m_world.reset();
    }

    void saysWhatToDoWhenThereIsNothing() { QCOMPARE(m_page->currentIndex(), 0); }

    void choosesTheFirstTwinByItself()
    {
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("other"), {}));
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web")));
        m_world->vms.put(half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web")));
        QCOMPARE(chips(),
            (QStringList{ QStringLiteral("Remove web \u00b7 container"), QStringLiteral("Remove web \u00b7 VM") }));
        QCOMPARE(m_page->currentIndex(), 1);
    }

    void keepsWhatThePersonTookAway()
    {
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web")));
        m_world->vms.put(half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web")));
        bar()->findChildren<QToolButton*>(QStringLiteral("compareChip")).front()->click();
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("more"), {}));
        QCOMPARE(chips(), QStringList{ QStringLiteral("Remove web \u00b7 VM") });
    }

    void offersTheOthersWhenTheMenuIsOpened()
    {
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web")));
        m_world->vms.put(half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web")));
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("more"), {}));
        QMenu* menu = bar()->findChild<QToolButton*>(QStringLiteral("compareAdd"))->menu();
        QVERIFY2(menu->isEmpty(), "it is not made for nobody");
        Q_EMIT menu->aboutToShow();
        QCOMPARE(menu->actions().size(), qsizetype{ 1 });
        menu->actions().front()->trigger();
        QCOMPARE(chips().size(), qsizetype{ 3 });
        Q_EMIT menu->aboutToShow();
        QVERIFY2(!menu->actions().front()->isEnabled(), "says that there is no other");
    }

    void dropsAWorkloadThatIsDeleted()
    {
        const WorkloadInfo vm = half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web"));
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web")));
        m_world->vms.put(vm);
        m_world->vms.drop(vm.id);
        QCOMPARE(chips(), QStringList{ QStringLiteral("Remove web \u00b7 container") });
    }

    void followsTheTicks()
    {
        const WorkloadInfo container = half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web"));
        const WorkloadInfo vm = half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web"));
        m_world->containers.put(container);
        m_world->vms.put(vm);
        appendTicks(m_world->rings, { container.id, vm.id }, 3, [&vm](MetricPoint& point, int) {
            setValue(point, Metric::ResidentBytes, 1024);
            setValue(point, Metric::PssBytes, point.id == vm.id ? 148 << 20 : 11 << 20);
        });
        const QString text = m_page->findChild<QLabel*>(QStringLiteral("compareSummary"))->text();
        QVERIFY2(text.contains(QStringLiteral("memory on the host +137 MiB (10 s of readings, 60 s are needed)")),
            qPrintable(text));
    }

    void comparesAllWithTheOneThatIsChosen()
    {
        const WorkloadInfo container = half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web"));
        const WorkloadInfo vm = half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web"));
        const WorkloadInfo more = half(WorkloadKind::Container, QStringLiteral("more"), {});
        m_world->containers.put(container);
        m_world->vms.put(vm);
        m_world->containers.put(more);
        QMenu* menu = bar()->findChild<QToolButton*>(QStringLiteral("compareAdd"))->menu();
        Q_EMIT menu->aboutToShow();
        menu->actions().front()->trigger();
        appendTicks(m_world->rings, { container.id, vm.id, more.id }, 3, [&](MetricPoint& point, int) {
            setValue(point, Metric::ResidentBytes, (point.id == vm.id ? 148 : point.id == more.id ? 21 : 11) << 20);
        });
        const auto memory = [this] {
            for (const ChartCard* card : m_page->findChildren<ChartCard*>()) {
                if (card->quantity() == Quantity::Memory)
                    return card;
            }
            return static_cast<const ChartCard*>(nullptr);
        };
        QVERIFY2(memory()->remark().contains(u"web \u00b7 VM +137 MiB"), qPrintable(memory()->remark()));
        QVERIFY(memory()->accessibleDescription().endsWith(u"minus web \u00b7 container"));
        QVERIFY(isChosen(QStringLiteral("compareMode"), QStringLiteral("web \u00b7 container")));
        choose(QStringLiteral("compareMode"), QStringLiteral("more \u00b7 container"));
        QVERIFY(isChosen(QStringLiteral("compareMode"), QStringLiteral("more \u00b7 container")));
        QVERIFY2(memory()->remark().contains(u"web \u00b7 VM +127 MiB")
                && memory()->remark().contains(u"web \u00b7 container \u221210 MiB"),
            qPrintable(memory()->remark()));
        QVERIFY2(memory()->accessibleDescription().endsWith(u"minus more \u00b7 container"),
            qPrintable(memory()->accessibleDescription()));
    }

    void namesEveryPartOfEveryBar()
    {
        WorkloadInfo vm = half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web"));
        vm.startupMarks = { { QStringLiteral("request"), 0 }, { QStringLiteral("qemu"), 1'000'000 },
            { QStringLiteral("kernel"), 900'000'000 }, { QStringLiteral("ready"), 902'000'000 } };
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web")));
        m_world->vms.put(vm);
        QLabel* legend = nullptr;
        const auto legends = m_page->findChildren<QLabel*>(QStringLiteral("barsLegend"));
        for (auto* each : legends) {
            if (each->text().contains(u"QEMU"))
                legend = each;
        }
        QVERIFY(legend && legend->isVisible());
        QTextDocument document;
        document.setHtml(legend->text());
        const QString text = document.toPlainText().replace(QChar(QChar::Nbsp), QLatin1Char(' '));
        for (const char* part : { "libvirt: 1 ms", "QEMU and firmware: 899 ms", "entrypoint: 2 ms" })
            QVERIFY2(text.contains(QString::fromUtf8(part)), qPrintable(text));
        const auto bars = m_page->findChildren<StackedBars*>();
        QVERIFY(bars.front()->accessibleDescription().contains(u"libvirt: 1 ms"));
    }

    void showsAfterARestartWhatWasChosen()
    {
        m_world->containers.put(half(WorkloadKind::Container, QStringLiteral("web"), QStringLiteral("web")));
        m_world->vms.put(half(WorkloadKind::Vm, QStringLiteral("web"), QStringLiteral("web")));
        choose(QStringLiteral("compareMode"), QStringLiteral("Stacked"));
        choose(QStringLiteral("compareFigures"), titleOf(Quantity::Network));
        choose(QStringLiteral("compareFigures"), titleOf(Quantity(Metric::PssBytes)));
        choose(QStringLiteral("timeMore"), QStringLiteral("7 days"));
        choose(QStringLiteral("timeMore"), QStringLiteral("The day before"));
        m_page = std::make_unique<ComparePage>(m_world->context);
        m_page->show();
        QCOMPARE(m_page->findChild<QToolButton*>(QStringLiteral("compareMode"))->text().section(u' ', 0, 0),
            QStringLiteral("Stacked"));
        QCOMPARE(shownFigures(),
            QStringList({ titleOf(Quantity::Cpu), titleOf(Quantity::Memory), titleOf(Quantity::Disk),
                titleOf(Quantity(Metric::PssBytes)) }));
        QVERIFY(isChosen(QStringLiteral("timeMore"), QStringLiteral("7 days")));
        QVERIFY(isChosen(QStringLiteral("timeMore"), QStringLiteral("The day before")));
        QVERIFY(isChosen(QStringLiteral("compareMode"), QStringLiteral("Stacked")));
    }

    void showsTheUsualWhereTheSettingsSayNonsense()
    {
        m_world->context.settings.setValue(setting::kCompareMode, QStringLiteral("upside-down"));
        m_world->context.settings.setValue(setting::kCompareOverlay, QStringLiteral("next week"));
        m_world->context.settings.setValue(setting::kCompareSpan, -5);
        m_world->context.settings.setValue(
            setting::kCompareFigures, QStringList({ QStringLiteral("luck"), QStringLiteral("memory") }));
        m_page = std::make_unique<ComparePage>(m_world->context);
        m_page->show();
        QVERIFY(isChosen(QStringLiteral("compareMode"), QStringLiteral("Difference")));
        QVERIFY(isChosen(QStringLiteral("timeMore"), QStringLiteral("Nothing")));
        QCOMPARE(shownFigures(), QStringList(titleOf(Quantity::Memory)));
    }

    void namesOfChoicesAreReadAgain()
    {
        for (const ChartMode mode : { ChartMode::Each, ChartMode::Stacked, ChartMode::Difference, ChartMode::Ratio })
            QCOMPARE(chartModeFrom(nameOf(mode)), std::optional(mode));
        for (const Overlay overlay : { Overlay::None, Overlay::LengthBefore, Overlay::DayBefore })
            QCOMPARE(overlayFrom(nameOf(overlay)), std::optional(overlay));
        std::vector<Quantity> all{ Quantity::Cpu, Quantity::Memory, Quantity::Network, Quantity::Disk,
            Quantity::CpuParts, Quantity::Waiting };
        for (const MetricRow& row : metricCatalogue())
            all.push_back(row.metric);
        for (const Quantity quantity : all)
            QVERIFY2(quantityFrom(nameOf(quantity)) == quantity, qPrintable(nameOf(quantity)));
    }

    void exportsWhatWasRead()
    {
        const WorkloadInfo info = half(WorkloadKind::Container, QStringLiteral("a \"b\""), {});
        appendTicks(m_world->rings, { info.id }, 3,
            [](MetricPoint& point, int tick) { setValue(point, Metric::ResidentBytes, 1024.0 * tick); });
        const TimeWindow window{ 0, m_world->rings.lastTickNanoseconds() };
        const QByteArray csv = readingsAsCsv(m_world->rings, std::span(&info, 1), window);
        QCOMPARE(csv.count('\n'), 4);
        QByteArray line = "0,\"a \"\"b\"\"\",container";
        for (const MetricRow& row : metricCatalogue())
            line += row.metric == Metric::ResidentBytes ? ",2048" : ",";
        QVERIFY2(csv.contains(line), csv.constData());
        const auto json = QJsonDocument::fromJson(readingsAsJson(m_world->rings, std::span(&info, 1), window));
        const QJsonObject one = json[QStringLiteral("workloads")].toArray().first().toObject();
        QCOMPARE(one[QStringLiteral("resident_bytes")].toArray().size(), 3);
        QVERIFY(one[QStringLiteral("cpu_cores")].toArray().isEmpty());
        QCOMPARE(
            one[QStringLiteral("missing")][QStringLiteral("cpu_cores")].toString(), sentenceFor(Needs::FirstReading));
        QVERIFY(!one[QStringLiteral("missing")].toObject().contains(QStringLiteral("resident_bytes")));
    }

    void opensAKeptReportAndLaysAnotherBeside()
    {
        const ReportShelf shelf(m_world->temporary.folders().reports());
        QVERIFY(shelf.keep(comparison(1'000'000, 100)));
        QVERIFY(shelf.keep(comparison(2'000'000'000, 200)));
        auto* dialog = openReports();
        auto* list = dialog->findChild<QTableView*>(QStringLiteral("reportsList"));
        QTRY_COMPARE(list->model()->rowCount(), 2);
        QVERIFY(!control(dialog, "reportsBeside")->isVisible()); // nothing is open
        list->selectRow(0);
        QTest::keyClick(list, Qt::Key_Return); // no pointer is needed
        QTRY_COMPARE(m_page->currentIndex(), 2);
        QCOMPARE(textOf("reportTitle"), titleOf(comparison(2'000'000'000, 200)));
        QVERIFY2(textOf("reportVerdict").contains(QStringLiteral("VM takes more than the container")),
            qPrintable(textOf("reportVerdict")));
        QVERIFY(canSaveAReport());
        QVERIFY(!control(m_page.get(), "reportSwap")->isVisible());

        control(m_page.get(), "reportBeside")->click();
        dialog = m_page->findChildren<ReportsDialog*>().back();
        list = dialog->findChild<QTableView*>(QStringLiteral("reportsList"));
        QTRY_COMPARE(list->model()->rowCount(), 2);
        list->selectRow(1);
        control(dialog, "reportsBeside")->click();
        QTRY_VERIFY(control(m_page.get(), "reportSwap")->isVisible());
        QVERIFY2(textOf("reportConditions").contains(QStringLiteral("Kernel: 6.200; then 6.100")),
            qPrintable(textOf("reportConditions")));
        QVERIFY2(
            textOf("reportVerdict").contains(QStringLiteral("takes less than")), qPrintable(textOf("reportVerdict")));
        control(m_page.get(), "reportSwap")->click();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QVERIFY(textOf("reportConditions").contains(QStringLiteral("Kernel: 6.100; then 6.200")));
        control(m_page.get(), "reportClose")->click();
        QCOMPARE(m_page->currentIndex(), 0);
        QVERIFY(!canSaveAReport());
    }

    void saysWhereReportsComeFromWhenThereIsNone()
    {
        auto* dialog = openReports();
        auto* empty = dialog->findChild<QLabel*>(QStringLiteral("reportsEmpty"));
        QTRY_VERIFY(empty->text().startsWith(QStringLiteral("No report is kept yet.")));
        for (const char* name : { "reportsOpen", "reportsRemove" })
            QVERIFY2(!control(dialog, name)->isEnabled(), name);
    }

    void takesReportsThatAreDropped()
    {
        const ReportShelf shelf(m_world->temporary.folders().reports());
        const auto first = shelf.keep(comparison(1'000'000, 100));
        const auto second = shelf.keep(comparison(1'000'000, 200)); // of the same minute: told apart all the same
        QVERIFY(first && second);
        QMimeData dragged;
        dragged.setUrls({ QUrl::fromLocalFile(QString::fromStdString(*first)), QUrl(QStringLiteral("http://a/b.json")),
            QUrl::fromLocalFile(QStringLiteral("/tmp/a.png")), QUrl::fromLocalFile(QString::fromStdString(*second)) });
        drop(dragged);
        QTRY_COMPARE(m_page->currentIndex(), 2);
        QVERIFY2(textOf("reportTitle").contains(QStringLiteral("(after) against ")), qPrintable(textOf("reportTitle")));
    }

    void saysWhyAFileCannotBeOpened()
    {
        const std::string path = m_world->temporary.folders().data + "/broken.json";
        QVERIFY(makeFolders(m_world->temporary.folders().data));
        QVERIFY(writeFileAtomically(path, "{}"));
        QMimeData dragged;
        dragged.setUrls({ QUrl::fromLocalFile(QString::fromStdString(path)) });
        drop(dragged);
        QTRY_VERIFY(m_page->findChild<QMessageBox*>(QStringLiteral("reportFailure")) != nullptr);
        const QString text = m_page->findChild<QMessageBox*>(QStringLiteral("reportFailure"))->informativeText();
        QVERIFY2(text.contains(QStringLiteral("no report of a comparison")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("compare --report")), qPrintable(text)); // the next step
        QCOMPARE(m_page->currentIndex(), 0);
    }

private:
    QAction* actionOf(const QString& button, const QString& text) const
    {
        const auto actions
            = m_page->findChild<QToolButton*>(button)->menu()->findChildren<QAction*>(); // of its groups, too
        const auto found = std::find_if(
            actions.begin(), actions.end(), [&text](const QAction* action) { return action->text() == text; });
        return found == actions.end() ? nullptr : *found;
    }
    void choose(const QString& button, const QString& text)
    {
        QAction* action = actionOf(button, text);
        QVERIFY2(action, qPrintable(text));
        action->trigger();
    }
    bool isChosen(const QString& button, const QString& text) const
    {
        const QAction* action = actionOf(button, text);
        return action != nullptr && action->isChecked();
    }
    QStringList shownFigures() const
    {
        QStringList titles;
        for (const ChartCard* card : m_page->findChildren<ChartCard*>())
            titles << titleOf(card->quantity());
        return titles;
    }

    /// Eight runs each; the VM's start takes ten times as long.
    static Comparison comparison(std::int64_t when, double start)
    {
        Comparison made;
        made.image = QStringLiteral("web");
        made.work = QStringLiteral("one request");
        made.wallMilliseconds = when;
        made.machine.acceleration = QStringLiteral("kvm");
        made.machine.kernel = QStringLiteral("6.%1").arg(start);
        for (int run = 0; run < 8; ++run) {
            RunFigures figures;
            figures.startupMilliseconds = Figure::of(start + run % 3);
            made.container.runs.push_back(figures);
            figures.startupMilliseconds = Figure::of(10 * start + run % 3);
            made.vm.runs.push_back(figures);
        }
        return made;
    }

    void drop(const QMimeData& dragged)
    {
        QDragEnterEvent enter({ 5, 5 }, Qt::CopyAction, &dragged, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_page.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({ 5, 5 }, Qt::CopyAction, &dragged, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_page.get(), &drop);
    }

    ReportsDialog* openReports()
    {
        bar()->findChild<QToolButton*>(QStringLiteral("compareReports"))->click();
        return m_page->findChildren<ReportsDialog*>().back();
    }

    static QPushButton* control(QWidget* parent, const char* name)
    {
        return parent->findChild<QPushButton*>(QLatin1String(name));
    }

    /// Of all such labels; those of the report that was shown before are hidden until they are deleted.
    QString textOf(const char* name) const
    {
        QStringList texts;
        for (const QLabel* label : m_page->findChildren<QLabel*>(QLatin1String(name)))
            texts << label->text();
        return texts.join(u'\n');
    }

    bool canSaveAReport() const
    {
        for (const QAction* action : bar()->findChildren<QAction*>()) {
            if (action->text().startsWith(QStringLiteral("Report of")) && !action->isEnabled())
                return false;
        }
        return true;
    }

    QWidget* bar() const { return m_page->pageBar(); }

    QStringList chips() const
    {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QStringList names;
        for (const QToolButton* chip : bar()->findChildren<QToolButton*>(QStringLiteral("compareChip")))
            names << chip->accessibleName();
        return names;
    }

    std::unique_ptr<ContextWorld> m_world;
    std::unique_ptr<ComparePage> m_page;
};

QTEST_MAIN(ComparePageTest)
#include "compare_page_test.moc"
