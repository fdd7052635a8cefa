// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/dbus_reader.h"

#include <cstring>

namespace twinhull::runtime {

std::string_view DBusReader::take(std::size_t size)
{
    if (m_hasFailed || size > m_bytes.size() - m_position) {
        m_hasFailed = true;
        return {};
    }
    const auto taken = m_bytes.substr(m_position, size);
    m_position += size;
    return taken;
}

void DBusReader::align(std::size_t boundary)
{
    (void)take((boundary - m_position % boundary) % boundary); // only to stand behind it
}

std::uint8_t DBusReader::byte()
{
    const auto taken = take(1);
    return taken.empty() ? std::uint8_t(0) : static_cast<std::uint8_t>(taken[0]);
}

std::uint32_t DBusReader::number32()
{
    std::uint32_t value = 0;
    align(sizeof value);
    const auto taken = take(sizeof value);
    if (!taken.empty())
        std::memcpy(&value, taken.data(), sizeof value);
    return value;
}

std::string DBusReader::terminated(std::size_t size)
{
    const auto taken = take(size);
    const auto end = take(1);
    if (m_hasFailed || end[0] != '\0' || taken.find('\0') != std::string_view::npos) {
        m_hasFailed = true;
        return {};
    }
    return std::string(taken);
}

std::string DBusReader::text()
{
    return terminated(number32());
}

std::string DBusReader::signature()
{
    return terminated(byte());
}

} // namespace twinhull::runtime
