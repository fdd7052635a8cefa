// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/sync_channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace twinhull::runtime {

namespace {

template <std::size_t Size>
void copyText(char (&target)[Size], std::string_view text)
{
    const std::size_t length = std::min(text.size(), Size - 1);
    std::memcpy(target, text.data(), length);
    target[length] = '\0';
}

union ControlBuffer {
    char bytes[CMSG_SPACE(sizeof(int))];
    cmsghdr alignment;
};

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
    SyncMessage copy = message;
    iovec part{ &copy, sizeof copy };
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    ControlBuffer control{};
    if (attachment >= 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = sizeof control.bytes;
        cmsghdr* entry = CMSG_FIRSTHDR(&header);
        entry->cmsg_level = SOL_SOCKET;
        entry->cmsg_type = SCM_RIGHTS;
        entry->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(entry), &attachment, sizeof attachment);
    }
    while (::sendmsg(m_socket.fd(), &header, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "speak to the other half of hull");
    }
    return {};
}

Result<std::optional<ReceivedMessage>> SyncChannel::receive() const
{
    ReceivedMessage received;
    iovec part{ &received.message, sizeof received.message };
    ControlBuffer control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    ssize_t count = 0;
    do {
        count = ::recvmsg(m_socket.fd(), &header, MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    if (count == 0 || (count < 0 && errno == ECONNRESET))
        return std::optional<ReceivedMessage>();
    if (count < 0)
        return Error::fromErrno(errno, "listen to the other half of hull");
    if (count != sizeof received.message)
        return Error{ ErrorCode::Corrupt, "a message of the other half of hull is cut", 0, {} };
    const cmsghdr* entry = CMSG_FIRSTHDR(&header);
    if (entry != nullptr && entry->cmsg_type == SCM_RIGHTS) {
        int attached = -1;
        std::memcpy(&attached, CMSG_DATA(entry), sizeof attached);
        received.attached.reset(attached);
    }
    return std::optional(std::move(received));
}

} // namespace twinhull::runtime
