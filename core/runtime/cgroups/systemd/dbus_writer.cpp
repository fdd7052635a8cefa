// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/dbus_writer.h"

#include <cstring>

namespace twinhull::runtime {

void DBusWriter::raw(const void* value, std::size_t size)
{
    align(size);
    m_bytes.append(static_cast<const char*>(value), size);
}

void DBusWriter::align(std::size_t boundary)
{
    m_bytes.append((boundary - m_bytes.size() % boundary) % boundary, '\0');
}

void DBusWriter::number32(std::uint32_t value)
{
    raw(&value, sizeof value);
}

void DBusWriter::number64(std::uint64_t value)
{
    raw(&value, sizeof value);
}

void DBusWriter::text(std::string_view value)
{
    bytes(value);
    m_bytes.push_back('\0');
}

void DBusWriter::signature(std::string_view value)
{
    byte(static_cast<std::uint8_t>(value.size()));
    m_bytes.append(value);
    m_bytes.push_back('\0');
}

void DBusWriter::bytes(std::string_view value)
{
    number32(static_cast<std::uint32_t>(value.size()));
    m_bytes.append(value);
}

DBusWriter::Array DBusWriter::beginArray(std::size_t alignment)
{
    align(sizeof(std::uint32_t));
    const std::size_t length = m_bytes.size();
    number32(0);
    align(alignment); // padding before the first element does not count
    return { length, m_bytes.size() };
}

void DBusWriter::endArray(const Array& array)
{
    const auto length = static_cast<std::uint32_t>(m_bytes.size() - array.content);
    std::memcpy(m_bytes.data() + array.length, &length, sizeof length);
}

} // namespace twinhull::runtime
