// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/figure_table_card.h"

#include "core/metrics/needs.h"
#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QTableView>
#include <QTest>

#include <algorithm>

using namespace twinhull;

namespace {

constexpr int kCardWidth = 472; // on the page Compare

/// Six runs of each, whose figures and intervals are as long as they get; the work's unit is a person's own.
Comparison longFigures(const QString& unit)
{
    Comparison comparison;
    comparison.machine.acceleration = QStringLiteral("kvm");
    comparison.workScale = WorkScale{ unit, Better::Higher, {} };
    for (int round = 0; round < 6; ++round) {
        RunFigures run;
        run.startupMilliseconds = Figure::of(1234 + 20 * round);
        run.memoryHostBytes = Figure::of((148 + round) * 1048576.0 + 104858);
        run.cpuSeconds = Figure::of(12.34 + round);
        run.workMilliseconds = Figure::of(98'765 + 1000 * round);
        run.workFigure = Figure::of(123'456 + 1000 * round);
        run.diskBytes = Figure::of((1.5 + round) * 1073741824.0);
        comparison.container.runs.push_back(run);
        comparison.vm.runs.push_back(run);
    }
    return comparison;
}

} // namespace

class FigureTableCardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::current().apply(ThemeMode::Light); }
    void init()
    {
        m_card = std::make_unique<FigureTableCard>(QStringLiteral("Figures"));
        m_card->setFixedWidth(kCardWidth);
        m_card->show();
    }
    void cleanup() { m_card.reset(); }

    void titlesAreReadInFullBesideLongFigures_data()
    {
        QTest::addColumn<QString>("unit");
        QTest::newRow("short") << QStringLiteral("MiB/s");
        QTest::newRow("long") << QStringLiteral("requests in each second of the test");
    }
    void titlesAreReadInFullBesideLongFigures()
    {
        QFETCH(QString, unit);
        m_card->setTable(comparisonFigures(longFigures(unit)));
        const auto* seen = view();
        QTRY_COMPARE(widthOfAll(), seen->viewport()->width());
        QVERIFY2(seen->columnWidth(0) >= widestTitle(),
            qPrintable(QStringLiteral("%1 of %2").arg(seen->columnWidth(0)).arg(widestTitle())));
        verifyAllIsInFull();
    }

    /// As on the page: the table is there before it has its place, and changes while it is looked at.
    void titlesAreReadInFullAfterAChange()
    {
        m_card->setTable(comparisonFigures(longFigures(QStringLiteral("s"))));
        m_card->setTable(comparisonFigures(longFigures(QStringLiteral("requests in each second of the test"))));
        m_card->setFixedWidth(kCardWidth - 40);
        QTRY_COMPARE(widthOfAll(), view()->viewport()->width());
        QVERIFY(view()->columnWidth(0) >= widestTitle());
        verifyAllIsInFull();
    }

    /// Beyond a half of the width a title takes more lines, so that figures have room as well.
    void aLongTitleTakesMoreLines()
    {
        FigureTable table = comparisonFigures(longFigures(QStringLiteral("MiB/s")));
        table.rows[0].title
            = QStringLiteral("A title that says so much that no column could hold it in one line of its own");
        m_card->setTable(table);
        QTRY_COMPARE(widthOfAll(), view()->viewport()->width());
        QVERIFY(view()->columnWidth(0) >= view()->viewport()->width() / 2 - 1);
        QVERIFY(view()->rowHeight(0) > view()->rowHeight(1));
        verifyAllIsInFull();
    }

    /// Where columns are narrow, what a figure needs takes lines and is not cut.
    void whatIsNeededIsReadInFullInNarrowColumns()
    {
        const auto read = [](const QString& text) { return FigureCell{ text, {}, FigureCell::Validity::Valid }; };
        FigureTable table;
        table.caption = QStringLiteral("Figure");
        table.columns = { QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c") };
        table.rows.push_back({ QStringLiteral("Charge"), QStringLiteral("how"),
            { absent(Needs::CgroupOfItsOwn), read(QStringLiteral("12 MiB")), absent(Needs::MemoryController) }, {} });
        table.rows.push_back({ QStringLiteral("CPU"), QStringLiteral("how"),
            { read(QStringLiteral("1 %")), read(QStringLiteral("2 %")), read(QStringLiteral("3 %")) }, {} });
        m_card->setTable(table);
        QTRY_COMPARE(widthOfAll(), view()->viewport()->width());
        QTRY_COMPARE(view()->rowHeight(0), view()->rowHeight(1)); // where there is room it is a line
        verifyAllIsInFull();
        // Just enough for the longest word in each column, and for the titles.
        const int word = view()->fontMetrics().horizontalAdvance(QStringLiteral("controller")) + 18;
        m_card->setFixedWidth(3 * word + widthOfTitles() + m_card->width() - view()->viewport()->width());
        QTRY_COMPARE(widthOfAll(), view()->viewport()->width());
        QTRY_VERIFY(view()->rowHeight(0) > view()->rowHeight(1));
        verifyAllIsInFull();
        verifyEachWordHasRoom();
        const QModelIndex first = view()->model()->index(0, 1);
        QCOMPARE(first.data().toString(), narrowSentenceFor(Needs::CgroupOfItsOwn));
        for (const int role : { Qt::ToolTipRole, Qt::AccessibleTextRole })
            QCOMPARE(first.data(role).toString(), sentenceFor(Needs::CgroupOfItsOwn));
    }

    /// What many figures need takes no room from the titles.
    void titlesAreReadInFullBesideManyNarrowColumns()
    {
        FigureTable table;
        table.caption = QStringLiteral("Figure");
        table.rows.push_back({ QStringLiteral("Charged to its group"), QStringLiteral("how"), {}, {} });
        for (int column = 0; column < 5; ++column) {
            table.columns << QString::number(column);
            const bool isRead = column == 0;
            table.rows[0].cells.push_back(isRead
                    ? FigureCell{ QStringLiteral("1 MiB"), {}, FigureCell::Validity::Valid }
                    : absent(Needs::MemoryController));
        }
        m_card->setTable(table);
        m_card->setFixedWidth(5 * 60 + widthOfTitles() + m_card->width() - view()->viewport()->width());
        QTRY_COMPARE(widthOfAll(), view()->viewport()->width());
        QTRY_VERIFY2(view()->columnWidth(0) >= widestTitle(),
            qPrintable(QStringLiteral("%1 of %2").arg(view()->columnWidth(0)).arg(widestTitle())));
    }

private:
    static FigureCell absent(Needs needs)
    {
        return { {}, sentenceFor(needs), FigureCell::Validity::Valid, shortSentenceFor(needs),
            narrowSentenceFor(needs) };
    }
    const QTableView* view() const { return m_card->findChild<QTableView*>(QStringLiteral("figureTable")); }
    /// As the style asks for it, with its margins.
    int widestTitle() const { return static_cast<const QAbstractItemView*>(view())->sizeHintForColumn(0); }
    int widthOfTitles() const
    {
        return std::max({ widestTitle() + 2, view()->horizontalHeader()->sectionSizeHint(0), 48 });
    }
    int widthOfAll() const
    {
        int all = 0;
        for (int column = 0; column < view()->model()->columnCount(); ++column)
            all += view()->columnWidth(column);
        return all;
    }
    void verifyAllIsInFull() const
    {
        const QAbstractItemModel* model = view()->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            for (int column = 0; column < model->columnCount(); ++column) {
                const QString text = model->index(row, column).data().toString();
                const QRect room(0, 0, view()->columnWidth(column) - 16, 1000);
                const QRect needed = view()->fontMetrics().boundingRect(room, Qt::TextWordWrap, text);
                QVERIFY2(needed.height() <= view()->rowHeight(row) && needed.width() <= view()->columnWidth(column),
                    qPrintable(text));
            }
        }
    }
    void verifyEachWordHasRoom() const
    {
        const QAbstractItemModel* model = view()->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            for (int column = 0; column < model->columnCount(); ++column) {
                const QRect room(0, 0, view()->columnWidth(column) - 16, 1000);
                for (const QString& word : model->index(row, column).data().toString().split(u' '))
                    QVERIFY2(view()->fontMetrics().horizontalAdvance(word) <= room.width(), qPrintable(word));
            }
        }
    }

    std::unique_ptr<FigureTableCard> m_card;
};

QTEST_MAIN(FigureTableCardTest)
#include "figure_table_card_test.moc"
