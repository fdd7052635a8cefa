// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 7> kByteUnits{ "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
constexpr std::array<std::string_view, 6> kRateUnits{ "B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s" };

std::string fixed(double value, int decimals)
{
    std::array<char, 64> text{};
    const auto [end, error] = std::to_chars(
        text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals); // knows no locale
    return error == std::errc() ? std::string(text.data(), end) : std::string();
}

/// One decimal below ten unless the value is whole; 9.96 is "10" and not "10.0".
std::string shortNumber(double value)
{
    const bool isWhole = value == std::floor(value);
    return fixed(value, isWhole || value >= 9.95 ? 0 : 1);
}

template <std::size_t Count>
std::string scaled(double value, double step, const std::array<std::string_view, Count>& units)
{
    std::size_t unit = 0;
    while (value >= step - 0.5 && unit + 1 < Count) { // 1023.6 would be printed as 1024
        value /= step;
        ++unit;
    }
    return (unit == 0 ? fixed(value, 0) : shortNumber(value)) + " " + std::string(units.at(unit));
}

std::string whole(std::chrono::nanoseconds::rep count, std::string_view unit)
{
    return std::to_string(count) + " " + std::string(unit);
}

/// "2 h 5 min": both parts are cut, not rounded; a part that is 0 is left out.
template <typename Large, typename Small>
std::string twoParts(std::chrono::nanoseconds duration, std::string_view largeUnit, std::string_view smallUnit)
{
    const auto large = std::chrono::duration_cast<Large>(duration);
    const auto small = std::chrono::duration_cast<Small>(duration - large);
    const std::string text = whole(large.count(), largeUnit);
    return small.count() == 0 ? text : text + " " + whole(small.count(), smallUnit);
}

std::string formatBelowAMinute(std::chrono::nanoseconds duration)
{
    const auto count = static_cast<double>(duration.count());
    if (duration < 1us)
        return whole(duration.count(), "ns");
    if (duration < 999'500ns)
        return shortNumber(count / 1e3) + " µs";
    if (duration < 999'500us)
        return shortNumber(count / 1e6) + " ms";
    if (duration < 9'995ms)
        return fixed(count / 1e9, 2) + " s";
    return fixed(count / 1e9, 1) + " s";
}

Error badSize(std::string_view text, std::string_view why)
{
    return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text) + "\" is not a size: " + std::string(why), 0,
        "Write a number and a unit, such as 256M or 1.5G." };
}

/// Power of 1024 that the letters after a number stand for; negative when they stand for none.
int powerOf(std::string_view unit)
{
    constexpr std::string_view kLetters = "kmgtpe";
    if (unit.empty() || unit == "B" || unit == "b")
        return 0;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const auto at = kLetters.find(lower(unit.front()));
    const std::string_view rest = unit.substr(1);
    const bool isUnit = rest.empty() || rest == "B" || rest == "b" || rest == "i" || rest == "iB" || rest == "ib";
    return at == std::string_view::npos || !isUnit ? -1 : static_cast<int>(at) + 1;
}

} // namespace

std::string formatBytes(std::uint64_t bytes)
{
    return scaled(static_cast<double>(bytes), 1024, kByteUnits);
}

std::string formatRate(double bytesPerSecond)
{
    const bool isReadable = std::isfinite(bytesPerSecond) && bytesPerSecond >= 0.5;
    return scaled(isReadable ? std::round(bytesPerSecond) : 0.0, 1000, kRateUnits);
}

std::string formatFrequency(double perSecond)
{
    constexpr std::array<std::string_view, 4> kUnits{ "/s", "k/s", "M/s", "G/s" };
    return perSecond < 10 ? fixed(std::max(perSecond, 0.0), 1) + " /s" : scaled(perSecond, 1000, kUnits);
}

std::string formatDuration(std::chrono::nanoseconds duration)
{
    if (duration == 0ns)
        return "0 s";
    if (duration < 0ns)
        return formatDuration(duration == std::chrono::nanoseconds::min() ? duration.max() : -duration).insert(0, "-");
    if (duration < 59'950ms)
        return formatBelowAMinute(duration);
    if (duration < 60s)
        return "1 min";
    if (duration < 1h)
        return twoParts<std::chrono::minutes, std::chrono::seconds>(duration, "min", "s");
    if (duration < 24h)
        return twoParts<std::chrono::hours, std::chrono::minutes>(duration, "h", "min");
    return twoParts<std::chrono::days, std::chrono::hours>(duration, "d", "h");
}

Result<std::uint64_t> parseSize(std::string_view text)
{
    const std::string_view size = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), value, std::chars_format::fixed);
    if (error != std::errc() || size.front() < '0' || size.front() > '9') // "-1", "inf" and "nan" are numbers too
        return badSize(text, "it must begin with a digit");
    const auto parsed = static_cast<std::size_t>(end - size.data());
    const int power = powerOf(trimmed(size.substr(parsed)));
    if (power < 0)
        return badSize(text, "unknown unit");
    const std::string_view number = size.substr(0, parsed);
    if (power == 0 && number.find('.') == std::string_view::npos) { // beyond 2^53 a double is not exact
        const auto bytes = parseNumber(number);
        return bytes ? bytes : badSize(text, "too large");
    }
    const double bytes = value * std::pow(1024.0, power);
    if (power == 0 && bytes != std::floor(bytes))
        return badSize(text, "a byte has no fractions");
    if (!(bytes < 18446744073709551616.0))
        return badSize(text, "too large");
    return static_cast<std::uint64_t>(bytes);
}

Result<std::chrono::milliseconds> parseDuration(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> kUnits{ { { "ms", 1 }, { "s", 1000 },
        { "m", 60'000 }, { "h", 3'600'000 }, { "", 1000 } } };
    constexpr std::uint64_t kMost = 10ULL * 366 * 24 * 3'600'000;
    const Error wrong{ ErrorCode::InvalidArgument, "\"" + std::string(text) + "\" is not a length of time", 0,
        "Write it like 500ms, 30s, 1m30s or 2h." };
    std::string_view rest = trimmed(text);
    std::uint64_t sum = 0;
    for (bool isFirst = true; isFirst || !rest.empty(); isFirst = false) {
        const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const auto number = parseNumber(rest.substr(0, digits));
        rest.remove_prefix(digits);
        const auto unit = rest.substr(0, std::min(rest.find_first_of("0123456789"), rest.size()));
        rest.remove_prefix(unit.size());
        const auto known
            = std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& each) { return each.first == unit; });
        if (!number || known == kUnits.end() || (unit.empty() && !isFirst) || *number > kMost)
            return wrong;
        sum += *number * known->second;
        if (sum > kMost)
            return wrong;
    }
    return std::chrono::milliseconds(sum);
}

Result<std::uint16_t> parsePort(std::string_view text)
{
    const auto number = parseNumber(trimmed(text));
    if (!number || *number == 0 || *number > std::numeric_limits<std::uint16_t>::max())
        return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text) + "\" is not a port", 0,
            "A port is a number from 1 to 65535." };
    return static_cast<std::uint16_t>(*number);
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Result<std::uint64_t> parseNumber(std::string_view text)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range)
        return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text) + "\" is too large", 0, {} };
    if (error != std::errc() || end != text.data() + text.size())
        return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text) + "\" is not a number", 0, {} };
    return number;
}

} // namespace twinhull
