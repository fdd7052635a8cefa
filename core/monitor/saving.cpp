// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/saving.h"

#include <unistd.h>

#include <csignal>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kEndDeadline = 30s; // it waits for the container's end itself, and for no longer
constexpr std::size_t kSaidLimitBytes = 16U << 10U;

} // namespace

Result<Saving> Saving::begin(const HullClient& hull, const HullClient::Checkpoint& checkpoint)
{
    auto messages = makePipe();
    if (!messages)
        return std::move(messages).error();
    auto child = hull.beginCheckpoint(checkpoint, messages->writeEnd.fd());
    if (!child)
        return std::move(child).error();
    return Saving(*std::move(child), *std::move(messages));
}

void Saving::giveUp() const
{
    (void)::kill(m_hull.pid, SIGTERM); // not reaped yet, so the number is still its own
}

Result<> Saving::end()
{
    auto status = waitForExit(m_hull, kEndDeadline);
    if (!status)
        return std::move(status).error().withContext("hull checkpoint");
    std::string said(kSaidLimitBytes, '\0');
    const ssize_t count = ::read(m_messages.readEnd.fd(), said.data(), said.size());
    said.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return HullClient::judgeCheckpoint(*status, said);
}

} // namespace twinhull
