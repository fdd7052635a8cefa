// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QCheckBox;
class QDateTime;
class QDateTimeEdit;
class QLabel;
class QPushButton;

namespace twinhull {

/// Asks from when to when, by this computer's clock; each of both may be left out.
class LogTimesDialog : public QDialog {
    Q_OBJECT

public:
    explicit LogTimesDialog(QWidget* parent);

Q_SIGNALS:
    /// Whole seconds; invalid: without that bound.
    void chosen(const QDateTime& since, const QDateTime& until);

private:
    void look();
    void finish();

    QCheckBox* m_hasSince;
    QDateTimeEdit* m_since;
    QCheckBox* m_hasUntil;
    QDateTimeEdit* m_until;
    QLabel* m_text;
    QPushButton* m_accept = nullptr;
};

} // namespace twinhull
