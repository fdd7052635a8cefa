// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number_list.h"

#include <charconv>

namespace twinhull {

namespace {

/// Takes a number from the front of the text.
std::optional<unsigned> takeNumber(std::string_view& text)
{
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || number >= kNumberListEnd)
        return {};
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

} // namespace

std::optional<std::vector<unsigned>> parseNumberList(std::string_view text)
{
    std::vector<bool> named(kNumberListEnd);
    while (!text.empty()) {
        const auto first = takeNumber(text);
        auto last = first;
        if (first && !text.empty() && text.front() == '-') {
            text.remove_prefix(1);
            last = takeNumber(text);
        }
        if (!last || *last < *first)
            return {};
        for (unsigned number = *first; number <= *last; ++number)
            named[number] = true;
        if (text.empty())
            break;
        if (text.front() != ',' || text.size() == 1)
            return {};
        text.remove_prefix(1);
    }
    std::vector<unsigned> numbers;
    for (unsigned number = 0; number < kNumberListEnd; ++number) {
        if (named[number])
            numbers.push_back(number);
    }
    return numbers;
}

std::string formatNumberList(const std::vector<unsigned>& numbers)
{
    std::string text;
    for (std::size_t first = 0; first < numbers.size();) {
        std::size_t last = first;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
            ++last;
        text += (text.empty() ? "" : ",") + std::to_string(numbers[first]);
        if (last > first)
            text += "-" + std::to_string(numbers[last]);
        first = last + 1;
    }
    return text;
}

} // namespace twinhull
