// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_stretch.h"

#include <QComboBox>
#include <QDateTime>

namespace twinhull {

/// Which stretch of time of a log is shown: all, since the last start, from some minutes ago on, or what a person says.
/// A moment "ago" is of when it was chosen.
class LogTimes : public QComboBox {
    Q_OBJECT

public:
    explicit LogTimes(QWidget* parent = nullptr);

    const LogStretch& stretch() const { return m_stretch; }
    /// Of the workload whose log it is. Invalid: not known; what is chosen stays.
    void setLastStart(const QDateTime& start);

Q_SIGNALS:
    void stretchChanged();

private:
    void choose(int index);
    void ask();
    void take(const QDateTime& since, const QDateTime& until);

    QDateTime m_start;
    LogStretch m_stretch;
    int m_chosen = 0; ///< where it goes back to when the question is left
};

} // namespace twinhull
