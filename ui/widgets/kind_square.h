// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_color.h"

#include <QWidget>

namespace twinhull {

/// The small coloured square that stands for a kind wherever a name is not in the list.
class KindSquare : public QWidget {
    Q_OBJECT

public:
    explicit KindSquare(ThemeColor role, QWidget* parent = nullptr);

    void setRole(ThemeColor role);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    ThemeColor m_role;
};

} // namespace twinhull
