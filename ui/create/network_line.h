// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QLineEdit;
class QMenu;
class QToolButton;

namespace twinhull {

/// Networks as typed, with a menu beside them of those that are there: each can be put in and taken out.
class NetworkLine : public QWidget {
    Q_OBJECT

public:
    explicit NetworkLine(QWidget* parent = nullptr);

    QLineEdit& line() { return *m_line; }
    /// What the menu offers.
    void setNames(const QStringList& names);

private:
    void fillMenu();
    void take(const QString& name, bool isWanted);

    QLineEdit* m_line;
    QToolButton* m_choose;
    QMenu* m_menu;
    QStringList m_names;
};

} // namespace twinhull
