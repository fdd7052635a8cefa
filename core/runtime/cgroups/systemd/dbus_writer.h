// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull::runtime {

/// Marshals values in this computer's byte order, each on its own boundary (D-Bus Specification, "Marshaling").
class DBusWriter {
public:
    struct Array {
        std::size_t length = 0; ///< where the length stands
        std::size_t content = 0;
    };

    void byte(std::uint8_t value) { m_bytes.push_back(static_cast<char>(value)); }
    void number32(std::uint32_t value);
    void number64(std::uint64_t value);
    void boolean(bool value) { number32(value ? 1 : 0); }
    void text(std::string_view value); ///< also an object path
    void signature(std::string_view value); ///< at most 255 bytes; also what stands before a variant's value
    void bytes(std::string_view value); ///< an array of bytes

    /// The elements follow; endArray() sets the length. `alignment` is that of an element.
    Array beginArray(std::size_t alignment);
    void endArray(const Array& array);

    void align(std::size_t boundary); ///< 8 before a structure
    const std::string& written() const { return m_bytes; }

private:
    void raw(const void* value, std::size_t size);

    std::string m_bytes;
};

} // namespace twinhull::runtime
