// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/keeper_process.h"

#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/number_list.h"
#include "core/base/subprocess.h"
#include "core/keeper/keeper.h"
#include "core/keeper/keeper_namespaces.h"
#include "core/keeper/keeper_socket.h"
#include "core/monitor/keeper_link.h"
#include "core/monitor/network_helper.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bitset>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <optional>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kFirstRequestTime = 15s; // without anybody in it after that it ends
constexpr const char* kHelperPidName = "/helper.pid";

Result<UniqueFd> lockStart(const std::string& folder)
{
    auto file = openPath(folder + "/start.lock", O_RDWR | O_CREAT | O_NOFOLLOW);
    while (file && ::flock(file->fd(), LOCK_EX) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "lock " + folder);
    }
    return file;
}

std::optional<pid_t> pidIn(const std::string& path)
{
    const auto text = readFile(path, 64);
    pid_t pid = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), pid).ec != std::errc() || pid <= 1)
        return std::nullopt;
    return pid;
}

/// While it runs, the network of the keeper before stays.
void endStaleHelper(const std::string& folder)
{
    const auto pid = pidIn(folder + kHelperPidName);
    if (!pid)
        return;
    if (const auto helper = findNetworkHelper(*pid))
        endNetworkHelper(helper);
    (void)::unlink((folder + kHelperPidName).c_str()); // written anew in a moment
}

/// All processors: the first container's are not those of all.
void useAllCpus()
{
    std::bitset<kNumberListEnd> all;
    all.set();
    (void)::syscall(SYS_sched_setaffinity, 0, sizeof all, &all); // the kernel leaves out what there is not
}

/// Each connection to a port on IPv6 takes two.
void allowManyDescriptors()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit); // a relay that gets none rests
}

Result<> standApart(const std::string& folder)
{
    sigset_t none;
    ::sigemptyset(&none);
    ::signal(SIGPIPE, SIG_IGN);
    if (::setsid() < 0 || ::chdir("/") != 0 || ::sigprocmask(SIG_SETMASK, &none, nullptr) != 0)
        return Error::fromErrno(errno, "leave the starter");
    auto null = openPath("/dev/null", O_RDWR);
    if (!null)
        return std::move(null).error();
    auto said = openPath(folder + "/keeper.log", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!said)
        return std::move(said).error();
    for (const auto& [fd, target] : { std::pair{ null->fd(), STDIN_FILENO }, std::pair{ null->fd(), STDOUT_FILENO },
             std::pair{ said->fd(), STDERR_FILENO } }) {
        if (::dup2(fd, target) < 0)
            return Error::fromErrno(errno, "close standard descriptors");
    }
    return {};
}

/// The pid that the starter tells at last.
Result<UniqueFd> awaitHelper(const UniqueFd& fromStarter)
{
    auto text = readAll(fromStarter, 64);
    pid_t pid = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), pid).ec != std::errc() || pid <= 1)
        return Error{ ErrorCode::Cancelled, "its starter has ended", 0, {} };
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    return pidfd ? Result<UniqueFd>(std::move(pidfd)) : Error::fromErrno(errno, "the network helper");
}

Result<> offerUserNamespace(const KeeperArguments& arguments)
{
    const std::string path = arguments.folder + "/" + kKeeperUserNamespaceName;
    (void)::unlink(path.c_str()); // of the keeper before; may be missing
    if (arguments.users.empty())
        return {};
    const std::string target = "/proc/" + std::to_string(::getpid()) + "/ns/user";
    return ::symlink(target.c_str(), path.c_str()) == 0 ? Result<>() : Error::fromErrno(errno, "make " + path);
}

bool isSlirp(const std::string& path)
{
    return path.substr(path.find_last_of('/') + 1) == "slirp4netns";
}

/// From a process in its namespaces to the end of the keeper. `toStarter` hears when it listens.
Result<> keep(const KeeperArguments& arguments, UniqueFd& toStarter, const UniqueFd& helper, WayOut out)
{
    const std::string nft = findExecutable("nft");
    if (nft.empty())
        return Error{ ErrorCode::Unavailable, "the program nft is not installed", ENOENT,
            "Install the package nftables: sudo apt install nftables" };
    auto loop = EventLoop::create();
    auto patience = Deadline::create();
    if (!loop || !patience)
        return loop ? std::move(patience).error() : std::move(loop).error();
    std::unique_ptr<Keeper> keeper;
    std::unique_ptr<KeeperSocket> socket;
    bool wasUsed = false; // a starter that only looks whether one is there does not end it
    const auto endIfUnused = [&] {
        if (wasUsed && keeper->isEmpty() && !socket->hasClients())
            loop->stop();
    };
    auto made = Keeper::create(*loop, { arguments.folder, nft, isSlirp(arguments.networkHelper), out, endIfUnused });
    if (!made)
        return std::move(made).error();
    keeper = *std::move(made);
    auto listening = KeeperSocket::listen(*loop, arguments.folder,
        { [&](const KeeperRequest& request, UniqueFd given) {
             if (request.verb == KeeperVerb::Greet)
                 return Result<KeeperReply>(KeeperReply{ ::getpid(), {} });
             if (request.verb == KeeperVerb::Listen)
                 return keeper->listen(request, std::move(given));
             wasUsed = true;
             if (request.verb == KeeperVerb::Rename)
                 return keeper->rename(request);
             return keeper->connect(request);
         },
            endIfUnused });
    if (!listening)
        return std::move(listening).error();
    socket = *std::move(listening);
    auto ready = offerUserNamespace(arguments);
    if (ready)
        ready = patience->set(kFirstRequestTime);
    if (ready)
        ready = loop->watch(patience->fd(), EPOLLIN, [&](std::uint32_t) {
            patience->clear();
            wasUsed = true;
            endIfUnused();
        });
    if (ready)
        ready = loop->watch(helper.fd(), EPOLLIN, [&](std::uint32_t) { loop->stop(); }); // monitors start another
    if (ready)
        ready = writeAll(toStarter, encodeKeeperReply(KeeperReply{ ::getpid(), {} }));
    toStarter.reset();
    return ready ? loop->run() : std::move(ready);
}

[[noreturn]] void runKeeper(const KeeperArguments& arguments, UniqueFd toStarter, UniqueFd fromStarter)
{
    allowManyDescriptors();
    const WayOut out = wayOut(); // seen from where the helper is
    auto done = standApart(arguments.folder);
    if (done)
        done = enterKeeperNamespaces(arguments, toStarter, fromStarter);
    auto helper = done ? awaitHelper(fromStarter) : Result<UniqueFd>(std::move(done).error());
    fromStarter.reset();
    if (helper) {
        done = keep(arguments, toStarter, *helper, out);
        endNetworkHelper(*helper);
    } else {
        done = std::move(helper).error();
    }
    if (!done)
        log(LogLevel::Error, done.error());
    if (!done && toStarter) { // who tells it
        (void)writeAll(toStarter, encodeKeeperReply(Result<KeeperReply>(done.error())));
    }
    ::_exit(done ? 0 : 1);
}

Result<UniqueFd> makeLife(UniqueFd& writeEnd)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    writeEnd.reset(ends[1]);
    return UniqueFd(ends[0]);
}

Result<> startHelperFor(const KeeperArguments& arguments, pid_t keeper, const UniqueFd& life, const UniqueFd& toKeeper)
{
    auto log = openPath(arguments.folder + "/helper.log", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!log)
        return std::move(log).error();
    auto helper = startNetworkHelper({ arguments.networkHelper, arguments.folder, keeper, {}, log->fd(), life.fd() });
    if (!helper)
        return std::move(helper).error();
    const std::string pid = std::to_string(helper->pid);
    auto written = writeFileAtomically(arguments.folder + kHelperPidName, pid);
    return written ? writeAll(toKeeper, pid) : std::move(written);
}

/// What the keeper says when it listens, or why it does not.
Result<> awaitKeeper(const UniqueFd& fromKeeper)
{
    auto line = readAll(fromKeeper, kKeeperLineLimitBytes);
    if (!line)
        return std::move(line).error();
    if (line->empty())
        return Error{ ErrorCode::Unavailable, "network-keeper ended without a word", 0, {} };
    auto reply = decodeKeeperReply(*line);
    return reply ? Result<>() : std::move(reply).error();
}

} // namespace

Result<> startKeeper(const KeeperArguments& arguments)
{
    useAllCpus();
    if (auto made = makeFolders(arguments.folder); !made)
        return made;
    auto lock = lockStart(arguments.folder);
    if (!lock)
        return std::move(lock).error();
    if (KeeperLink::find(arguments.folder))
        return {};
    endStaleHelper(arguments.folder);
    UniqueFd lifeEnd;
    UniqueFd toKeeperEnd;
    UniqueFd fromKeeperEnd;
    auto life = makeLife(lifeEnd);
    auto toKeeper = makeLife(toKeeperEnd); // its reading end is the keeper's
    auto fromKeeper = makeLife(fromKeeperEnd);
    if (!life || !toKeeper || !fromKeeper)
        return Error::fromErrno(EMFILE, "make the pipes of network-keeper");
    const pid_t pid = ::fork();
    if (pid < 0)
        return Error::fromErrno(errno, "fork");
    if (pid == 0) {
        lock->reset(); // else it would be held for as long as the keeper lives
        life->reset();
        fromKeeper->reset();
        toKeeperEnd.reset();
        runKeeper(arguments, std::move(fromKeeperEnd), *std::move(toKeeper)); // holds lifeEnd to its own end
    }
    lifeEnd.reset();
    fromKeeperEnd.reset();
    toKeeper->reset();
    KeeperPipes pipes{ *std::move(fromKeeper), std::move(toKeeperEnd) };
    auto done = assistKeeperNamespaces(arguments, pid, pipes);
    if (done)
        done = startHelperFor(arguments, pid, *life, pipes.toKeeper);
    pipes.toKeeper.reset();
    auto told = awaitKeeper(pipes.fromKeeper); // its own word says more than that it ended
    const bool isWordless = !told && told.error().message.find("without a word") != std::string::npos;
    return !done && (told || isWordless || done.error().code != ErrorCode::Cancelled) ? std::move(done)
                                                                                      : std::move(told);
}

} // namespace twinhull
