// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

namespace twinhull {

/// The words of a command as a POSIX shell parts them, without expanding anything: 'quotes', "quotes" and \ hold words
/// together. InvalidArgument where a quote does not end.
Result<QStringList> wordsOfCommand(const QString& text);

} // namespace twinhull
