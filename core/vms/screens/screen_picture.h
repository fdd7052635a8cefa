// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

namespace twinhull {

/// A PNG of a picture as QEMU gives it: a binary PPM (P6) of 8 bits a colour, at most 16384 by 16384; a PNG stays as it
/// is. Corrupt where it is neither. Source: netpbm's ppm(5), https://www.w3.org/TR/png/.
Result<QByteArray> pngOfScreen(const QByteArray& picture);

} // namespace twinhull
