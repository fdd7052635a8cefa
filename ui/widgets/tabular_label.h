// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace twinhull {

/// A one-line label whose digits all take the same width: figures change without moving their neighbours.
class TabularLabel : public QLabel {
    Q_OBJECT

public:
    explicit TabularLabel(const QString& text = {}, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace twinhull
