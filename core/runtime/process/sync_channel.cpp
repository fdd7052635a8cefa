// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/sync_channel.h"

#include "core/base/descriptor_passing.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace twinhull::runtime {

namespace {

template <std::size_t Size>
void copyText(char (&target)[Size], std::string_view text)
{
    const std::size_t length = std::min(text.size(), Size - 1);
    std::memcpy(target, text.data(), length);
    target[length] = '\0';
}

template <std::size_t Size>
void endText(char (&text)[Size])
{
    text[Size - 1] = '\0';
}

} // namespace

SyncMessage SyncMessage::of(SyncKind kind, std::int64_t value)
{
    SyncMessage message;
    message.kind = kind;
    message.value = value;
    return message;
}

SyncMessage SyncMessage::warning(std::string_view text)
{
    SyncMessage message;
    message.kind = SyncKind::Warning;
    copyText(message.text, text);
    // it may quote config.json, and stays one line wherever it is shown
    std::replace_if(
        std::begin(message.text), std::end(message.text),
        [](unsigned char c) { return (c < ' ' && c != '\0') || c == 0x7f; }, '?');
    return message;
}

SyncMessage SyncMessage::failure(const Error& error)
{
    SyncMessage message;
    message.errorCode = static_cast<std::int32_t>(error.code);
    message.sysErrno = error.sysErrno;
    copyText(message.text, error.message);
    copyText(message.hint, error.hint);
    return message;
}

Error SyncMessage::toError() const
{
    return Error{ static_cast<ErrorCode>(errorCode), text, sysErrno, hint };
}

Result<std::pair<SyncChannel, SyncChannel>> SyncChannel::makePair()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return Error::fromErrno(errno, "make a socket pair");
    return std::pair(SyncChannel(UniqueFd(ends[0])), SyncChannel(UniqueFd(ends[1])));
}

Result<> SyncChannel::send(const SyncMessage& message, int attachment) const
{
    const std::string_view bytes(reinterpret_cast<const char*>(&message), sizeof message);
    return sendWithDescriptor(m_socket, bytes, attachment).withContext("speak to the other half of hull");
}

Result<std::optional<ReceivedMessage>> SyncChannel::receive() const
{
    ReceivedMessage received;
    auto bytes = receiveWithDescriptor(m_socket, &received.message, sizeof received.message);
    // the other side has ended with something of ours unread; the kernel tells that first, and once, and what it said
    // before after that
    if (!bytes && bytes.error().sysErrno == ECONNRESET)
        bytes = receiveWithDescriptor(m_socket, &received.message, sizeof received.message);
    if (bytes ? bytes->count == 0 : bytes.error().sysErrno == ECONNRESET)
        return std::optional<ReceivedMessage>();
    if (!bytes)
        return std::move(bytes).error().withContext("listen to the other half of hull");
    if (bytes->count != sizeof received.message)
        return Error{ ErrorCode::Corrupt, "a message of the other half of hull is cut", 0, {} };
    endText(received.message.text);
    endText(received.message.hint);
    received.attached = std::move(bytes->descriptor);
    return std::optional(std::move(received));
}

} // namespace twinhull::runtime
