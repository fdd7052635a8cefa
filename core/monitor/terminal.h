// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/monitor_messages.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull {

/// The master side of a container's terminal. Never blocks.
class Terminal {
public:
    enum class Input {
        Taken,
        Waiting, ///< the container does not read just now: call type() again when fd() is writable
    };

    /// Gives it 80 columns and 24 rows until somebody says otherwise.
    static Result<Terminal> open(UniqueFd master);

    int fd() const { return m_master.fd(); } ///< readable when the container wrote
    /// What was written and not read yet, at most 64 KiB; empty when nothing is.
    std::string read();
    /// Sends keystrokes on, after those that wait. What exceeds 64 KiB of waiting ones is lost, as a terminal loses it.
    Input type(std::string_view bytes);
    Result<> resize(const TerminalSize& size);
    /// The latest 32 KiB that were read, for a person who looks now.
    const std::string& recent() const { return m_recent; }
    std::uint64_t forgottenBytes() const { return m_forgottenBytes; } ///< that were read before those

private:
    Terminal(UniqueFd master, UniqueFd slave) : m_master(std::move(master)), m_slave(std::move(slave)) { }

    UniqueFd m_master;
    UniqueFd m_slave; ///< held so that the master is not hung up (EIO, readable for ever) while no program has it open
    std::string m_recent;
    std::uint64_t m_forgottenBytes = 0;
    std::string m_typed; ///< not taken yet
};

} // namespace twinhull
