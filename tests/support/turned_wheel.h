// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QWheelEvent>
#include <QWidget>

namespace twinhull::test {

/// A notch of the wheel, away from the person, or as far as said in eighths of a degree, over that place of a viewport;
/// whether something took it.
inline bool turnWheel(
    QWidget& viewport, const QPointF& at, Qt::KeyboardModifiers held = Qt::NoModifier, QPoint turned = { 0, 120 })
{
    QWheelEvent turn(at, viewport.mapToGlobal(at), {}, turned, Qt::NoButton, held, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&viewport, &turn);
    return turn.isAccepted();
}

} // namespace twinhull::test
