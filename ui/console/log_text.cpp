// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_text.h"

#include "core/ipc/log_line.h"
#include "ui/console/log_decoder.h"

#include <algorithm>

namespace twinhull {

LogText logTextOf(std::string_view bytes)
{
    LogText line;
    LogDecoder decoder;
    auto entries = decoder.decode(bytes);
    if (entries.empty() && !bytes.empty()) // a piece of a line that is too long
        entries = decoder.decode("\n");
    for (const LogEntry& entry : entries) {
        if (line.text.isEmpty() && !entry.time.isEmpty()) {
            line.text = entry.time + QStringLiteral("  ");
            line.timeLength = line.text.size();
        }
        line.text += entry.text;
    }
    return line;
}

bool logLineContains(std::string_view bytes, const QString& text)
{
    const auto end = bytes.find('\n');
    const bool isOneRecord = end != std::string_view::npos && end + 1 == bytes.size();
    const auto isPlain = [](char letter) { return letter >= 0x20 && letter < 0x7f; };
    if (isOneRecord && std::all_of(bytes.begin(), bytes.end() - 1, isPlain)) {
        const auto line = bytes.substr(0, end);
        const auto record = parseLogLine(line);
        const auto said = record ? record->text : line;
        return QLatin1StringView(said.data(), static_cast<qsizetype>(said.size())).contains(text, Qt::CaseInsensitive);
    }
    const LogText shown = logTextOf(bytes);
    return QStringView(shown.text).sliced(shown.timeLength).contains(text, Qt::CaseInsensitive);
}

} // namespace twinhull
