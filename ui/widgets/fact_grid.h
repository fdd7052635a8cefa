// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <vector>

class QGridLayout;
class QLabel;

namespace twinhull {

/// A card of facts: a title, then rows of a muted name and a value that can be chosen and copied.
class FactGrid : public QFrame {
    Q_OBJECT

public:
    explicit FactGrid(const QString& title, QWidget* parent = nullptr);

    /// Replaces all rows. A value may be a link ("<a href=…>"); everything else is shown as it is.
    void setFacts(const std::vector<std::pair<QString, QString>>& facts);

private:
    void addRow();

    QGridLayout* m_grid;
    std::vector<std::pair<QLabel*, QLabel*>> m_rows;
};

} // namespace twinhull
