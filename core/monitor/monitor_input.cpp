// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include <sys/epoll.h>

#include <utility>

namespace twinhull {

Result<> Monitor::openInput()
{
    if (m_arguments.stdio != ContainerStdio::Input)
        return {};
    auto pipe = InputPipe::make();
    if (!pipe)
        return std::move(pipe).error().withContext("standard input");
    m_input.emplace(*std::move(pipe));
    m_status.hasInput = true;
    return {};
}

Result<> Monitor::mayFeed() const
{
    if (m_arguments.stdio != ContainerStdio::Input)
        return Error{ ErrorCode::Unsupported, "it reads no standard input", 0,
            "Make one that does: twinhullctl run -i, or pass input to a command inside: twinhullctl exec -i" };
    if (m_input && !m_input->isEnding())
        return {};
    return Error{ ErrorCode::Unavailable, "its standard input has ended", 0,
        m_status.note.empty() ? "Start it again to pass more to it" : m_status.note };
}

/// Whether more may come now.
bool Monitor::feed(std::string_view bytes)
{
    return m_input && followInput(m_input->feed(bytes));
}

void Monitor::endInput()
{
    if (m_input)
        (void)followInput(m_input->end()); // nothing more comes either way
}

bool Monitor::followInput(InputPipe::State state)
{
    if (state == InputPipe::State::Waiting) {
        if (!m_isInputWatched)
            m_isInputWatched = static_cast<bool>(m_loop->watch(m_input->fd(), EPOLLOUT, [this](std::uint32_t) {
                if (m_input && followInput(m_input->feed({})))
                    m_control->feedOn();
            }));
        if (m_isInputWatched)
            return false;
        state = InputPipe::State::Closed; // nobody would tell when it can go on
    }
    if (std::exchange(m_isInputWatched, false))
        m_loop->unwatch(m_input->fd());
    if (state == InputPipe::State::Open)
        return true;
    letGoOfInput();
    publish();
    return false;
}

void Monitor::letGoOfInput()
{
    if (std::exchange(m_isInputWatched, false))
        m_loop->unwatch(m_input->fd());
    m_input.reset();
    m_status.hasInput = false;
    if (m_control)
        m_control->hangUpFeeder();
}

} // namespace twinhull
