// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

namespace twinhull {

enum class LineLevel { None, Debug, Warning, Error };

/// The level that a program wrote at the begin of its line: a word alone in capitals ("ERROR", "[WARN]", "E0101" is
/// none), "level=warning", "\"level\":\"error\"". None where there is no such word; a guess for colours, nothing more.
LineLevel levelOf(QStringView line);

} // namespace twinhull
