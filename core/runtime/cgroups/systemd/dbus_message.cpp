// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/dbus_message.h"

#include "core/runtime/cgroups/systemd/dbus_reader.h"
#include "core/runtime/cgroups/systemd/dbus_writer.h"

#include <bit>

namespace twinhull::runtime {

namespace {

constexpr std::uint8_t kByteOrder = std::endian::native == std::endian::little ? 'l' : 'B';
constexpr std::uint8_t kProtocol = 1;

// "Header Fields"
enum Field : std::uint8_t {
    Path = 1,
    Interface = 2,
    Member = 3,
    ErrorName = 4,
    ReplySerial = 5,
    Destination = 6,
    Signature = 8,
};

Error corrupt(const char* what)
{
    return Error{ ErrorCode::Corrupt, std::string("D-Bus: ") + what, 0, {} };
}

void writeField(DBusWriter& writer, Field field, std::string_view type, const std::string& value)
{
    if (value.empty())
        return;
    writer.align(8);
    writer.byte(field);
    writer.signature(type);
    if (type == "g")
        writer.signature(value);
    else
        writer.text(value);
}

void writeFields(DBusWriter& writer, const DBusMessage& message)
{
    const auto fields = writer.beginArray(8);
    writeField(writer, Path, "o", message.path);
    writeField(writer, Interface, "s", message.interface);
    writeField(writer, Member, "s", message.member);
    writeField(writer, ErrorName, "s", message.error);
    writeField(writer, Destination, "s", message.destination);
    writeField(writer, Signature, "g", message.signature);
    if (message.answered != 0) {
        writer.align(8);
        writer.byte(ReplySerial);
        writer.signature("u");
        writer.number32(message.answered);
    }
    writer.endArray(fields);
}

void keepText(DBusMessage& message, std::uint8_t field, std::string value)
{
    switch (field) {
    case Path:
        message.path = std::move(value);
        break;
    case Interface:
        message.interface = std::move(value);
        break;
    case Member:
        message.member = std::move(value);
        break;
    case ErrorName:
        message.error = std::move(value);
        break;
    case Destination:
        message.destination = std::move(value);
        break;
    case Signature:
        message.signature = std::move(value);
        break;
    default: // the sender, and what later versions add
        break;
    }
}

void readField(DBusReader& reader, DBusMessage& message)
{
    reader.align(8);
    const std::uint8_t field = reader.byte();
    const std::string type = reader.signature();
    if (type == "s" || type == "o")
        return keepText(message, field, reader.text());
    if (type == "g")
        return keepText(message, field, reader.signature());
    if (type != "u")
        return reader.fail();
    const std::uint32_t number = reader.number32();
    if (field == ReplySerial)
        message.answered = number;
}

} // namespace

std::string encodeMessage(const DBusMessage& message)
{
    DBusWriter writer;
    writer.byte(kByteOrder);
    writer.byte(static_cast<std::uint8_t>(message.kind));
    writer.byte(0);
    writer.byte(kProtocol);
    writer.number32(static_cast<std::uint32_t>(message.body.size()));
    writer.number32(message.serial);
    writeFields(writer, message);
    writer.align(8);
    return writer.written() + message.body;
}

Result<std::size_t> messageLength(std::string_view start)
{
    DBusReader reader(start);
    const bool isOurOrder = reader.byte() == kByteOrder;
    reader.align(4); // past kind, flags and protocol
    const std::size_t body = reader.number32();
    (void)reader.number32();
    const std::size_t fields = reader.number32();
    if (reader.hasFailed() || !isOurOrder || body > kDBusLimitBytes || fields > kDBusLimitBytes)
        return corrupt("a message without a proper start");
    const std::size_t length = (kDBusStartBytes + fields + 7) / 8 * 8 + body;
    return length <= kDBusLimitBytes ? Result(length) : corrupt("a message longer than 1 MiB");
}

Result<DBusMessage> decodeMessage(std::string_view bytes)
{
    auto length = messageLength(bytes);
    if (!length)
        return std::move(length).error();
    DBusReader reader(bytes);
    (void)reader.byte(); // checked by messageLength()
    DBusMessage message;
    const std::uint8_t kind = reader.byte();
    (void)reader.byte(); // flags
    const bool isKnown = reader.byte() == kProtocol && kind >= 1 && kind <= 4;
    const std::size_t bodySize = reader.number32();
    message.kind = static_cast<DBusKind>(kind);
    message.serial = reader.number32();
    const std::size_t end = reader.number32() + kDBusStartBytes;
    while (!reader.hasFailed() && reader.position() < end)
        readField(reader, message);
    if (reader.hasFailed() || reader.position() != end || !isKnown || *length != bytes.size())
        return corrupt("a message that cannot be read");
    message.body = bytes.substr(bytes.size() - bodySize);
    return message;
}

} // namespace twinhull::runtime
