// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/raw_terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace twinhull {

RawTerminal::RawTerminal()
{
    m_isRaw = ::tcgetattr(STDIN_FILENO, &m_before) == 0;
    termios raw = m_before;
    ::cfmakeraw(&raw);
    if (m_isRaw)
        (void)::tcsetattr(STDIN_FILENO, TCSANOW, &raw); // an odd terminal still works, with echo twice
}

RawTerminal::~RawTerminal()
{
    if (m_isRaw)
        (void)::tcsetattr(STDIN_FILENO, TCSANOW, &m_before); // the terminal is gone: nothing to restore
}

TerminalSize RawTerminal::size()
{
    winsize window{};
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &window) != 0)
        return {};
    return { window.ws_col, window.ws_row };
}

} // namespace twinhull
