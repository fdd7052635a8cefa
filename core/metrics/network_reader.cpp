// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/network_reader.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace twinhull {

namespace {

Result<std::string> linkTarget(const std::string& path)
{
    std::array<char, 64> target{}; // "net:[4026531840]"
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0)
        return Error::fromErrno(errno, "read link " + path);
    return std::string(target.data(), static_cast<std::size_t>(size));
}

} // namespace

Result<NetworkReader> NetworkReader::open(const ProcTree& proc, pid_t pid)
{
    const std::string folder = proc.root + "/" + std::to_string(pid);
    const auto ours = linkTarget(proc.root + "/self/ns/net");
    auto theirs = linkTarget(folder + "/ns/net");
    if (!theirs)
        return std::move(theirs).error();
    if (ours && *ours == *theirs)
        return Error{ ErrorCode::Unsupported, "the process shares the network of this session", 0, {} };
    auto file = KeptFile::open(folder + "/net/dev");
    if (!file)
        return std::move(file).error();
    return NetworkReader(*std::move(file));
}

std::optional<NetworkBytes> NetworkReader::read(ReadBuffer& buffer) const
{
    const auto text = m_file.read(buffer);
    return text ? parseNetDev(*text) : std::nullopt;
}

} // namespace twinhull
