// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/ipc/upkeep.h"

namespace twinhull {

/// What was planned, with the image's health check where the plan says nothing of one; or one error that says what
/// cannot be. Times of the image that are out of range become the nearest that are in it: they are a stranger's.
Result<Upkeep> upkeepFor(const Upkeep& planned, const ImageInfo& image);

} // namespace twinhull
