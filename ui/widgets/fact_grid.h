// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/figure_explanation.h"

#include <QFrame>
#include <QString>

#include <vector>

class QGridLayout;
class QLabel;

namespace twinhull {

struct Fact {
    QString name;
    QString value;
    QString explanation = {}; ///< what it means and where it is from; may be empty
};

/// How many facts stand side by side.
enum class FactColumns { One = 1, Two = 2 };

/// A card of facts: a title, then rows of a muted name and a value that can be chosen and copied. What is explained is
/// so in a tool tip, by a click on its name, by Shift+F1 and the menu of its value; the title's button tells of all.
class FactGrid : public QFrame {
    Q_OBJECT

public:
    explicit FactGrid(const QString& title, FactColumns columns = FactColumns::One, QWidget* parent = nullptr);

    /// Replaces all facts; they go down one column and then the next. A value may be a link ("<a href=…>"); everything
    /// else is shown as it is.
    void setFacts(const std::vector<Fact>& facts);

    bool eventFilter(QObject* watched, QEvent* event) override; ///< of the names

private:
    void addFact();
    void addMenuOf(QLabel& value, std::size_t number);
    void writeFact(std::size_t number, const Fact& fact);
    FigureExplanations explanationsOf(std::size_t first, std::size_t end) const;
    void place(std::size_t count);

    QGridLayout* m_grid;
    int m_columns;
    int m_rows = 0;
    std::size_t m_shown = 0;
    ExplainButton* m_explain;
    std::vector<std::pair<QLabel*, QLabel*>> m_facts;
    std::vector<Fact> m_current;
};

} // namespace twinhull
