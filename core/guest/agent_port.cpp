// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/agent_port.h"

#include "core/base/files.h"
#include "core/ipc/guest_messages.h"

#include <dirent.h>

#include <cerrno>
#include <memory>

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

AgentPort::AgentPort(UniqueFd fd) : m_fd(std::move(fd)), m_lines(kGuestLineLimitBytes) { }

Result<AgentPort> AgentPort::open(const std::string& devicePath)
{
    auto fd = openPath(devicePath, O_RDWR | O_NONBLOCK);
    if (!fd)
        return std::move(fd).error();
    return AgentPort(std::move(*fd));
}

void AgentPort::readWhatCame()
{
    char buffer[4096];
    while (true) {
        const ssize_t count = ::read(m_fd.fd(), buffer, sizeof buffer);
        if (count > 0) {
            m_lines.append({ buffer, static_cast<std::size_t>(count) });
        } else if (count < 0 && errno == EINTR) {
            continue;
        } else {
            if (count == 0) // nobody is connected
                m_output.clear();
            return;
        }
    }
}

void AgentPort::send(const std::string& line)
{
    if (m_output.size() < kGuestLineLimitBytes) // else nobody reads
        m_output += line;
    writeWhatWaits();
}

void AgentPort::writeWhatWaits()
{
    while (!m_output.empty()) {
        const ssize_t count = ::write(m_fd.fd(), m_output.data(), m_output.size());
        if (count > 0)
            m_output.erase(0, static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return;
    }
}

} // namespace twinhull
