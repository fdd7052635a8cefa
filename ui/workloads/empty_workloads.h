// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace twinhull {

/// What stands where the list would be while there is nothing: one sentence and the two first steps.
class EmptyWorkloads : public QWidget {
    Q_OBJECT

public:
    explicit EmptyWorkloads(QWidget* parent = nullptr);

    /// While the first twin is under way the button waits.
    void setBusy(const QString& step);

Q_SIGNALS:
    void firstTwinRequested();
    void newRequested();

private:
    QLabel* m_step;
    QPushButton* m_twin;
};

} // namespace twinhull
