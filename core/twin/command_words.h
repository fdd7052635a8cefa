// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

namespace twinhull {

/// The words of a command as a shell would cut them (POSIX.1-2017, XCU 2.2): blanks part words; '…', "…" and \ quote.
/// Nothing is expanded. InvalidArgument when a quote has no end.
Result<QStringList> commandWords(const QString& text);

} // namespace twinhull
