// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull::runtime {

/// The wire format of protocol buffers (protobuf.dev, "Encoding"), as much of it as criu's messages use: numbers, texts
/// and messages in messages. Fields come in the order in which they are added.
class ProtobufWriter {
public:
    void addNumber(unsigned field, std::uint64_t value);
    void addNumber(unsigned field, int value); ///< int32 and enumerations: a negative one takes ten bytes
    void addSwitch(unsigned field, bool value) { addNumber(field, std::uint64_t{ value ? 1U : 0U }); }
    void addText(unsigned field, std::string_view text);
    void addMessage(unsigned field, const ProtobufWriter& message) { addText(field, message.m_bytes); }

    const std::string& bytes() const { return m_bytes; }

private:
    void addVarint(std::uint64_t value);

    std::string m_bytes;
};

/// One field of a message. `number` holds for whole numbers, `text` for texts and messages; of other kinds only the
/// field's number.
struct ProtobufField {
    unsigned field = 0;
    std::uint64_t number = 0;
    std::string_view text; ///< into the bytes that are read
};

/// Reads a message field by field. What is no message, or ends in the middle, makes isWhole() false and ends the row.
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view bytes) : m_rest(bytes) { }

    std::optional<ProtobufField> next();
    bool isWhole() const { return m_isWhole; }

private:
    std::optional<std::uint64_t> takeVarint();
    bool takeBytes(std::uint64_t count, std::string_view& bytes);

    std::string_view m_rest;
    bool m_isWhole = true;
};

} // namespace twinhull::runtime
