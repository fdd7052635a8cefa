// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/guest_channel.h"

#include "core/base/clock.h"
#include "core/ipc/line_buffer.h"
#include "core/vms/guest/guest_socket.h"

#include <QRandomGenerator>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kCancelCheck{ 200 };
/// A guest that has just answered.
constexpr std::chrono::seconds kPromptDeadline{ 2 };

class Question {
public:
    Question(const UniqueFd& fd, GuestAsk ask, Clock::time_point end, const std::function<bool()>& isCancelled)
        : m_fd(fd)
        , m_request{ QRandomGenerator::global()->generate64() >> 1U, ask }
        , m_end(end)
        , m_isCancelled(isCancelled)
        , m_lines(kGuestLineLimitBytes)
    {
    }

    Result<GuestAnswer> run()
    {
        const std::int64_t asked = monotonicNanoseconds();
        // an end of line first: see encodeGuestRequest()
        const std::string text = "\n" + encodeGuestRequest(m_request);
        if (::send(m_fd.fd(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            return Error::fromErrno(errno, "ask the guest's agent");
        while (true) {
            auto answer = readAnswer();
            if (answer)
                answer->askedNanoseconds = asked;
            if (!answer || answer->reply.id == m_request.id)
                return answer;
            if (auto waited = waitForMore(); !waited)
                return std::move(waited).error();
        }
    }

private:
    Result<> waitForMore()
    {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(m_end - Clock::now());
        if (m_isCancelled && m_isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        if (left.count() <= 0)
            return Error{ ErrorCode::Timeout, "the guest's agent did not answer in time", 0, {} };
        pollfd waiting{ m_fd.fd(), POLLIN, 0 };
        (void)::poll(&waiting, 1, static_cast<int>(std::min(left, kCancelCheck).count())); // asked again either way
        return {};
    }

    /// With another id (0) while ours has not come.
    Result<GuestAnswer> readAnswer()
    {
        char buffer[4096];
        const ssize_t count = ::recv(m_fd.fd(), buffer, sizeof buffer, 0);
        if (count == 0
            || (count < 0 && errno == ECONNRESET)) // with the question unread (unix(7)): no link of libvirt's
            return Error{ ErrorCode::Unavailable, "the VM ended", 0, {} };
        if (count < 0)
            return errno == EAGAIN || errno == EINTR ? Result<GuestAnswer>(GuestAnswer{})
                                                     : Error::fromErrno(errno, "hear the guest's agent");
        m_lines.append({ buffer, static_cast<std::size_t>(count) });
        while (const auto line = m_lines.takeLine()) {
            auto reply = decodeGuestReply(*line);
            if (reply && reply->id == m_request.id)
                return GuestAnswer{ std::move(*reply), 0, monotonicNanoseconds() };
        }
        return GuestAnswer{};
    }

    const UniqueFd& m_fd;
    GuestRequest m_request;
    Clock::time_point m_end;
    const std::function<bool()>& m_isCancelled;
    LineBuffer m_lines;
};

} // namespace

std::vector<StartupMark> GuestAnswer::marksOnHostClock() const
{
    std::vector<StartupMark> marks;
    const std::int64_t written = receivedNanoseconds - wayNanoseconds;
    for (const GuestMark& mark : reply.marks)
        marks.push_back({ QString::fromStdString(mark.name), written - mark.ageNanoseconds });
    std::stable_sort(marks.begin(), marks.end(),
        [](const auto& a, const auto& b) { return a.monotonicNanoseconds < b.monotonicNanoseconds; });
    return marks;
}

Result<GuestAnswer> askGuest(const QString& socketPath, GuestAsk ask, std::chrono::milliseconds deadline,
    const std::function<bool()>& isCancelled)
{
    auto fd = connectToGuest(socketPath);
    if (!fd)
        return std::move(fd).error();
    return Question(*fd, ask, Clock::now() + deadline, isCancelled).run();
}

Result<GuestAnswer> awaitGuest(
    const QString& socketPath, std::chrono::milliseconds deadline, const std::function<bool()>& isCancelled)
{
    auto fd = connectToGuest(socketPath);
    if (!fd)
        return std::move(fd).error();
    auto waited = Question(*fd, GuestAsk::Report, Clock::now() + deadline, isCancelled).run();
    if (!waited)
        return waited;
    // on the same connection, so that neither way has QEMU's accept in it
    auto prompt = Question(*fd, GuestAsk::Report, Clock::now() + kPromptDeadline, isCancelled).run();
    if (!prompt)
        return waited; // it may have ended since; its marks are then late by the way back
    prompt->wayNanoseconds = (prompt->receivedNanoseconds - prompt->askedNanoseconds) / 2;
    return prompt;
}

} // namespace twinhull
