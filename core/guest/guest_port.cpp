// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_port.h"

#include "core/base/files.h"

#include <dirent.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace twinhull {

namespace {

struct DirCloser {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

} // namespace

Result<std::string> portByName(const std::string& sysPorts, const std::string& name)
{
    const std::unique_ptr<DIR, DirCloser> folder(::opendir(sysPorts.c_str()));
    if (!folder)
        return Error::fromErrno(errno, "open " + sysPorts);
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string port = entry->d_name;
        const auto text = readFile(sysPorts + "/" + port + "/name", 256);
        if (text && *text == name + "\n")
            return "/dev/" + port;
    }
    return Error{ ErrorCode::NotFound, "no port is named " + name, 0, {} };
}

GuestPort::GuestPort(UniqueFd fd, std::size_t lineLimitBytes)
    : m_fd(std::move(fd)), m_limit(lineLimitBytes), m_lines(lineLimitBytes)
{
}

Result<GuestPort> GuestPort::open(const std::string& devicePath, std::size_t lineLimitBytes)
{
    auto fd = openPath(devicePath, O_RDWR | O_NONBLOCK);
    if (!fd)
        return std::move(fd).error();
    return GuestPort(*std::move(fd), lineLimitBytes);
}

GuestPort::Read GuestPort::read()
{
    char buffer[16384];
    ssize_t count = -1;
    do {
        count = ::read(m_fd.fd(), buffer, sizeof buffer);
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
        m_lines.append({ buffer, static_cast<std::size_t>(count) });
        return Read::Came;
    }
    if (count < 0)
        m_isConnected = true; // virtio_console: "try again" is said of a host that is connected, and 0 of none
    if (count < 0 || !std::exchange(m_isConnected, false))
        return Read::Nothing; // 0 may be too early: what a host says can come before the news that it is connected
    m_output.clear();
    return Read::HungUp;
}

void GuestPort::send(const std::string& line)
{
    if (m_output.size() < m_limit) // else nobody reads
        m_output += line;
    writeWhatWaits();
}

void GuestPort::writeWhatWaits()
{
    std::size_t written = 0;
    while (written < m_output.size()) {
        const ssize_t count = ::write(m_fd.fd(), m_output.data() + written, m_output.size() - written);
        if (count > 0)
            written += static_cast<std::size_t>(count);
        else if (errno != EINTR)
            break;
    }
    m_isConnected = m_isConnected || written > 0; // nothing is taken for a host that is not
    m_output.erase(0, written);
}

} // namespace twinhull
