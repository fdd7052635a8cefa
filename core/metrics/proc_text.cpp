// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/proc_text.h"

#include <charconv>

namespace twinhull {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/// Rest of the line that begins with `name` and then `delimiter`.
std::optional<std::string_view> lineAfter(std::string_view text, std::string_view name, char delimiter)
{
    for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        if (at != 0 && text[at - 1] != '\n')
            continue;
        std::string_view rest = text.substr(at + name.size());
        if (!rest.starts_with(delimiter))
            continue;
        rest.remove_prefix(1);
        return nextLine(rest);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> firstNumber(std::optional<std::string_view> line)
{
    return line ? numberOf(nextWord(*line)) : std::nullopt;
}

bool skipWords(std::string_view& text, int count)
{
    while (count-- > 0) {
        if (nextWord(text).empty())
            return false;
    }
    return true;
}

std::optional<std::uint64_t> nextNumber(std::string_view& text)
{
    return numberOf(nextWord(text));
}

std::optional<std::uint64_t> nextSum(std::string_view& text)
{
    const auto first = nextNumber(text);
    const auto second = nextNumber(text);
    if (!first || !second)
        return std::nullopt;
    return *first + *second;
}

} // namespace

std::string_view nextWord(std::string_view& text)
{
    std::size_t begin = 0;
    while (begin < text.size() && isBlank(text[begin]))
        ++begin;
    std::size_t end = begin;
    while (end < text.size() && !isBlank(text[end]))
        ++end;
    const std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return word;
}

std::string_view nextLine(std::string_view& text)
{
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

std::optional<std::uint64_t> numberOf(std::string_view word)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.empty() || error != std::errc() || end != word.data() + word.size())
        return std::nullopt;
    return number;
}

std::optional<ProcessStat> parseProcessStat(std::string_view text)
{
    const std::size_t nameEnd = text.rfind(')'); // the name itself may hold blanks and brackets
    if (nameEnd == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(nameEnd + 1);
    if (!skipWords(text, 1)) // state
        return std::nullopt;
    const auto parent = nextNumber(text);
    if (!parent || !skipWords(text, 9)) // up to cmajflt
        return std::nullopt;
    const auto own = nextSum(text);
    const auto reaped = nextSum(text);
    if (!own || !reaped || !skipWords(text, 2)) // priority, nice
        return std::nullopt;
    const auto threads = nextNumber(text);
    if (!threads)
        return std::nullopt;
    return ProcessStat{ static_cast<pid_t>(*parent), *own, *reaped, static_cast<std::uint32_t>(*threads) };
}

std::optional<std::uint64_t> parseBlockedTicks(std::string_view text)
{
    const std::size_t nameEnd = text.rfind(')');
    if (nameEnd == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(nameEnd + 1);
    return skipWords(text, 39) ? nextNumber(text) : std::nullopt; // fields 3 to 41
}

std::optional<ProcessPages> parseStatm(std::string_view text)
{
    (void)nextWord(text); // size of the address space
    const auto resident = nextNumber(text);
    const auto shared = nextNumber(text);
    if (!resident || !shared)
        return std::nullopt;
    return ProcessPages{ *resident > *shared ? *resident - *shared : 0, *shared };
}

std::optional<std::uint64_t> kilobyteLine(std::string_view text, std::string_view name)
{
    const auto kilobytes = firstNumber(lineAfter(text, name, ':'));
    return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
}

std::optional<DiskBytes> parseProcessIo(std::string_view text)
{
    const auto read = firstNumber(lineAfter(text, "read_bytes", ':'));
    const auto written = firstNumber(lineAfter(text, "write_bytes", ':'));
    if (!read || !written)
        return std::nullopt;
    return DiskBytes{ *read, *written };
}

std::optional<std::uint64_t> flatKey(std::string_view text, std::string_view name)
{
    return firstNumber(lineAfter(text, name, ' '));
}

std::optional<NetworkBytes> parseNetDev(std::string_view text)
{
    NetworkBytes total;
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) // the two lines of headings
            continue;
        std::string_view name = line.substr(0, colon);
        if (nextWord(name) == "lo")
            continue;
        line.remove_prefix(colon + 1);
        const auto received = nextNumber(line);
        const auto receivedPackets = nextNumber(line);
        const auto sent = skipWords(line, 6) ? nextNumber(line) : std::nullopt;
        const auto sentPackets = nextNumber(line);
        if (!received || !receivedPackets || !sent || !sentPackets)
            return std::nullopt;
        total.received += *received;
        total.sent += *sent;
        total.receivedPackets += *receivedPackets;
        total.sentPackets += *sentPackets;
    }
    return total;
}

std::optional<HostTicks> parseHostStat(std::string_view text)
{
    auto line = lineAfter(text, "cpu", ' ');
    if (!line)
        return std::nullopt;
    HostTicks ticks;
    for (int column = 0; column < 8; ++column) { // user nice system idle iowait irq softirq steal; guest is in user
        const auto value = nextNumber(*line);
        if (!value)
            return std::nullopt;
        ticks.total += *value;
        if (column != 3 && column != 4)
            ticks.busy += *value;
    }
    return ticks;
}

std::optional<double> parsePressure(std::string_view text)
{
    constexpr std::string_view kBegin = "some avg10=";
    if (!text.starts_with(kBegin))
        return std::nullopt;
    text.remove_prefix(kBegin.size());
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return std::nullopt;
    return value;
}

} // namespace twinhull
