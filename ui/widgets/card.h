// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

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
    /// What the title means, as its tool tip.
    void setExplanation(const QString& explanation);
    QString title() const;
    QString remark() const;
    /// Where the content goes.
    QVBoxLayout* body() const { return m_body; }

private:
    QLabel* m_title;
    LineLabel* m_remark;
    QVBoxLayout* m_body;
};

} // namespace twinhull
