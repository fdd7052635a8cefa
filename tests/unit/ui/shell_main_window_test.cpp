// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/metric_rings.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temporary_world.h"
#include "ui/create/create_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figure_text.h"

#include <QAbstractButton>
#include <QAction>
#include <QCheckBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPointer>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>
#include <QTreeView>

#include <cmath>

using namespace twinhull;
using test::FakeProvider;
using test::makeWorkload;

namespace {

constexpr double kMiB = 1024 * 1024;

/// All that a window stands on, with providers whose workloads the test puts there.
struct Bench {
    test::TemporaryWorld world;
    Settings settings{ world.folders() };
    ImageStore images{ world.folders() };
    WorkloadRegistry registry;
    MetricRings rings;
    Twins twins{ registry, images };
    FakeProvider containers{ WorkloadKind::Container };
    FakeProvider vms{ WorkloadKind::Vm };
    JobQueue jobs;
    std::optional<double> ownPssBytes;
    AppContext context{ registry, jobs, images, rings, twins, settings, world.folders() };

    Bench()
    {
        registry.add(&containers);
        registry.add(&vms);
    }

    WorkloadInfo half(WorkloadKind kind, const QString& name) const
    {
        WorkloadInfo info = makeWorkload(kind, name);
        info.twinGroup = name;
        info.engine = kind == WorkloadKind::Vm ? QStringLiteral("kvm") : QStringLiteral("hull");
        info.ports = { { QStringLiteral("127.0.0.1"), 8080, 80 } };
        info.startedAt = QDateTime::currentDateTime().addSecs(-7300);
        info.startupMarks = { { QStringLiteral("request"), 0 }, { QStringLiteral("exec"), 3'100'000 },
            { QStringLiteral("ready"), 4'100'000 } };
        return info;
    }

    void fill()
    {
        containers.put(half(WorkloadKind::Container, QStringLiteral("web")));
        vms.put(half(WorkloadKind::Vm, QStringLiteral("web")));
        auto scratch = makeWorkload(WorkloadKind::Container, QStringLiteral("scratch"), WorkloadState::Stopped);
        scratch.image = QStringLiteral("debian:12");
        containers.put(scratch);
        auto failed = makeWorkload(WorkloadKind::Vm, QStringLiteral("fedora-test"), WorkloadState::Failed);
        failed.stateReason = QStringLiteral("no disk: fedora.qcow2");
        failed.image = QStringLiteral("Fedora 40");
        vms.put(failed);
        vms.hostNotices = { { QStringLiteral("no hardware virtualization: VMs are emulated"),
            QStringLiteral("Guests run on TCG, which is slower.") } };
        Q_EMIT vms.availabilityChanged();
    }

    void tick(int seconds)
    {
        for (int i = 1; i <= seconds; ++i) {
            MetricsFrame frame;
            frame.monotonicNanoseconds = std::int64_t{ i } * 1'000'000'000;
            frame.host.readings = { 0.12, 9.1 * 1024 * kMiB, 23.0 * 1024 * kMiB, 0.0, 0.004, 41.0 * kMiB,
                Reading<double>(ownPssBytes, Needs::FirstReading) };
            for (const WorkloadInfo& info : registry.workloads()) {
                if (info.footprint.isEmpty())
                    continue;
                const bool isVm = info.id.kind == WorkloadKind::Vm;
                MetricPoint point;
                point.id = info.id;
                const auto set = [&point](Metric metric, double value) { point[metric] = value; };
                const double wave = 1 + 0.4 * std::sin(i / 5.0) + 0.3 * std::sin(i * 1.7);
                set(Metric::CpuCores, (isVm ? 0.021 : 0.003) * wave);
                set(Metric::ResidentBytes, (isVm ? 148 : 11) * kMiB);
                set(Metric::PssBytes, (isVm ? 148 : 11) * kMiB);
                set(Metric::NetworkReceiveRate, 20'000 * wave);
                set(Metric::NetworkSendRate, 22'000 * wave);
                set(Metric::DiskReadRate, 0);
                set(Metric::DiskWriteRate, isVm ? 1'200'000 * wave : 0);
                frame.points.push_back(point);
            }
            rings.append(frame);
        }
    }
};

void saveShot(QWidget& window, const QString& name)
{
    QDir(QStringLiteral(TH_BUILD_DIR)).mkpath(QStringLiteral("screenshots"));
    window.grab().save(QStringLiteral(TH_BUILD_DIR "/screenshots/%1.png").arg(name));
}

} // namespace

class ShellMainWindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { Theme::current().apply(ThemeMode::Light); }

    void showsTheFirstStepWhileThereIsNothing()
    {
        Bench bench;
        MainWindow window(bench.context);
        window.resize(1280, 720);
        window.show();
        QVERIFY(window.findChild<QWidget*>(QStringLiteral("emptyWorkloads"))->isVisible());
        saveShot(window, QStringLiteral("workloads-empty"));
        bench.fill();
        QVERIFY(!window.findChild<QWidget*>(QStringLiteral("emptyWorkloads"))->isVisible());
        QVERIFY(window.findChild<QTreeView*>(QStringLiteral("workloadList"))->isVisible());
    }

    void showsTheListAndTheDetails_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void showsTheListAndTheDetails()
    {
        QFETCH(bool, isDark);
        Theme::current().apply(isDark ? ThemeMode::Dark : ThemeMode::Light);
        Bench bench;
        bench.fill();
        bench.tick(120);
        MainWindow window(bench.context);
        window.resize(1280, 720);
        window.show();
        bench.tick(121);
        auto* tabs = window.findChild<QTabBar*>(QStringLiteral("detailsTabs"));
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            QCoreApplication::processEvents();
            saveShot(
                window, QStringLiteral("workloads-%1-%2").arg(QString::fromLatin1(QTest::currentDataTag())).arg(tab));
        }
        QVERIFY(window.findChild<QAbstractButton*>(QStringLiteral("notices"))->text().contains(u"no hardware"));
    }

    void showsAllOfTheOverviewInASmallWindow_data()
    {
        QTest::addColumn<WorkloadKind>("kind");
        QTest::addColumn<QStringList>("marks");
        QTest::newRow("container") << WorkloadKind::Container
                                   << QStringList{ QStringLiteral("request"), QStringLiteral("unpack"),
                                          QStringLiteral("monitor"), QStringLiteral("namespaces"),
                                          QStringLiteral("mounts"), QStringLiteral("created"),
                                          QStringLiteral("network"), QStringLiteral("exec"), QStringLiteral("ready") };
        QTest::newRow("VM") << WorkloadKind::Vm
                            << QStringList{ QStringLiteral("request"), QStringLiteral("qemu"),
                                   QStringLiteral("resumed"), QStringLiteral("created"), QStringLiteral("kernel"),
                                   QStringLiteral("init"), QStringLiteral("modules"), QStringLiteral("root"),
                                   QStringLiteral("network"), QStringLiteral("ready") };
    }

    void showsAllOfTheOverviewInASmallWindow()
    {
        QFETCH(WorkloadKind, kind);
        QFETCH(QStringList, marks);
        Bench bench;
        WorkloadInfo info = bench.half(kind, QStringLiteral("web"));
        info.startupMarks.clear();
        for (const QString& mark : marks)
            info.startupMarks.push_back({ mark, 600'000'000 * static_cast<std::int64_t>(info.startupMarks.size()) });
        if (kind == WorkloadKind::Vm) {
            info.engine = QStringLiteral("tcg");
            info.stateReason = QStringLiteral("This computer has no hardware virtualization: the VM is emulated.");
        }
        (kind == WorkloadKind::Vm ? bench.vms : bench.containers).put(info);
        bench.tick(5);
        MainWindow window(bench.context);
        window.resize(1280, 720);
        window.show();
        const auto* overview = window.findChild<QScrollArea*>(QStringLiteral("overviewTab"));
        QVERIFY(overview);
        const auto* figures = window.findChild<QWidget*>(QStringLiteral("overviewFigures"));
        const auto* parts = window.findChild<QWidget*>(QStringLiteral("overviewParts"));
        QTRY_VERIFY(figures->geometry().bottom() < overview->viewport()->height()); // what it is made of is below
        QVERIFY(parts->isVisible() && parts->y() > figures->y());
        QTRY_COMPARE(overview->horizontalScrollBar()->maximum(), 0);
    }

    void namesWhatKilledComparisonsLeftAndRemovesIt()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        const auto* banner = window.findChild<QWidget*>(QStringLiteral("leftoversBanner"));
        QVERIFY(!banner->isVisible());
        const QString group = QStringLiteral("comparison-%1").arg((1 << 22) + 1); // no process has that number
        bench.containers.put(bench.half(WorkloadKind::Container, group));
        bench.vms.put(bench.half(WorkloadKind::Vm, group));
        QVERIFY(banner->isVisible());
        const QString text = window.findChild<QLabel*>(QStringLiteral("leftoversText"))->text();
        QVERIFY2(text.contains(group + QStringLiteral(" (Container), ") + group + QStringLiteral(" (VM)")),
            qPrintable(text));
        saveShot(window, QStringLiteral("workloads-leftovers"));
        window.findChild<QAbstractButton*>(QStringLiteral("removeLeftovers"))->click();
        QTRY_VERIFY(!banner->isVisible());
        QCOMPARE(bench.containers.log, QStringList(QStringLiteral("remove ") + group));
        QCOMPARE(bench.vms.log, QStringList(QStringLiteral("remove ") + group));
        QCOMPARE(bench.registry.workloads().size(), std::size_t(4));
    }

    void showsWhatItCostsItself()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        const auto* own = window.findChild<QLabel*>(QStringLiteral("ownCost"));
        bench.tick(1);
        QVERIFY2(own->text().contains(u"at least 41.0 MiB"), qPrintable(own->text()));
        bench.ownPssBytes = 47.0 * kMiB;
        bench.tick(2);
        QVERIFY2(own->text().endsWith(u", 47.0 MiB"), qPrintable(own->text()));
        QVERIFY(own->toolTip().contains(u"smaps_rollup"));
    }

    void saysWhatAnAbsentFigureOfThisComputerNeeds()
    {
        Bench bench;
        MainWindow window(bench.context);
        window.show();
        MetricsFrame frame;
        frame.monotonicNanoseconds = 1;
        frame.host[HostMetric::CpuPressure] = Needs::ProcPressure;
        bench.rings.append(frame);
        const auto* pressure = window.findChild<QLabel*>(QStringLiteral("hostPressure"));
        QCOMPARE(pressure->text(), QStringLiteral("pressure ") + noFigureText());
        QVERIFY2(pressure->toolTip().startsWith(sentenceFor(Needs::ProcPressure)), qPrintable(pressure->toolTip()));
    }

    void keepsTheTabWhenTheChoiceChanges()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        auto* tabs = window.findChild<QTabBar*>(QStringLiteral("detailsTabs"));
        tabs->setCurrentIndex(tabs->count() - 1);
        window.selectWorkload(QStringLiteral("scratch"));
        QCOMPARE(tabs->currentIndex(), tabs->count() - 1);
    }

    void enablesWhatTheChosenCanDo()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        window.selectWorkload(QStringLiteral("scratch"));
        auto* start = window.findChild<QAbstractButton*>(QStringLiteral("startButton"));
        auto* stop = window.findChild<QAbstractButton*>(QStringLiteral("stopButton"));
        QVERIFY(start->isEnabled());
        QVERIFY(!stop->isEnabled());
        QSignalSpy changed(&bench.jobs, &JobQueue::changed);
        QTest::mouseClick(start, Qt::LeftButton);
        QVERIFY(changed.wait(twinhull::test::kTestPatienceMilliseconds));
        QCOMPARE(bench.containers.log, QStringList(QStringLiteral("start scratch")));
    }

    void asksBeforeItDeletes()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        window.selectWorkload(QStringLiteral("scratch"));
        auto* tree = window.findChild<QTreeView*>(QStringLiteral("workloadList"));
        QTest::keyClick(tree, Qt::Key_Delete);
        auto* box = window.findChild<QMessageBox*>(QStringLiteral("confirmDelete"));
        QVERIFY(box);
        QVERIFY(bench.containers.log.isEmpty());
        box->checkBox()->setChecked(true);
        box->findChild<QAbstractButton*>(QStringLiteral("confirmDeleteButton"))->click();
        QTRY_COMPARE(bench.containers.log, QStringList(QStringLiteral("remove scratch")));
        QVERIFY(!bench.settings.value(setting::kConfirmRemove));
    }

    void opensEveryGroupThatComes()
    {
        Bench bench;
        MainWindow window(bench.context);
        window.selectWorkload(QStringLiteral("web"));
        window.show();
        bench.fill();
        const auto* tree = window.findChild<QTreeView*>(QStringLiteral("workloadList"));
        QCOMPARE(tree->model()->rowCount(), 2);
        for (int group = 0; group < 2; ++group)
            QVERIFY(tree->isExpanded(tree->model()->index(group, 0)));
    }

    void keepsNoProposalOfAnotherKind()
    {
        Bench bench;
        bench.fill();
        CreateDialog dialog(bench.context, NewWorkload::Vm, {});
        QVERIFY(dialog.form().limits.memoryBytes.has_value());
        for (const char* kind : { "kindTwin", "kindContainer" }) {
            dialog.findChild<QAbstractButton*>(QLatin1String(kind))->setChecked(true);
            QVERIFY(!dialog.form().limits.memoryBytes);
            QVERIFY(!dialog.form().limits.cpus);
        }
        dialog.findChild<QDoubleSpinBox*>(QStringLiteral("memory"))->setValue(512); // asked for, so kept
        dialog.findChild<QAbstractButton*>(QStringLiteral("kindVm"))->setChecked(true);
        QCOMPARE(dialog.form().limits.memoryBytes, std::optional(std::uint64_t(512 * kMiB)));
    }

    void isUsedByKeysOnEveryPage()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.showPage(QStringLiteral("networks"));
        QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(window.findChild<QLineEdit*>(QStringLiteral("filter"))->hasFocus());
        window.showPage(QStringLiteral("storage"));
        QTest::keyClick(&window, Qt::Key_N, Qt::ControlModifier);
        QPointer dialog = window.findChild<CreateDialog*>();
        QVERIFY(dialog);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!dialog);
        QVERIFY(QTest::qWaitForWindowActive(&window)); // by itself
        QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
        const auto isShown = [&window] {
            const auto* images = window.findChild<QWidget*>(QStringLiteral("imagesPage"));
            return images && images->isVisible();
        };
        QTRY_VERIFY(isShown()); // a button that is pressed by its key stays down for a moment
    }

    void pressesTheFocusedButtonOnEnter()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.selectWorkload(QStringLiteral("scratch"));
        auto* start = window.findChild<QAbstractButton*>(QStringLiteral("startButton"));
        start->setFocus();
        QTest::keyClick(start, Qt::Key_Return);
        QTRY_COMPARE(bench.containers.log, QStringList(QStringLiteral("start scratch")));
    }

    void filtersTheList()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.show();
        window.findChild<QLineEdit*>(QStringLiteral("filter"))->setText(QStringLiteral("state:failed"));
        const auto* model = window.findChild<QTreeView*>(QStringLiteral("workloadList"))->model();
        QCOMPARE(model->rowCount(), 1);
        QCOMPARE(model->index(0, 0, model->index(0, 0)).data().toString(), QStringLiteral("fedora-test"));
    }

    void filtersByChips_data()
    {
        QTest::addColumn<bool>("isByKeyboard");
        QTest::newRow("mouse") << false;
        QTest::newRow("keyboard") << true;
    }

    void filtersByChips()
    {
        QFETCH(bool, isByKeyboard);
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.resize(1280, 720);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        const auto press = [&window, isByKeyboard](const char* name) {
            auto* chip = window.findChild<QAbstractButton*>(QLatin1String(name));
            chip->setFocus();
            if (isByKeyboard)
                QTest::keyClick(chip, Qt::Key_Return);
            else
                QTest::mouseClick(chip, Qt::LeftButton);
            return chip->isChecked();
        };
        auto* filter = window.findChild<QLineEdit*>(QStringLiteral("filter"));
        const auto* model = window.findChild<QTreeView*>(QStringLiteral("workloadList"))->model();
        QVERIFY(press("chipRunning"));
        QVERIFY(press("chipVms"));
        QCOMPARE(filter->text(), QStringLiteral("kind:vm state:running"));
        QCOMPARE(model->rowCount(), 1);
        QCOMPARE(model->rowCount(model->index(0, 0)), 1);
        QVERIFY(!press("chipVms"));
        QCOMPARE(model->rowCount(model->index(0, 0)), 2);
        filter->clear();
        QVERIFY(!window.findChild<QAbstractButton*>(QStringLiteral("chipRunning"))->isChecked());
    }

    void opensEveryPage()
    {
        Bench bench;
        bench.fill();
        MainWindow window(bench.context);
        window.resize(1280, 720);
        window.show();
        bench.tick(120);
        for (const PageEntry& page : pageList()) {
            QVERIFY(window.showPage(page.name));
            QCoreApplication::processEvents();
            saveShot(window, QStringLiteral("page-") + page.name);
        }
        QVERIFY(!window.showPage(QStringLiteral("nope")));
    }

    void showsAnErrorUnderItsField()
    {
        Bench bench;
        bench.fill();
        bench.tick(3);
        CreateDialog dialog(bench.context, NewWorkload::Container, {});
        dialog.show();
        dialog.findChild<QLineEdit*>(QStringLiteral("ports"))->setText(QStringLiteral("8080:80"));
        dialog.findChild<QLineEdit*>(QStringLiteral("name"))->setText(QStringLiteral("web"));
        const auto problem = [&dialog](const QString& start) {
            for (const auto* label : dialog.findChildren<QLabel*>()) {
                if (label->isVisible() && label->text().startsWith(start))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY(problem(QStringLiteral("Port 8080 is used by web")));
        QVERIFY(problem(QStringLiteral("web exists already")));
        saveShot(dialog, QStringLiteral("create-container"));
    }
};

QTEST_MAIN(ShellMainWindowTest)
#include "shell_main_window_test.moc"
