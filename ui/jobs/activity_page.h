// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"

#include <QWidget>

namespace twinhull {

/// What the program did and does: all jobs of this session.
class ActivityPage : public QWidget {
    Q_OBJECT

public:
    explicit ActivityPage(AppContext& context, QWidget* parent = nullptr);
};

} // namespace twinhull
