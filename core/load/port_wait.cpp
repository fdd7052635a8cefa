// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/port_wait.h"

#include "core/base/files.h"
#include "core/load/load_clock.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace twinhull {

namespace {

constexpr std::string_view kListening = "0A"; ///< TCP_LISTEN of include/net/tcp_states.h
constexpr auto kPause = std::chrono::milliseconds(20); ///< between two looks: the kernel tells nobody of a listener

/// The next word of the line, which loses it; empty at its end.
std::string_view takeWord(std::string_view& line)
{
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

/// Of "0100007F:BAC3": hexadecimal, after the last colon.
bool isOfPort(std::string_view address, std::uint16_t port)
{
    const std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos)
        return false;
    const std::string_view digits = address.substr(colon + 1);
    std::uint16_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return failure == std::errc() && end == digits.data() + digits.size() && number == port;
}

} // namespace

bool hasListener(std::string_view table, std::uint16_t port)
{
    while (!table.empty()) {
        std::string_view line = table.substr(0, table.find('\n'));
        table.remove_prefix(std::min(line.size() + 1, table.size()));
        (void)takeWord(line); // its number
        const std::string_view local = takeWord(line);
        (void)takeWord(line); // the other end
        if (takeWord(line) == kListening && isOfPort(local, port))
            return true;
    }
    return false;
}

Result<> awaitListener(std::uint16_t port, std::chrono::milliseconds patience)
{
    const LoadClock clock;
    for (;;) {
        for (const char* path : { "/proc/self/net/tcp", "/proc/self/net/tcp6" }) {
            if (const auto table = readFile(path); table && hasListener(*table, port))
                return {};
        }
        if (clock.seconds() * 1000 >= static_cast<double>(patience.count()))
            return Error{ ErrorCode::Timeout, "nobody listens on TCP port " + std::to_string(port) + " inside", 0, {} };
        LoadClock::rest(kPause);
    }
}

} // namespace twinhull
