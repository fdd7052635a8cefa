// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/workload_charts_view.h"

#include "core/metrics/metric_catalogue.h"
#include "tests/support/context_world.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QSet>
#include <QTest>
#include <QToolButton>

using namespace twinhull;
using namespace twinhull::test;

/// The tab of one workload's charts.
class MetricsWorkloadChartsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::current().apply(ThemeMode::Light); }
    void init()
    {
        m_world = std::make_unique<ContextWorld>();
        m_world->containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("web")));
        open();
    }
    void cleanup()
    {
        m_charts.reset();
        m_world.reset();
    }

    void showsAfterARestartTheTimesThatWereChosen()
    {
        QVERIFY(isShown(QStringLiteral("Last 10 minutes")));
        choose(QStringLiteral("7 days"));
        choose(QStringLiteral("The day before"));
        restart();
        QVERIFY(isChosen(QStringLiteral("7 days")));
        QVERIFY(isChosen(QStringLiteral("The day before")));
        span(QStringLiteral("Last hour"))->click();
        restart();
        QVERIFY(isShown(QStringLiteral("Last hour")));
        QVERIFY(!isChosen(QStringLiteral("7 days")));
        QVERIFY(isChosen(QStringLiteral("The day before")));
    }

    /// Its settings are its own: those of the Compare page say something else.
    void keepsItsTimesApartFromThoseOfComparisons()
    {
        m_world->settings.setValue(setting::kCompareSpan, 86'400);
        choose(QStringLiteral("The same length before"));
        restart();
        QVERIFY(isShown(QStringLiteral("Last 10 minutes")));
        QCOMPARE(m_world->settings.value(setting::kCompareOverlay), QStringLiteral("none"));
        QCOMPARE(m_world->settings.value(setting::kCompareSpan), 86'400);
    }

    void showsTheUsualWhereTheSettingsSayNonsense()
    {
        m_world->settings.setValue(setting::kChartsOverlay, QStringLiteral("next week"));
        m_world->settings.setValue(setting::kChartsSpan, -5);
        restart();
        QVERIFY(isChosen(QStringLiteral("Nothing")));
        for (ChartCard* card : m_charts->findChildren<ChartCard*>())
            card->grab(); // no length of time breaks a chart
    }

    /// By groups, and the guest's word below a title of its own.
    void drawsWhatAPersonChooses()
    {
        figureAction(Metric::DiskWritableBytes)->trigger();
        figureAction(Metric::GuestMemoryUsedBytes)->trigger();
        figureAction(Quantity::CpuParts)->trigger(); // away
        const QStringList chosen{ titleOf(Quantity::Cpu), titleOf(Quantity::Memory), titleOf(Quantity::Network),
            titleOf(Quantity::Disk), titleOf(Quantity::Waiting), titleOf(Quantity(Metric::DiskWritableBytes)),
            titleOf(Quantity(Metric::GuestMemoryUsedBytes)) };
        QTRY_COMPARE(shownTitles(), chosen);
        QVERIFY(m_charts->findChild<QLabel*>(QStringLiteral("guestTitle"))->isVisible());
        restart();
        QCOMPARE(shownTitles(), chosen);
        QVERIFY(figureAction(Metric::GuestMemoryUsedBytes)->isChecked());
        const auto* guest = m_charts->findChild<QLabel*>(QStringLiteral("guestTitle"));
        const auto cards = m_charts->findChildren<ChartCard*>();
        const auto topOf = [this](const QWidget* widget) { return widget->mapTo(m_charts.get(), QPoint()).y(); };
        for (const ChartCard* card : cards) {
            const bool isGuests = card->quantity() == Quantity(Metric::GuestMemoryUsedBytes);
            QCOMPARE(topOf(card) > topOf(guest), isGuests);
        }
        figureAction(Metric::GuestMemoryUsedBytes)->trigger();
        QVERIFY(!m_charts->findChild<QLabel*>(QStringLiteral("guestTitle"))->isVisible());
    }

    void leavesOneChart()
    {
        const std::vector shown{ Quantity(Quantity::Memory), Quantity(Quantity::CpuParts), Quantity(Quantity::Network),
            Quantity(Quantity::Disk), Quantity(Quantity::Waiting) };
        for (const Quantity quantity : shown)
            figureAction(quantity)->trigger();
        QVERIFY(!figureAction(Quantity::Cpu)->isEnabled());
    }

    void offersEachFigureOnce()
    {
        QSet<QString> titles;
        const auto* menu = m_charts->findChild<QToolButton*>(QStringLiteral("chartsFigures"))->menu();
        for (const QAction* action : menu->findChildren<QAction*>()) {
            if (!action->isCheckable())
                continue;
            QVERIFY2(!titles.contains(action->text()), qPrintable(action->text()));
            titles.insert(action->text());
        }
        for (const MetricRow& row : metricCatalogue())
            QVERIFY2(titles.contains(titleOf(row.metric == Metric::ResidentBytes ? Quantity(Quantity::Memory)
                             : row.metric == Metric::CpuCores                    ? Quantity(Quantity::Cpu)
                                                                                 : Quantity(row.metric))),
                row.about.key);
    }

    void drawsEachOfItsFigures()
    {
        QStringList titles;
        for (const ChartCard* card : m_charts->findChildren<ChartCard*>())
            titles << titleOf(card->quantity());
        QCOMPARE(titles,
            QStringList({ titleOf(Quantity::Cpu), titleOf(Quantity::Memory), titleOf(Quantity::CpuParts),
                titleOf(Quantity::Network), titleOf(Quantity::Disk), titleOf(Quantity::Waiting) }));
    }

private:
    void open()
    {
        m_charts = std::make_unique<WorkloadChartsView>(m_world->context);
        m_charts->setWorkload(m_world->registry.workloads().front().id);
        m_charts->resize(900, 500);
        m_charts->show();
    }
    /// Another view with what stands in the file of settings.
    void restart()
    {
        m_charts.reset();
        open();
    }

    QToolButton* span(const QString& name) const
    {
        for (auto* button : m_charts->findChildren<QToolButton*>(QStringLiteral("compareSpan"))) {
            if (button->accessibleName() == name)
                return button;
        }
        return nullptr;
    }
    bool isShown(const QString& name) const
    {
        const auto* button = span(name);
        return button != nullptr && button->isChecked();
    }

    QStringList shownTitles() const
    {
        QStringList titles;
        for (const ChartCard* card : m_charts->findChildren<ChartCard*>())
            titles << titleOf(card->quantity());
        return titles;
    }
    QAction* figureAction(Quantity quantity) const
    {
        const auto* menu = m_charts->findChild<QToolButton*>(QStringLiteral("chartsFigures"))->menu();
        for (QAction* each : menu->findChildren<QAction*>()) {
            if (each->text() == titleOf(quantity))
                return each;
        }
        return nullptr;
    }

    QAction* action(const QString& text) const
    {
        for (QAction* each : m_charts->findChild<QToolButton*>(QStringLiteral("timeMore"))->menu()->actions()) {
            if (each->text() == text)
                return each;
        }
        return nullptr;
    }
    void choose(const QString& text)
    {
        QVERIFY2(action(text) != nullptr, qPrintable(text));
        action(text)->trigger();
    }
    bool isChosen(const QString& text) const { return action(text) != nullptr && action(text)->isChecked(); }

    std::unique_ptr<ContextWorld> m_world;
    std::unique_ptr<WorkloadChartsView> m_charts;
};

QTEST_MAIN(MetricsWorkloadChartsTest)
#include "metrics_workload_charts_test.moc"
