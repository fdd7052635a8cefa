// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QPersistentModelIndex>

class QLabel;
class QProgressBar;
class QPushButton;

namespace twinhull {

/// One job as a person sees it: title, what it does, progress, and the buttons that make sense now.
class JobRow : public QFrame {
    Q_OBJECT

public:
    explicit JobRow(QWidget* parent = nullptr);

    void display(const QModelIndex& index);

Q_SIGNALS:
    void cancelRequested();
    void retryRequested();
    void outputRequested();
    void remedyRequested();

private:
    QPushButton* addButton(const QString& text, const QString& name);

    QLabel* m_title;
    QLabel* m_state;
    QLabel* m_step;
    QLabel* m_details;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QPushButton* m_retry;
    QPushButton* m_output;
    QPushButton* m_remedy;
    QPushButton* m_showDetails;
};

} // namespace twinhull
