// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/copy_job.h"

#include "core/base/text.h"
#include "core/carry/tree_packer.h"
#include "core/copy/carrier_answer.h"
#include "core/copy/descriptor_streams.h"
#include "core/copy/tar_carrier.h"
#include "core/jobs/thread_job.h"

#include <QCoreApplication>
#include <QThreadPool>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

namespace twinhull {

namespace {

/// Counts what goes by and tells the job of it, not more often than a person could read it.
class CopyWatch {
public:
    CopyWatch(JobContext& context, CopyOutcome& outcome) : m_context(context), m_outcome(outcome) { }

    void see(const CarryMessage& message)
    {
        switch (message.kind) {
        case CarryKind::File:
            if (m_outcome.entries == 0)
                m_total = message.bytes; // a file alone
            [[fallthrough]];
        case CarryKind::Folder:
        case CarryKind::Symlink:
            ++m_outcome.entries;
            break;
        case CarryKind::Bytes:
            m_outcome.bytes += message.text.size();
            break;
        case CarryKind::LeftOut:
            if (m_outcome.leftOut++ == 0)
                m_outcome.firstLeftOut = withoutControls(message.name);
            break;
        default:
            break;
        }
        tell();
    }

private:
    void tell()
    {
        using namespace std::chrono_literals;
        const auto now = std::chrono::steady_clock::now();
        if (now - m_told < 100ms)
            return;
        m_told = now;
        m_context.setStep(QString::fromStdString(formatBytes(m_outcome.bytes)));
        m_context.setProgress(static_cast<qint64>(m_outcome.bytes), static_cast<qint64>(m_total));
    }

    JobContext& m_context;
    CopyOutcome& m_outcome;
    std::uint64_t m_total = 0;
    std::chrono::steady_clock::time_point m_told = std::chrono::steady_clock::now();
};

Result<> copyOut(const CopyRequest& request, const InsideRun& run, JobContext& context, CopyOutcome& outcome)
{
    const IsCancelled isCancelled = [&context] { return context.isCancelled(); };
    const std::string name = carriedNameOf(request.source);
    TreeUnpacker unpacker({ request.target, name, request.owner });
    CarryTaker target = [&unpacker](const CarryMessage& message) { return unpacker.take(message); };
    if (request.tarDescriptor >= 0) {
        target = tarTaker(name.empty() ? "." : name,
            [&](std::string_view bytes) { return writePatiently(request.tarDescriptor, bytes, isCancelled); });
    }
    CopyWatch watch(context, outcome);
    CarrierAnswer answer(request.workloadName, [&](const CarryMessage& message) {
        watch.see(message);
        return target(message);
    });
    return answer.outcome(run(answer.streams(-1, isCancelled)));
}

/// What is read here and sent in, on a thread of its own.
class Sending {
public:
    Sending(const CopyRequest& request, JobContext& context, CopyOutcome& outcome)
        : m_request(request), m_context(context), m_watch(context, outcome)
    {
    }
    ~Sending() { (void)end(); } // who wants to know has asked before

    Result<int> begin()
    {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            return Error::fromErrno(errno, "make a pair of sockets");
        m_ours.reset(ends[0]);
        m_theirs.reset(ends[1]);
        m_thread = std::thread([this] { send(); });
        return m_theirs.fd();
    }

    /// Its own failure; a reader that is gone has told why itself.
    Result<> end()
    {
        if (!m_thread.joinable())
            return {};
        m_isOver = true;
        m_theirs.reset();
        m_thread.join();
        const bool isOurs = !m_sent && m_sent.error().sysErrno != EPIPE && m_sent.error().code != ErrorCode::Cancelled;
        return isOurs ? m_sent : Result<>();
    }

private:
    void send()
    {
        const IsCancelled isCancelled = [this] { return m_isOver || m_context.isCancelled(); };
        const CarrySink sink = [&](std::string_view piece) {
            count(piece);
            return writePatiently(m_ours.fd(), piece, isCancelled);
        };
        m_sent = m_request.tarDescriptor >= 0 ? packTar(patientSource(m_request.tarDescriptor, isCancelled), sink)
                                              : packTree({ m_request.source, m_request.followsLink }, sink);
        CarryMessage failed;
        failed.kind = CarryKind::Failed;
        if (!m_sent) // so that nothing is taken for whole
            (void)writePatiently(m_ours.fd(), encodeCarryMessage(failed), isCancelled);
        (void)::shutdown(m_ours.fd(), SHUT_WR); // fails where the reader is gone
    }

    void count(std::string_view piece)
    {
        m_decoder.append(piece);
        if (const auto message = m_decoder.take(); message && *message)
            m_watch.see(**message);
    }

    const CopyRequest& m_request;
    JobContext& m_context;
    CopyWatch m_watch;
    CarryDecoder m_decoder;
    UniqueFd m_ours;
    UniqueFd m_theirs;
    std::atomic<bool> m_isOver = false;
    Result<> m_sent;
    std::thread m_thread;
};

Result<> copyIn(const CopyRequest& request, const InsideRun& run, JobContext& context, CopyOutcome& outcome)
{
    Sending sending(request, context, outcome);
    const auto input = sending.begin();
    if (!input)
        return input.error();
    CarrierAnswer answer(request.workloadName, [](const CarryMessage&) { return Result<>(); });
    const auto status = run(answer.streams(*input, [&context] { return context.isCancelled(); }));
    if (auto sent = sending.end(); !sent)
        return sent;
    return answer.outcome(status);
}

} // namespace

std::unique_ptr<Job> copyOutJob(CopyRequest request, InsideRun run, std::shared_ptr<CopyOutcome> outcome)
{
    const QString title = ThreadJob::tr("Copy from %1").arg(QString::fromStdString(request.workloadName));
    return std::make_unique<ThreadJob>(title, copyPool(),
        [request = std::move(request), run = std::move(run), outcome = std::move(outcome)](
            JobContext& context) { return copyOut(request, run, context, *outcome); });
}

std::unique_ptr<Job> copyInJob(CopyRequest request, InsideRun run, std::shared_ptr<CopyOutcome> outcome)
{
    const QString title = ThreadJob::tr("Copy to %1").arg(QString::fromStdString(request.workloadName));
    return std::make_unique<ThreadJob>(title, copyPool(),
        [request = std::move(request), run = std::move(run), outcome = std::move(outcome)](
            JobContext& context) { return copyIn(request, run, context, *outcome); });
}

QThreadPool* copyPool()
{
    constexpr int kMostAtOnce = 32;
    static QThreadPool pool;
    [[maybe_unused]] static const bool isReady = [] {
        pool.setMaxThreadCount(kMostAtOnce);
        qAddPostRoutine([] { pool.waitForDone(); }); // as the pool of all does
        return true;
    }();
    return &pool;
}

Result<InsideCommand> carrierCommand(const CopyRequest& request, CopyDirection direction)
{
    if (direction == CopyDirection::Out)
        return carrierCommand({ "pack", request.followsLink ? "follow" : "as-link", request.source });
    const std::string name = request.tarDescriptor >= 0 ? std::string() : carriedNameOf(request.source);
    return carrierCommand({ "unpack", request.owner == CarriedOwner::Kept ? "keep" : "own", request.target, name });
}

std::string carriedNameOf(const std::string& path)
{
    if (path == "." || path.ends_with("/."))
        return {};
    const auto last = path.find_last_not_of('/');
    if (last == std::string::npos)
        return {};
    const auto slash = path.find_last_of('/', last);
    const std::string name = path.substr(slash + 1, last - slash);
    return name == ".." ? std::string() : name;
}

} // namespace twinhull
