// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QString>

#include <vector>

class QGridLayout;
class QLabel;

namespace twinhull {

struct Fact {
    QString name;
    QString value;
    QString explanation = {}; ///< what it means and where it is from, as a tool tip; may be empty
};

/// How many facts stand side by side.
enum class FactColumns { One = 1, Two = 2 };

/// A card of facts: a title, then rows of a muted name and a value that can be chosen and copied.
class FactGrid : public QFrame {
    Q_OBJECT

public:
    explicit FactGrid(const QString& title, FactColumns columns = FactColumns::One, QWidget* parent = nullptr);

    /// Replaces all facts; they go down one column and then the next. A value may be a link ("<a href=…>"); everything
    /// else is shown as it is.
    void setFacts(const std::vector<Fact>& facts);

private:
    void addFact();
    void place(std::size_t count);

    QGridLayout* m_grid;
    int m_columns;
    int m_rows = 0;
    std::size_t m_shown = 0;
    std::vector<std::pair<QLabel*, QLabel*>> m_facts;
};

} // namespace twinhull
