// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/descriptor_passing.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

union Control {
    char bytes[CMSG_SPACE(sizeof(int))];
    cmsghdr alignment;
};

/// All that a message brought. The padding of a buffer for one has room for two, and the kernel uses it: the others are
/// owned as well, and closed.
struct Descriptors {
    UniqueFd first;
    std::size_t count = 0;

    void takeAll(msghdr& header)
    {
        for (cmsghdr* entry = CMSG_FIRSTHDR(&header); entry != nullptr; entry = CMSG_NXTHDR(&header, entry)) {
            if (entry->cmsg_level != SOL_SOCKET || entry->cmsg_type != SCM_RIGHTS)
                continue;
            const std::size_t bytes = entry->cmsg_len - CMSG_LEN(0);
            for (std::size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(entry) + at, sizeof fd);
                UniqueFd owned(fd);
                if (count++ == 0)
                    first = std::move(owned);
            }
        }
    }
};

} // namespace

Result<> sendWithDescriptor(const UniqueFd& socket, std::string_view bytes, int descriptor)
{
    iovec part{ const_cast<char*>(bytes.data()), bytes.size() }; // sendmsg(2) does not write to them
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    Control control{};
    if (descriptor >= 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = sizeof control.bytes;
        cmsghdr* entry = CMSG_FIRSTHDR(&header);
        entry->cmsg_level = SOL_SOCKET;
        entry->cmsg_type = SCM_RIGHTS;
        entry->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(entry), &descriptor, sizeof descriptor);
    }
    while (::sendmsg(socket.fd(), &header, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "send");
    }
    return {};
}

Result<ReceivedBytes> receiveWithDescriptor(const UniqueFd& socket, void* buffer, std::size_t size)
{
    iovec part{ buffer, size };
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    Control control{};
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    ssize_t count = 0;
    do {
        count = ::recvmsg(socket.fd(), &header, MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
        return Error::fromErrno(errno, "receive");
    Descriptors descriptors;
    descriptors.takeAll(header);
    if ((header.msg_flags & MSG_TRUNC) != 0)
        return Error{ ErrorCode::Corrupt, "a message is longer than it may be", 0, {} };
    if (descriptors.count > 1 || (header.msg_flags & MSG_CTRUNC) != 0)
        return Error{ ErrorCode::Corrupt, "a message brought more descriptors than can be taken", 0, {} };
    return ReceivedBytes{ static_cast<std::size_t>(count), std::move(descriptors.first) };
}

} // namespace twinhull
