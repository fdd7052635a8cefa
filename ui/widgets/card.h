// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/figure_explanation.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace twinhull {

class LineLabel;

/// A bordered block of a page: title at the left, a quiet remark at the right, content below.
class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setRemark(const QString& remark);
    /// What the title means: its tool tip, and a click, Shift+F1 or the menu away with the remark, which is the figure.
    void setExplanation(const QString& explanation);
    QString title() const;
    QString remark() const;
    /// Where the content goes.
    QVBoxLayout* body() const { return m_body; }

protected:
    /// Null as long as nothing is explained.
    ExplainButton* explainButton() const { return m_explain; }
    /// Shift+F1 and the menu: tells of the title, unless a part of the content is meant.
    virtual void explain();

private:
    void addExplainButton();
    FigureExplanations explained() const;

    QLabel* m_title;
    ExplainButton* m_explain = nullptr;
    LineLabel* m_remark;
    QHBoxLayout* m_head;
    QVBoxLayout* m_body;
};

} // namespace twinhull
