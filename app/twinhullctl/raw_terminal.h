// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/monitor_messages.h"

#include <termios.h>

namespace twinhull {

/// Our own terminal without its line editing and echo, for as long as this lives: another one does them. Nothing
/// happens where standard input is no terminal.
class RawTerminal {
public:
    RawTerminal();
    ~RawTerminal();
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

    bool isRaw() const { return m_isRaw; } ///< false: standard input is no terminal

    /// Of nothing where it is no terminal.
    static TerminalSize size();

private:
    termios m_before{};
    bool m_isRaw = false;
};

} // namespace twinhull
