// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "ui/page/app_context.h"

#include <vector>

class QWidget;

namespace twinhull {

/// Looks what uses these images, a container in the bin too, then asks once for all of them and removes them in one
/// job: all or none. Where one is needed, says by whom and removes nothing. The context must outlive the window.
void askToRemoveImages(AppContext& context, QWidget& window, const std::vector<ImageInfo>& images);

} // namespace twinhull
