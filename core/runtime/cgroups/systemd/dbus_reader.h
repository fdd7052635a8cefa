// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull::runtime {

/// Reads what DBusWriter writes. What does not fit reads as zero or empty, and hasFailed() is true from then on.
class DBusReader {
public:
    explicit DBusReader(std::string_view bytes) : m_bytes(bytes) { }

    std::uint8_t byte();
    std::uint32_t number32();
    std::string text(); ///< also an object path; one with a NUL in it fails
    std::string signature();

    void align(std::size_t boundary);
    std::size_t position() const { return m_position; }
    bool hasFailed() const { return m_hasFailed; }
    void fail() { m_hasFailed = true; }

private:
    std::string_view take(std::size_t size);
    std::string terminated(std::size_t size);

    std::string_view m_bytes;
    std::size_t m_position = 0;
    bool m_hasFailed = false;
};

} // namespace twinhull::runtime
