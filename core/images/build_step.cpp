// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/build_step.h"

#include <charconv>

namespace twinhull {

namespace {

constexpr std::size_t kLongest = 200;

/// Reads a number and drops it from the text.
std::optional<unsigned> takeNumber(std::string_view& text)
{
    unsigned number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc())
        return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

} // namespace

std::optional<BuildStep> BuildStep::parse(std::string_view line)
{
    constexpr std::string_view kWord = "STEP ";
    std::string_view rest = line;
    if (rest.starts_with('[')) {
        const auto end = rest.find("] ");
        if (end == std::string_view::npos)
            return {};
        rest.remove_prefix(end + 2);
    }
    if (!rest.starts_with(kWord))
        return {};
    rest.remove_prefix(kWord.size());
    const auto number = takeNumber(rest);
    if (!number || !rest.starts_with('/'))
        return {};
    rest.remove_prefix(1);
    const auto count = takeNumber(rest);
    if (!count || !rest.starts_with(": ") || *number == 0 || *number > *count)
        return {};
    return BuildStep{ *number, *count, std::string(line.substr(0, kLongest)) };
}

} // namespace twinhull
