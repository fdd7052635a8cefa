// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"

#include <QScrollArea>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace twinhull {

class ReportPair;

/// A report of the past, or two of them side by side: what differed between them first, then figure by figure.
class ReportView : public QScrollArea {
    Q_OBJECT

public:
    explicit ReportView(QWidget* parent = nullptr);

    void showReport(const QString& name, const Comparison& comparison);
    void showPair(const ReportPair& pair);

Q_SIGNALS:
    void besideRequested();
    void swapRequested();
    void closeRequested();

private:
    QWidget* makeHeader();
    QPushButton* addButton(const QString& text, const char* objectName, void (ReportView::*signal)());
    void begin(const QString& title, const QStringList& lines, bool isPair);
    void addText(const QString& title, const QStringList& sentences, const char* objectName);
    void finish();

    QLabel* m_title = nullptr;
    QLabel* m_about = nullptr;
    QPushButton* m_swap = nullptr;
    QVBoxLayout* m_sections; ///< below the header
    QWidget* m_body = nullptr; ///< of what is shown now
};

} // namespace twinhull
