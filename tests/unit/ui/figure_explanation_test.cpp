// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figure_explanation.h"

#include "tests/support/context_world.h"
#include "ui/shell/status_line.h"
#include "ui/theme/theme.h"
#include "ui/twin/bars_card.h"
#include "ui/twin/figure_table_card.h"
#include "ui/twin/isolation_card.h"
#include "ui/widgets/fact_grid.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QTableView>
#include <QTest>
#include <QVBoxLayout>

using namespace twinhull;

namespace {

FigurePopover* popoverOpenedBy(QWidget& widget)
{
    for (auto* popover : widget.findChildren<FigurePopover*>(QStringLiteral("figurePopover"))) {
        if (popover->isVisible())
            return popover;
    }
    return nullptr;
}

QString explainedText(const QWidget& popover)
{
    QStringList texts;
    for (const auto* label : popover.findChildren<QLabel*>())
        texts << label->text();
    return texts.join(u'\n');
}

FigureTable explainedTable()
{
    FigureTable table{ QStringLiteral("Now"), { QStringLiteral("Container"), QStringLiteral("VM") }, {}, true };
    table.rows.push_back({ QStringLiteral("Memory, host cost"), QStringLiteral("Source: Pss."),
        { { QStringLiteral("11 MiB"), {} }, { QStringLiteral("148 MiB"), QStringLiteral("with its guest") } },
        QStringLiteral("13.4") });
    FigureTable::Row charged{ QStringLiteral("Memory, charged"), QStringLiteral("Source: memory.current."), {}, {} };
    charged.cells.push_back({ {}, sentenceFor(Needs::CgroupOfItsOwn), FigureCell::Validity::Valid,
        shortSentenceFor(Needs::CgroupOfItsOwn), narrowSentenceFor(Needs::CgroupOfItsOwn) });
    charged.cells.push_back({ QStringLiteral("148 MiB"), {} });
    table.rows.push_back(charged);
    return table;
}

} // namespace

/// Each reading has its source, its unit and its meaning one click away, and one key.
class FigureExplanationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::current().apply(ThemeMode::Light); }

    void aFactIsExplainedByItsNameByAKeyAndWithTheOthers()
    {
        FactGrid grid(QStringLiteral("What it costs now"));
        grid.setFacts({ { QStringLiteral("CPU"), QStringLiteral("3 %"), QStringLiteral("Source: cpu.stat.") },
            { QStringLiteral("Image"), QStringLiteral("nginx") },
            { QStringLiteral("PSS"), QStringLiteral("needs rights"), QStringLiteral("Source: smaps_rollup.") } });
        grid.show();
        QVERIFY(QTest::qWaitForWindowActive(&grid));
        QTest::mouseClick(labelOf(grid, QStringLiteral("CPU")), Qt::LeftButton);
        auto* popover = popoverOpenedBy(grid);
        QVERIFY(popover != nullptr);
        QCOMPARE(explainedText(*popover), QStringLiteral("CPU\n3 %\nSource: cpu.stat."));
        QVERIFY(!popover->focusWidget()->accessibleName().isEmpty());
        QTest::keyClick(popover->focusWidget(), Qt::Key_Escape);
        QTRY_VERIFY(popoverOpenedBy(grid) == nullptr);
        QTest::mouseClick(labelOf(grid, QStringLiteral("Image")), Qt::LeftButton);
        QVERIFY(popoverOpenedBy(grid) == nullptr); // nothing to tell
        auto* value = labelOf(grid, QStringLiteral("needs rights"));
        value->setFocus();
        QTest::keyClick(value, Qt::Key_F1, Qt::ShiftModifier);
        popover = popoverOpenedBy(grid);
        QVERIFY(popover != nullptr && explainedText(*popover).contains(QStringLiteral("smaps_rollup")));
        QTest::keyClick(popover->focusWidget(), Qt::Key_Escape);
        QTRY_VERIFY(popoverOpenedBy(grid) == nullptr);
        QCOMPARE(QApplication::focusWidget(), value); // as before
        grid.findChild<ExplainButton*>()->click();
        popover = popoverOpenedBy(grid);
        QVERIFY(popover != nullptr);
        const QString all = explainedText(*popover);
        QVERIFY2(all.contains(QStringLiteral("cpu.stat")) && all.contains(QStringLiteral("smaps_rollup"))
                && !all.contains(QStringLiteral("nginx")),
            qPrintable(all));
    }

    void aCellIsExplainedByAClickAndByEnter()
    {
        FigureTableCard card(QStringLiteral("Figures"));
        card.setTable(explainedTable());
        card.setFixedWidth(472);
        card.show();
        QVERIFY(QTest::qWaitForWindowActive(&card));
        auto* table = card.findChild<QTableView*>(QStringLiteral("figureTable"));
        const QModelIndex absent = table->model()->index(1, 1);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(absent).center());
        auto* popover = popoverOpenedBy(card);
        QVERIFY(popover != nullptr);
        QVERIFY2(explainedText(*popover).contains(sentenceFor(Needs::CgroupOfItsOwn))
                && explainedText(*popover).contains(QStringLiteral("memory.current")),
            qPrintable(explainedText(*popover)));
        QVERIFY(!explainedText(*popover).contains(QStringLiteral("148 MiB"))); // of the other column
        popover->close();
        QTRY_VERIFY(popoverOpenedBy(card) == nullptr);
        table->setCurrentIndex(table->model()->index(0, 0));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        popover = popoverOpenedBy(card);
        QVERIFY(popover != nullptr);
        const QString all = explainedText(*popover);
        for (const char* part : { "Container: 11 MiB", "VM: 148 MiB", "with its guest", "13.4", "Source: Pss." })
            QVERIFY2(all.contains(QLatin1String(part)), qPrintable(all));
    }

    void whatAFigureNeedsIsOneLineInItsCell()
    {
        FigureTableCard card(QStringLiteral("Figures"));
        card.setTable(explainedTable());
        card.setFixedWidth(472);
        card.show();
        auto* table = card.findChild<QTableView*>(QStringLiteral("figureTable"));
        QTRY_COMPARE(table->rowHeight(1), table->rowHeight(0));
        const QString text = table->model()->index(1, 1).data().toString();
        QVERIFY2(table->fontMetrics().horizontalAdvance(text) <= table->columnWidth(1), qPrintable(text));
    }

    void aPartOfABarIsExplained()
    {
        BarsCard card(QStringLiteral("Where the memory is"));
        card.setRows({ { QStringLiteral("web"), Qt::blue,
            { { QStringLiteral("used"), QStringLiteral("used: 3 MiB"), 3, QStringLiteral("Source: the guest.") },
                { QStringLiteral("own"), QStringLiteral("own: 5 MiB"), 5, QStringLiteral("Source: smaps.") },
                { QStringLiteral("cache"), QStringLiteral("cache: 2 MiB"), 2, QStringLiteral("On top."), false } },
            QStringLiteral("8 MiB") } });
        card.setExplanation(QStringLiteral("Of the whole card.")); // which has the same key
        card.resize(500, 200);
        card.show();
        QVERIFY(QTest::qWaitForWindowActive(&card));
        auto* bars = card.findChild<StackedBars*>();
        bars->setFocus();
        QTest::keyClick(bars, Qt::Key_Right);
        QTest::keyClick(bars, Qt::Key_F1, Qt::ShiftModifier);
        auto* popover = popoverOpenedBy(*bars);
        QVERIFY(popover != nullptr);
        QCOMPARE(explainedText(*popover), QStringLiteral("web\nown: 5 MiB, of 8 MiB\nSource: smaps."));
        popover->close();
        QTRY_VERIFY(popoverOpenedBy(*bars) == nullptr);
        QTest::keyClick(bars, Qt::Key_Right);
        QTest::keyClick(bars, Qt::Key_Return);
        popover = popoverOpenedBy(*bars);
        QVERIFY(popover != nullptr);
        QCOMPARE(explainedText(*popover), QStringLiteral("web\ncache: 2 MiB\nOn top."));
        popover->close();
        QTRY_VERIFY(popoverOpenedBy(*bars) == nullptr);
        auto* explainButton = card.findChild<ExplainButton*>();
        explainButton->setFocus();
        QTest::keyClick(explainButton, Qt::Key_F1, Qt::ShiftModifier);
        popover = popoverOpenedBy(card);
        QVERIFY(popover != nullptr && explainedText(*popover).contains(QStringLiteral("Of the whole card.")));
        popover->close();
        QTRY_VERIFY(popoverOpenedBy(card) == nullptr);
        QTest::mouseClick(bars, Qt::LeftButton, {}, { 110, bars->height() / 2 }); // the labels take 96
        popover = popoverOpenedBy(*bars);
        QVERIFY(popover != nullptr && explainedText(*popover).contains(QStringLiteral("the guest")));
    }

    void aRowOfTheIsolationTableOpens()
    {
        ComparedWorkload container;
        container.info.id = { WorkloadKind::Container, QStringLiteral("c") };
        ComparedWorkload vm;
        vm.info.id = { WorkloadKind::Vm, QStringLiteral("v") };
        const std::vector both{ container, vm };
        IsolationViews views;
        views.inside = Error{ ErrorCode::Unavailable, "<b>silent</b>", 0, {} };
        IsolationCard card;
        card.setWorkloads(both, { { container.info.id, views } });
        card.setFixedWidth(472);
        card.show();
        QVERIFY(QTest::qWaitForWindowActive(&card));
        auto* table = card.findChild<QTableView*>(QStringLiteral("figureTable"));
        const auto* details = card.findChild<QLabel*>(QStringLiteral("isolationDetails"));
        QVERIFY(!details->isVisible());
        table->setFocus();
        table->setCurrentIndex(table->model()->index(1, 0));
        QTest::keyClick(table, Qt::Key_Return);
        QVERIFY(details->isVisible());
        const QString text = details->text();
        for (const char* part : { "Container", "VM", "From inside", "On this computer", "To break out", "Being read.",
                 "(&lt;b&gt;silent&lt;/b&gt;)", "it does not run" })
            QVERIFY2(text.contains(QLatin1String(part)), qPrintable(text));
        QVERIFY(table->model()->index(1, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("opened")));
        card.setWorkloads(both, { { container.info.id, views } }); // the next reading leaves it open
        QVERIFY(details->isVisible());
        QTest::keyClick(table, Qt::Key_Return);
        QVERIFY(!details->isVisible());
    }

    void theStatusLineIsExplained()
    {
        test::ContextWorld world;
        StatusLine line(world.context);
        MetricsFrame frame;
        frame.monotonicNanoseconds = 1'000'000'000;
        frame.host[HostMetric::OwnCpuCores] = 0.01;
        world.rings.append(frame);
        line.show();
        const auto buttons = line.findChildren<ExplainButton*>();
        QCOMPARE(buttons.size(), 2);
        QVERIFY(buttons[0]->isVisible() && buttons[0]->accessibleName() != buttons[1]->accessibleName());
        buttons[1]->click();
        auto* popover = popoverOpenedBy(line);
        QVERIFY(popover != nullptr);
        const QString text = explainedText(*popover);
        QVERIFY2(text.contains(QStringLiteral("CLOCK_PROCESS_CPUTIME_ID")) && text.contains(QStringLiteral("1.00 %")),
            qPrintable(text));
    }

private:
    static QLabel* labelOf(const QWidget& widget, const QString& text)
    {
        for (auto* label : widget.findChildren<QLabel*>()) {
            if (label->text() == text)
                return label;
        }
        return nullptr;
    }
};

QTEST_MAIN(FigureExplanationTest)
#include "figure_explanation_test.moc"
