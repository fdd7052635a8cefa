// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"

namespace twinhull {

/// A stretch of a start-up bar: from one mark to the next, named after the mark that ends it.
struct StartupSegment {
    QString name;
    double startMilliseconds = 0; ///< since the request
    double milliseconds = 0;
};

/// Segments of the marks from the request to "ready", in order; marks that go back in time are left out. Empty without
/// marks.
std::vector<StartupSegment> startupSegments(const RunFigures& run);

/// What went on until that mark, in a word: "firmware", "kernel"; "other" for marks that nobody knows. Starts that were
/// kept by an earlier version, and those of others' libvirt, do not tell where QEMU's own part ends.
QString phaseName(const QString& markName, const RunFigures& run);

/// The run whose start-up is nearest to the median; null when none has one.
const RunFigures* medianStartup(const HullFigures& half);

} // namespace twinhull
