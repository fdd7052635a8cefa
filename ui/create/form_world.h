// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/form_check.h"
#include "ui/page/app_context.h"

namespace twinhull {

/// This computer as the create sheet sees it. The context must outlive it.
FormWorld formWorldOf(AppContext& context);

/// Whether a program could listen there now. Binds for an instant; does not block.
bool canListen(const PublishedPort& port);

/// A node that could be opened with that access. Opens nothing; does not block.
bool canOpenDevice(const DeviceOption& device);

} // namespace twinhull
