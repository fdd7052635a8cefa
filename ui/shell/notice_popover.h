// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_provider.h"

#include <QFrame>

namespace twinhull {

/// A sheet that explains the limitations of this computer, one block each; closes on a click elsewhere or Escape and
/// deletes itself.
class NoticePopover : public QFrame {
    Q_OBJECT

public:
    NoticePopover(const std::vector<HostNotice>& notices, QWidget* parent);

    /// Above `anchor`, inside its window.
    void showAbove(const QWidget& anchor);
};

} // namespace twinhull
