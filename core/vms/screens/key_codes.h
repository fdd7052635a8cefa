// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

#include <vector>

namespace twinhull {

/// The names by which keys can be told: "ctrl", "alt", "delete", "f1", "a".
QStringList keyNames();

/// Linux's codes (input-event-codes.h) of these, for virDomainSendKey() with VIR_KEYCODE_SET_LINUX. InvalidArgument
/// names a key that is not known; at most 16 at once (VIR_DOMAIN_SEND_KEY_MAX_KEYS).
Result<std::vector<unsigned>> keyCodes(const QStringList& names);

} // namespace twinhull
