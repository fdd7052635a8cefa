// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>
#include <string_view>

namespace twinhull {

/// A container's standard input. Nobody else holds the end that is written to, so its end is the container's end of
/// file; a killed monitor's, too. Never blocks. SIGPIPE must be ignored.
class InputPipe {
public:
    enum class State {
        Open, ///< all was taken
        Waiting, ///< the container does not read just now: call feed() again when fd() is writable, with nothing
        Closed, ///< the container reads no more, or end() was reached
    };

    static Result<InputPipe> make();

    int readEnd() const { return m_readEnd.fd(); } ///< for the container
    void letGoOfReadEnd() { m_readEnd.reset(); } ///< once the container has it: else its end would not be seen
    int fd() const { return m_writeEnd.fd(); }
    bool isEnding() const { return m_isEnding; }

    /// After what waits.
    State feed(std::string_view bytes);
    /// Once what waits was taken.
    State end();

private:
    InputPipe(UniqueFd readEnd, UniqueFd writeEnd) : m_readEnd(std::move(readEnd)), m_writeEnd(std::move(writeEnd)) { }

    UniqueFd m_readEnd;
    UniqueFd m_writeEnd;
    std::string m_waiting;
    bool m_isEnding = false;
};

} // namespace twinhull
