// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kReadBytes = 64U << 10U;
constexpr std::size_t kRecentBytes = 32U << 10U;
constexpr std::size_t kTypedBytes = 64U << 10U;
constexpr TerminalSize kUsualSize{ 80, 24 };

} // namespace

Result<Terminal> Terminal::open(UniqueFd master)
{
    UniqueFd slave(::ioctl(master.fd(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!slave)
        return Error::fromErrno(errno, "open the terminal's other end");
    if (::fcntl(master.fd(), F_SETFL, O_RDWR | O_NONBLOCK) != 0)
        return Error::fromErrno(errno, "fcntl");
    Terminal terminal(std::move(master), std::move(slave));
    if (auto sized = terminal.resize(kUsualSize); !sized)
        return std::move(sized).error();
    return terminal;
}

std::string Terminal::read()
{
    std::string bytes(kReadBytes, '\0');
    const ssize_t count = ::read(m_master.fd(), bytes.data(), bytes.size());
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    m_recent += bytes;
    if (m_recent.size() > kRecentBytes) {
        m_forgottenBytes += m_recent.size() - kRecentBytes;
        m_recent.erase(0, m_recent.size() - kRecentBytes);
    }
    return bytes;
}

Terminal::Input Terminal::type(std::string_view bytes)
{
    m_typed += bytes.substr(0, kTypedBytes - m_typed.size());
    while (!m_typed.empty()) {
        const ssize_t count = ::write(m_master.fd(), m_typed.data(), m_typed.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return Input::Waiting;
        m_typed.erase(0, static_cast<std::size_t>(count));
    }
    return Input::Taken;
}

Result<> Terminal::resize(const TerminalSize& size)
{
    if (size.columns == 0 || size.rows == 0)
        return {};
    const winsize window{ size.rows, size.columns, 0, 0 };
    if (::ioctl(m_master.fd(), TIOCSWINSZ, &window) != 0)
        return Error::fromErrno(errno, "resize the terminal");
    return {};
}

} // namespace twinhull
