// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/inherited.h"

#include "core/base/files.h"

#include <unistd.h>

#include <charconv>

namespace twinhull::runtime {

namespace {

std::optional<std::uint64_t> hexadecimalAfter(std::string_view text, std::string_view name)
{
    const auto start = text.find(name);
    if (start == std::string_view::npos)
        return {};
    text.remove_prefix(start + name.size());
    const std::string_view line = text.substr(0, text.find('\n'));
    std::uint64_t value = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), value, 16);
    const bool isWhole = read.ec == std::errc() && read.ptr == line.data() + line.size() && line.size() != text.size();
    return isWhole ? std::optional(value) : std::nullopt;
}

} // namespace

Inherited parseInherited(std::string_view status)
{
    Inherited inherited;
    inherited.ignoredSignals = hexadecimalAfter(status, "\nSigIgn:\t").value_or(inherited.ignoredSignals);
    inherited.bounding = hexadecimalAfter(status, "\nCapBnd:\t");
    return inherited;
}

Inherited readInherited()
{
    auto file = openPath("/proc/self/status", O_RDONLY);
    char text[4096]; // a cut line counts as not told
    const ssize_t count = file ? ::read(file->fd(), text, sizeof text) : -1;
    return parseInherited({ text, static_cast<std::size_t>(count > 0 ? count : 0) });
}

} // namespace twinhull::runtime
