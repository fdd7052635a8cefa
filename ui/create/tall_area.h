// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

namespace twinhull {

/// Scrolls downwards when there is no more room, and asks for all the height that its content would like.
class TallArea : public QScrollArea {
    Q_OBJECT

public:
    explicit TallArea(QWidget* content, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
};

} // namespace twinhull
