// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace twinhull {

/// Lets Enter press the focused button of a window, as the space bar does (Fusion leaves Enter to dialogs). Install it
/// on the application; dialogs keep their own meaning of Enter.
class EnterKey : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace twinhull
