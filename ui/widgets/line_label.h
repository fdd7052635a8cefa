// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace twinhull {

/// One line that takes the room it is given and asks for none: a new text moves nothing around it and costs no layout,
/// as setText() of a QLabel does up to the window. What does not fit is cut, and whole in the tooltip.
class LineLabel : public QLabel {
    Q_OBJECT

public:
    explicit LineLabel(QWidget* parent = nullptr);

    void setLine(const QString& line);
    QString line() const { return m_line; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_line;
};

} // namespace twinhull
