// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"

class QWidget;

namespace twinhull {

/// A sheet over `window` for the XML of a machine that is not there yet; it stays open until libvirt has defined it.
void openNewDefinition(AppContext& context, QWidget* window);

} // namespace twinhull
