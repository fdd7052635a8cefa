// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/messages.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/oci/log_line.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace twinhull::hull {

namespace {

LogChoice& chosen()
{
    static LogChoice choice;
    return choice;
}

std::string lineOf(const char* level, const std::string& text)
{
    const std::string prefix = level == std::string_view("error") ? "" : std::string(level) + ": ";
    std::string line = "hull: " + prefix + text;
    std::replace_if(
        line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
    return line + "\n";
}

void toStandardError(const std::string& line)
{
    (void)std::fputs(line.c_str(), stderr); // the last place there is
}

/// Opened for each line: there is at most one in nearly all runs, and no descriptor to keep from the container.
void toFile(const char* level, const std::string& text)
{
    auto file = openPath(chosen().file, O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string line = chosen().format == LogFormat::Json
        ? oci::encodeLogLine(level, text, wallClockMilliseconds())
        : lineOf(level, text);
    const auto written = file ? writeAll(*file, line) : Result<>(std::move(file).error());
    if (!written)
        toStandardError(lineOf("warning", "--log " + written.error().toLine()));
}

} // namespace

void setLog(LogChoice choice)
{
    chosen() = std::move(choice);
}

void tell(const Error& error)
{
    const std::string text = error.toLine();
    toStandardError(lineOf("error", text));
    if (!chosen().file.empty())
        toFile("error", text);
}

void warn(const char* text)
{
    toStandardError(lineOf("warning", text));
    // podman reads the whole log as one object: nothing may stand before the error it looks for
    if (!chosen().file.empty() && chosen().detail == Detail::Debug)
        toFile("warning", text);
}

void debug(const std::string& text)
{
    if (chosen().detail == Detail::Usual)
        return;
    if (chosen().file.empty())
        toStandardError(lineOf("debug", text));
    else
        toFile("debug", text);
}

} // namespace twinhull::hull
