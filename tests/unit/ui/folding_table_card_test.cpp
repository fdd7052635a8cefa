// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/folding_table_card.h"

#include "core/settings/settings.h"
#include "tests/support/temporary_world.h"
#include "ui/theme/theme.h"

#include <QTableView>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

FigureTable::Row row(const QString& title, std::optional<MetricGroup> group = {}, bool isHead = false)
{
    FigureTable::Row found{ title, QStringLiteral("How it was read."), { { QStringLiteral("1"), {} } }, {} };
    found.group = group;
    found.isHead = isHead;
    return found;
}

/// As the live figures are ordered: what stands by itself, groups among one another, a head after its parts.
FigureTable figures()
{
    return { QStringLiteral("Now"), { QStringLiteral("web") },
        { row(QStringLiteral("Start")), row(QStringLiteral("CPU"), MetricGroup::Cpu, true),
            row(QStringLiteral("CPU stolen"), MetricGroup::Waiting),
            row(QStringLiteral("CPU monitor"), MetricGroup::Cpu), row(QStringLiteral("Disk reads"), MetricGroup::Disk),
            row(QStringLiteral("Disk allocated"), MetricGroup::Disk, true) },
        false };
}

QStringList listOf(std::initializer_list<QStringView> titles)
{
    QStringList found;
    for (const QStringView title : titles)
        found << title.toString();
    return found;
}

} // namespace

class FoldingTableCardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::current().apply(ThemeMode::Light); }

    void headsStandAloneUntilTheyAreOpened()
    {
        Settings settings(m_world.folders());
        FoldingTableCard card(QStringLiteral("Figures"), settings);
        card.setFigures(figures());
        QCOMPARE(titlesOf(card), listOf({ u"Start", u"\u25b8 CPU", u"CPU stolen", u"\u25b8 Disk allocated" }));
        press(card, 1, 0);
        QCOMPARE(titlesOf(card),
            listOf({ u"Start", u"\u25be CPU", u"\u2003CPU monitor", u"CPU stolen", u"\u25b8 Disk allocated" }));
        QCOMPARE(view(card)->currentIndex().row(), 1); // Enter again closes it
        press(card, 1, 0);
        QCOMPARE(titlesOf(card).size(), 4);
    }

    void whatIsOpenIsKept()
    {
        Settings settings(m_world.folders());
        {
            FoldingTableCard card(QStringLiteral("Figures"), settings);
            card.setFigures(figures());
            press(card, 3, 0);
        }
        FoldingTableCard again(QStringLiteral("Figures"), settings);
        again.setFigures(figures());
        QCOMPARE(titlesOf(again),
            listOf({ u"Start", u"\u25b8 CPU", u"CPU stolen", u"\u25be Disk allocated", u"\u2003Disk reads" }));
        press(again, 3, 0);
    }

    void aTickLeavesOpenWhatIsOpen()
    {
        Settings settings(m_world.folders());
        FoldingTableCard card(QStringLiteral("Figures"), settings);
        card.setFigures(figures());
        press(card, 1, 0);
        FigureTable later = figures();
        later.rows[3].cells[0].text = QStringLiteral("2");
        card.setFigures(later);
        QCOMPARE(view(card)->model()->index(2, 1).data().toString(), QStringLiteral("2"));
        press(card, 1, 0);
    }

    /// Figures without groups, as those of a comparison, are all there.
    void withoutGroupsNothingFolds()
    {
        Settings settings(m_world.folders());
        FoldingTableCard card(QStringLiteral("Figures"), settings);
        card.setFigures({ QStringLiteral("Same work"), { QStringLiteral("web") },
            { row(QStringLiteral("Memory")), row(QStringLiteral("CPU")) }, false });
        QCOMPARE(titlesOf(card), listOf({ u"Memory", u"CPU" }));
    }

private:
    static QTableView* view(const FoldingTableCard& card)
    {
        return card.findChild<QTableView*>(QStringLiteral("figureTable"));
    }
    static QStringList titlesOf(const FoldingTableCard& card)
    {
        QStringList titles;
        const QAbstractItemModel* model = view(card)->model();
        for (int i = 0; i < model->rowCount(); ++i)
            titles << model->index(i, 0).data().toString();
        return titles;
    }
    static void press(const FoldingTableCard& card, int row, int column)
    {
        view(card)->setCurrentIndex(view(card)->model()->index(row, column));
        QTest::keyClick(view(card), Qt::Key_Return);
    }

    TemporaryWorld m_world;
};

QTEST_MAIN(FoldingTableCardTest)
#include "folding_table_card_test.moc"
