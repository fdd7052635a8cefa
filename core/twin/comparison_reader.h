// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/comparison.h"

#include <QByteArray>

namespace twinhull {

/// What ComparisonReport::toJson() wrote, of version 1 and 2, back as a value: the machine, the work, the figures and
/// the start-up marks of every run, these since the request. Corrupt for another format, Unsupported for a later
/// version.
Result<Comparison> readComparison(const QByteArray& json);

/// Of a file of at most 16 MiB. Blocks.
Result<Comparison> readComparisonFile(const QString& path);

} // namespace twinhull
