// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/upkeep.h"

#include <QStringList>

namespace twinhull {

/// "--restart always --health-cmd … --log-opt max-size=…": what differs from the default, as twinhullctl reads it back.
QStringList upkeepWords(const Upkeep& upkeep);

/// "30s", or "1500ms".
QString timeWord(std::chrono::milliseconds time);

/// What stands behind --health-cmd: a shell's text, or a JSON list of words.
QString healthCommandText(const std::vector<std::string>& command);
std::vector<std::string> healthCommandFromText(const QString& text);

} // namespace twinhull
