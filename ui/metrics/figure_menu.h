// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/quantity.h"

#include <QToolButton>

#include <span>
#include <vector>

class QMenu;

namespace twinhull {

/// A button whose menu chooses which figures are on the charts of a page: some that are drawn together first, then
/// every figure of the catalogue by groups, those of the host and apart from them what the guest says.
class FigureMenu : public QToolButton {
    Q_OBJECT

public:
    /// What stands in the first part of the menu has no place of its own in a group.
    FigureMenu(std::span<const Quantity> first, const QString& name, QWidget* parent = nullptr);

    /// Checks these; the last one cannot be taken away, because a page of no charts says nothing.
    void setShown(std::span<const Quantity> shown);

Q_SIGNALS:
    void quantityToggled(twinhull::Quantity quantity, bool isShown);

private:
    void add(QMenu& menu, Quantity quantity);
    void addGroups(QMenu& menu, std::span<const Quantity> first);

    std::vector<std::pair<QAction*, Quantity>> m_actions;
};

} // namespace twinhull
