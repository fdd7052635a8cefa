// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace twinhull {

/// The failure of a connection to `uri` with what a person can do about it, where that is known: libvirt and ssh say
/// only what went wrong.
Error withNextStep(Error error, const QString& uri);

/// The same of a host that let us begin and has said nothing since.
Error withSilentHostsHint(Error error, const QString& uri);

} // namespace twinhull
