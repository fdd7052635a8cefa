// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QWheelEvent>
#include <QWidget>

namespace twinhull::test {

/// A notch of the wheel, away from the person, over that place of a viewport; whether something took it.
inline bool turnWheel(QWidget& viewport, const QPointF& at, Qt::KeyboardModifiers held = Qt::NoModifier)
{
    constexpr int kNotch = 120; // eighths of a degree
    QWheelEvent turn(at, viewport.mapToGlobal(at), {}, { 0, kNotch }, Qt::NoButton, held, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&viewport, &turn);
    return turn.isAccepted();
}

} // namespace twinhull::test
