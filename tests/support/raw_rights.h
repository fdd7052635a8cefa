// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"

#include <QDir>

#include <sys/socket.h>

#include <cstring>
#include <utility>
#include <vector>

namespace twinhull::test {

/// What a peer that keeps to no rule sends: any bytes with any number of descriptors. False where the kernel refuses.
inline bool sendRights(const UniqueFd& socket, std::string_view bytes, const std::vector<int>& descriptors)
{
    iovec part{ const_cast<char*>(bytes.data()), bytes.size() };
    std::vector<char> control(CMSG_SPACE(descriptors.size() * sizeof(int)));
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* entry = CMSG_FIRSTHDR(&header);
    entry->cmsg_level = SOL_SOCKET;
    entry->cmsg_type = SCM_RIGHTS;
    entry->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    std::memcpy(CMSG_DATA(entry), descriptors.data(), descriptors.size() * sizeof(int));
    return ::sendmsg(socket.fd(), &header, MSG_NOSIGNAL) >= 0;
}

inline std::pair<UniqueFd, UniqueFd> socketPair(int type)
{
    int ends[2] = { -1, -1 };
    (void)!::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends); // -1 fails whatever comes next
    return { UniqueFd(ends[0]), UniqueFd(ends[1]) };
}

/// How many this process has open.
inline qsizetype openDescriptors()
{
    return QDir(QStringLiteral("/proc/self/fd"))
        .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
        .size();
}

} // namespace twinhull::test
