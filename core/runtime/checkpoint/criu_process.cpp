// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/criu_process.h"

#include "core/base/descriptor_passing.h"
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/runtime/process/descriptors.h"
#include "core/runtime/process/sync_channel.h"

#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kResponseLimitBytes = 64U << 10U;
constexpr std::size_t kChatterLimitBytes = 64U << 10U;

struct StartPlan {
    const std::string& program; ///< found: a path
    const CriuPlace& place;
    const UniqueFd& output;
};

/// In the order of the numbers that criu knows them by. criu looks up its folders in /proc of the process at the other
/// end of its socket (SO_PEERCRED), which is the one that made it: criu itself.
struct CriuDescriptors {
    UniqueFd socket;
    UniqueFd images;
    UniqueFd work;
};

Result<UniqueFd> openOrNothing(const std::string& path)
{
    return path.empty() ? openPath("/dev/null", O_RDWR) : openPath(path, O_RDONLY | O_DIRECTORY);
}

/// The other end of the socket goes to hull.
Result<CriuDescriptors> makeDescriptors(const StartPlan& plan, const SyncChannel& sync)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return Error::fromErrno(errno, "make a socket for criu");
    CriuDescriptors made{ UniqueFd(ends[0]), {}, {} };
    const UniqueFd hulls(ends[1]);
    auto images = openOrNothing(plan.place.imagePath);
    auto work = openOrNothing(plan.place.workPath);
    if (!images || !work)
        return !images ? std::move(images).error() : std::move(work).error();
    made.images = *std::move(images);
    made.work = *std::move(work);
    auto sent = sync.send(SyncMessage::of(SyncKind::Ready), hulls.fd());
    return sent ? Result<CriuDescriptors>(std::move(made)) : std::move(sent).error();
}

/// Moves everything that criu gets out of the way of the numbers that it gets it as, then there; without CLOEXEC.
Result<> arrangeDescriptors(const StartPlan& plan, const CriuDescriptors& made)
{
    std::vector<int> sources{ made.socket.fd(), made.images.fd(), made.work.fd() };
    sources.insert(sources.end(), plan.place.passed.begin(), plan.place.passed.end());
    const int end = kCriuSocket + static_cast<int>(sources.size());
    for (int& source : sources) {
        source = ::fcntl(source, F_DUPFD_CLOEXEC, end);
        if (source < 0)
            return Error::fromErrno(errno, "pass descriptors on");
    }
    if (::dup2(plan.output.fd(), STDOUT_FILENO) < 0 || ::dup2(plan.output.fd(), STDERR_FILENO) < 0)
        return Error::fromErrno(errno, "pass descriptors on");
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (::dup2(sources[i], kCriuSocket + static_cast<int>(i)) < 0)
            return Error::fromErrno(errno, "pass descriptors on");
    }
    if (::syscall(SYS_close_range, static_cast<unsigned>(end), ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        return Error::fromErrno(errno, "close inherited descriptors");
    return {};
}

/// All but hull's ends, which must be seen to end.
Result<> keepOnlyNeeded(const StartPlan& plan, const SyncChannel& sync)
{
    std::vector<int> kept = plan.place.passed;
    kept.insert(kept.end(), { sync.fd(), plan.output.fd() });
    return closeDescriptorsExcept(std::move(kept), 0);
}

Result<CriuDescriptors> prepare(const StartPlan& plan, const SyncChannel& sync)
{
    if (auto closed = keepOnlyNeeded(plan, sync); !closed)
        return std::move(closed).error();
    auto told = sync.receive();
    if (!told || !*told)
        return Error{ ErrorCode::Cancelled, "hull ended before criu was started", 0, {} };
    if (plan.place.prepare) {
        if (auto prepared = plan.place.prepare(); !prepared)
            return std::move(prepared).error();
    }
    if (::setsid() < 0)
        return Error::fromErrno(errno, "start a session");
    return makeDescriptors(plan, sync);
}

/// Comes back with what stopped it.
Error becomeCriu(const StartPlan& plan, const SyncChannel& sync)
{
    auto made = prepare(plan, sync);
    if (!made)
        return std::move(made).error();
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr); // cannot fail for a valid set
    const std::string number = std::to_string(kCriuSocket);
    const char* const arguments[] = { plan.program.c_str(), "swrk", number.c_str(), nullptr };
    if (auto arranged = arrangeDescriptors(plan, *made); !arranged)
        return std::move(arranged).error();
    ::execve(plan.program.c_str(), const_cast<char**>(arguments), ::environ); // it does not write to them
    return Error::fromErrno(errno, "start " + plan.program);
}

[[noreturn]] void runChild(const StartPlan& plan, SyncChannel sync)
{
    // above the numbers that criu gets: a failed execve is told, one that succeeds closes it
    UniqueFd moved(::fcntl(sync.fd(), F_DUPFD_CLOEXEC, kFirstPassed + static_cast<int>(plan.place.passed.size())));
    if (moved)
        sync = SyncChannel(std::move(moved));
    (void)sync.send(SyncMessage::failure(becomeCriu(plan, sync))); // nobody listens any more: nobody to tell
    ::_exit(1);
}

/// Until it has become criu; its socket then.
Result<UniqueFd> awaitExecution(const SyncChannel& sync)
{
    UniqueFd socket;
    while (true) {
        auto received = sync.receive();
        if (!received)
            return std::move(received).error();
        if (!*received)
            break;
        if ((*received)->message.kind != SyncKind::Ready)
            return (*received)->message.toError();
        socket = std::move((*received)->attached);
    }
    return socket ? Result<UniqueFd>(std::move(socket))
                  : Error{ ErrorCode::Unavailable, "criu's process ended while it was made", 0, {} };
}

} // namespace

Result<> CriuProcess::requireProgram(const std::string& program)
{
    if (!findExecutable(program).empty())
        return {};
    return Error{ ErrorCode::Unavailable, program + " is not installed, and it is what saves and restores processes",
        ENOENT, "Install it (Debian: sudo apt install criu), or name it: hull --criu PROGRAM" };
}

Result<CriuProcess> CriuProcess::start(Syscalls& calls, const std::string& program, const CriuPlace& place)
{
    const std::string path = findExecutable(program);
    if (auto installed = requireProgram(program); !installed)
        return std::move(installed).error();
    CriuProcess criu;
    auto pair = SyncChannel::makePair();
    if (!pair)
        return std::move(pair).error();
    criu.m_output.reset(::memfd_create("criu", MFD_CLOEXEC));
    if (!criu.m_output)
        return Error::fromErrno(errno, "memory file");
    auto child = calls.cloneProcess(place.clone);
    if (!child)
        return std::move(child).error();
    if (child->pid == 0)
        runChild({ path, place, criu.m_output }, std::move(pair->second));
    pair->second.close();
    criu.m_pidfd = std::move(child->pidfd);
    auto done = place.place ? place.place(child->pid) : Result<>();
    if (done)
        done = pair->first.send(SyncMessage::of(SyncKind::GoOn));
    auto socket = done ? awaitExecution(pair->first) : Result<UniqueFd>(std::move(done).error());
    pair->first.close(); // one that still waits ends
    if (!socket)
        return std::move(socket).error();
    criu.m_socket = *std::move(socket);
    return criu;
}

CriuProcess::~CriuProcess()
{
    if (!m_pidfd)
        return;
    m_socket.reset(); // it takes back what is under way, and ends
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(m_pidfd.fd()), &info, WEXITED) != 0 && errno == EINTR) { }
}

Result<CriuResponse> CriuProcess::ask(const std::string& request, const MomentSink& onMoment)
{
    auto sent = sendWithDescriptor(m_socket, request, -1);
    std::optional<Error> stopped;
    std::string buffer(kResponseLimitBytes, '\0');
    while (sent) {
        auto received = receiveWithDescriptor(m_socket, buffer.data(), buffer.size());
        if (received ? received->count == 0 : received.error().sysErrno == ECONNRESET)
            break; // with or without having read what it was asked
        if (!received)
            return std::move(received).error().withContext("criu");
        auto response = decodeResponse(std::string_view(buffer).substr(0, received->count));
        if (!response)
            return response;
        if (response->type != CriuRequest::Notify)
            return stopped ? Result<CriuResponse>(*std::move(stopped)) : std::move(response);
        auto done = stopped ? Result<>(*stopped) : onMoment(*response, received->descriptor);
        if (!done && !stopped)
            stopped = std::move(done).error();
        sent = sendWithDescriptor(m_socket, encodeNotifyAnswer(stopped ? Answer::Stop : Answer::GoOn), -1);
    }
    return stopped ? Result<CriuResponse>(*std::move(stopped)) : CriuResponse();
}

std::string CriuProcess::chatter() const
{
    if (!m_output || ::lseek(m_output.fd(), 0, SEEK_SET) != 0)
        return {};
    auto text = readAll(m_output, kChatterLimitBytes);
    if (!text)
        return {};
    const std::string_view all = trimmed(*text);
    const auto end = all.find_last_of('\n');
    return std::string(end == std::string_view::npos ? all : all.substr(end + 1));
}

} // namespace twinhull::runtime
