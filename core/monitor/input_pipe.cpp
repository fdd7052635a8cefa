// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/input_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

Result<InputPipe> InputPipe::make()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "make a pipe");
    InputPipe pipe{ UniqueFd(ends[0]), UniqueFd(ends[1]) };
    if (::fcntl(pipe.fd(), F_SETFL, O_NONBLOCK) != 0) // of this end alone
        return Error::fromErrno(errno, "make a pipe");
    return pipe;
}

InputPipe::State InputPipe::feed(std::string_view bytes)
{
    m_waiting.append(bytes);
    std::size_t taken = 0;
    auto state = State::Open;
    while (taken < m_waiting.size() && state == State::Open) {
        const ssize_t count = ::write(m_writeEnd.fd(), m_waiting.data() + taken, m_waiting.size() - taken);
        if (count >= 0)
            taken += static_cast<std::size_t>(count);
        else if (errno != EINTR)
            state = errno == EAGAIN ? State::Waiting : State::Closed;
    }
    m_waiting.erase(0, taken);
    return state == State::Open && m_isEnding ? State::Closed : state;
}

InputPipe::State InputPipe::end()
{
    m_isEnding = true;
    return feed({});
}

} // namespace twinhull
