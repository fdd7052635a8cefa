// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/console_stream.h"

#include "core/vms/link/libvirt_events.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/vms/link/mailbox.h"
#include "core/vms/link/session_daemon.h"

#include <csignal>
#include <map>
#include <optional>
#include <thread>

namespace twinhull {

namespace {

constexpr std::size_t kConsolePieceBytes = 16384;
constexpr qsizetype kMostUntakenBytes = 256 * 1024; ///< told and not worked on yet; above it nothing is read
constexpr int kWouldBlock = -2; ///< of virStreamSend and virStreamRecv
constexpr int kConsoleKeepAliveSeconds = 5;
constexpr unsigned kConsoleKeepAliveCount = 3;
constexpr std::chrono::milliseconds kSendPause{ 50 };
constexpr std::chrono::milliseconds kStopLookPause{ 100 };
constexpr int kStopLooks = 20; ///< a stream may end before libvirt knows that the domain does

Error takenByAnother(const std::string& what)
{
    return { ErrorCode::Busy, what + ": another has it open", 0, "Close the other one, or take it over." };
}

/// libvirt writes to connections that are gone.
void blockBrokenPipe()
{
    sigset_t broken;
    ::sigemptyset(&broken);
    ::sigaddset(&broken, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken, nullptr);
}

/// What callbacks of libvirt are given in place of a pointer: one may be called once more after it was removed, and
/// libvirt 9.0 does not free what a stream's callback was given (remoteStreamCallbackFree). Thread-safe.
class ConsoleNumbers {
public:
    static ConsoleNumbers& all()
    {
        static auto* const numbers = new ConsoleNumbers; // for ever: the event thread ends after what is static
        return *numbers;
    }

    void* add(const std::shared_ptr<void>& core)
    {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_cores, [](const auto& each) { return each.second.expired(); });
        m_cores[++m_last] = core;
        return reinterpret_cast<void*>(m_last);
    }

    std::shared_ptr<void> find(void* number)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_cores.find(reinterpret_cast<std::uintptr_t>(number));
        return found == m_cores.end() ? nullptr : found->second.lock();
    }

private:
    std::mutex m_mutex;
    std::map<std::uintptr_t, std::weak_ptr<void>> m_cores;
    std::uintptr_t m_last = 0;
};

} // namespace

struct ConsoleStream::Core : std::enable_shared_from_this<Core> {
    Core(ConsoleTarget asked, ConsoleStream* session) : target(std::move(asked)), mailbox(session), q(session) { }

    const ConsoleTarget target;
    Mailbox mailbox;
    ConsoleStream* const q; // only for what the mailbox carries
    std::mutex mutex;
    std::condition_variable changed;
    QByteArray waiting; // for the guest
    qsizetype untaken = 0;
    bool isHeld = false; // nothing is read
    bool isStopping = false;
    bool hasEnded = false;
    std::optional<Error> failure; // of the stream; absent where it just ended

    ConnectionHandle connection;
    DomainHandle domain;
    StreamHandle stream;

    void run();
    Result<> open();
    Result<> listen();
    Result<> serve();
    Result<> send(const QByteArray& bytes);
    Error endReason();
    bool pause(std::chrono::milliseconds time);
    void onStream(virStreamPtr source, int events);
    void take(QByteArray bytes);
    void stop(std::optional<Error> why);
    void onTaken(qsizetype count);
    std::string what() const { return "open the console " + target.alias.toStdString() + " of " + target.name; }
};

Result<> ConsoleStream::Core::open()
{
    ensureLibvirtEvents();
    connection.reset(virConnectOpen(effectiveUri(target.uri).toUtf8().constData()));
    if (!connection)
        return libvirtError("connect to libvirt");
    (void)virConnectSetKeepAlive(connection.get(), kConsoleKeepAliveSeconds, kConsoleKeepAliveCount); // local ones: no
    auto found = findDomain(connection.get(), target.uuid);
    if (!found)
        return std::move(found).error();
    domain = *std::move(found);
    if (virDomainIsActive(domain.get()) != 1)
        return Error{ ErrorCode::Unavailable, "it does not run", 0, "Start it first." };
    stream.reset(virStreamNew(connection.get(), VIR_STREAM_NONBLOCK));
    if (!stream)
        return libvirtError("make a stream");
    const unsigned flags = target.takeover == ConsoleTakeover::Yes ? VIR_DOMAIN_CONSOLE_FORCE : 0;
    if (virDomainOpenConsole(domain.get(), target.alias.toUtf8().constData(), stream.get(), flags) == 0)
        return listen();
    // qemuDomainOpenConsole() has this number for one that is in use, and for nothing else
    if (virGetLastErrorCode() == VIR_ERR_OPERATION_FAILED)
        return takenByAnother("it is in use");
    return libvirtError("ask libvirt");
}

Result<> ConsoleStream::Core::listen()
{
    static const auto coreOf
        = [](void* number) { return std::static_pointer_cast<Core>(ConsoleNumbers::all().find(number)); };
    void* const number = ConsoleNumbers::all().add(shared_from_this());
    const auto onClose = [](virConnectPtr, int, void* opaque) {
        if (const auto core = coreOf(opaque))
            core->stop({});
    };
    const auto onEvent = [](virStreamPtr source, int events, void* opaque) {
        if (const auto core = coreOf(opaque))
            core->onStream(source, events);
    };
    const int events = VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP;
    // a stream is not told that its connection is gone
    if (virConnectRegisterCloseCallback(connection.get(), onClose, number, nullptr) != 0
        || virStreamEventAddCallback(stream.get(), events, onEvent, number, nullptr) != 0)
        return libvirtError("listen to it");
    return {};
}

/// libvirt's event thread.
void ConsoleStream::Core::onStream(virStreamPtr source, int events)
{
    const auto end = [&](std::optional<Error> why) {
        (void)virStreamEventUpdateCallback(source, 0); // else it is called again and again
        stop(std::move(why));
    };
    if ((events & VIR_STREAM_EVENT_READABLE) == 0)
        return end({});
    QByteArray piece(kConsolePieceBytes, Qt::Uninitialized);
    const int count = virStreamRecv(source, piece.data(), kConsolePieceBytes);
    if (count == kWouldBlock)
        return;
    if (count <= 0)
        return end(count == 0 ? std::optional<Error>() : libvirtError("read it"));
    piece.truncate(count);
    take(std::move(piece));
    const std::lock_guard lock(mutex);
    isHeld = untaken > kMostUntakenBytes;
    if (isHeld)
        (void)virStreamEventUpdateCallback(source, VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP);
}

void ConsoleStream::Core::take(QByteArray bytes)
{
    {
        const std::lock_guard lock(mutex);
        untaken += bytes.size();
    }
    mailbox.post([core = shared_from_this(), bytes = std::move(bytes)] {
        Q_EMIT core->q->received(bytes);
        core->onTaken(bytes.size());
    });
}

void ConsoleStream::Core::onTaken(qsizetype count)
{
    const std::lock_guard lock(mutex);
    untaken -= count;
    changed.notify_all();
}

void ConsoleStream::Core::stop(std::optional<Error> why)
{
    const std::lock_guard lock(mutex);
    if (!hasEnded)
        failure = std::move(why);
    hasEnded = true;
    changed.notify_all();
}

/// False once it is to stop.
bool ConsoleStream::Core::pause(std::chrono::milliseconds time)
{
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [this] { return isStopping; });
}

Result<> ConsoleStream::Core::send(const QByteArray& bytes)
{
    const char* at = bytes.constData();
    std::size_t left = static_cast<std::size_t>(bytes.size());
    while (left > 0) {
        const int count = virStreamSend(stream.get(), at, left);
        if (count == kWouldBlock) {
            if (!pause(kSendPause))
                return {};
            continue;
        }
        if (count < 0)
            return libvirtError("write to it");
        at += count;
        left -= static_cast<std::size_t>(count);
    }
    return {};
}

/// Until it ends or is to stop. What came before the end is told before it.
Result<> ConsoleStream::Core::serve()
{
    std::unique_lock lock(mutex);
    const auto mustRead = [this] { return isHeld && untaken <= kMostUntakenBytes / 2; };
    while (true) {
        changed.wait(lock, [&] { return isStopping || hasEnded || !waiting.isEmpty() || mustRead(); });
        if (isStopping || hasEnded)
            return failure ? Result<>(*failure) : Result<>();
        if (mustRead()) {
            isHeld = false;
            lock.unlock();
            (void)virStreamEventUpdateCallback(
                stream.get(), VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP);
            lock.lock();
            continue;
        }
        const QByteArray piece = waiting.left(kConsolePieceBytes);
        lock.unlock();
        if (auto sent = send(piece); !sent)
            return sent;
        lock.lock();
        waiting.remove(0, piece.size());
        if (waiting.isEmpty())
            mailbox.post([core = shared_from_this()] { Q_EMIT core->q->drained(); });
    }
}

/// Of a stream that ended by itself: the domain has stopped, the connection is lost, or another took it.
Error ConsoleStream::Core::endReason()
{
    for (int look = 0; look < kStopLooks; ++look) {
        const int isActive = virDomainIsActive(domain.get());
        if (isActive == 0)
            return { ErrorCode::Unavailable, target.name + " has stopped", 0, {} };
        if (isActive < 0)
            return { ErrorCode::Unavailable,
                libvirtError("the console of " + target.name + " was lost with the connection to libvirt").message, 0,
                "See whether libvirt runs, and open it again." };
        if (!pause(kStopLookPause))
            break;
    }
    return takenByAnother("the console " + target.alias.toStdString() + " of " + target.name + " was closed");
}

void ConsoleStream::Core::run()
{
    blockBrokenPipe();
    std::optional<Error> reason;
    if (auto ready = open(); !ready) {
        reason = std::move(ready).error().withContext(what());
    } else {
        mailbox.post([core = shared_from_this()] { Q_EMIT core->q->opened(); });
        const auto served = serve();
        (void)virStreamEventRemoveCallback(stream.get()); // it may be gone with the connection
        (void)virStreamAbort(stream.get()); // likewise
        reason = endReason();
        if (reason->code == ErrorCode::Busy && !served)
            reason->message += " (" + served.error().message + ")"; // of another, as far as libvirt tells
    }
    stream.reset();
    domain.reset();
    connection.reset();
    mailbox.post([core = shared_from_this(), reason = *reason] { Q_EMIT core->q->ended(reason); });
}

ConsoleStream::ConsoleStream(ConsoleTarget target, std::shared_ptr<ConsoleThreads> threads)
    : m_core(std::make_shared<Core>(std::move(target), this))
{
    threads->begin();
    std::thread([core = m_core, threads = std::move(threads)] {
        core->run();
        threads->end();
    }).detach(); // its end is awaited through ConsoleThreads
}

ConsoleStream::~ConsoleStream()
{
    m_core->mailbox.close();
    const std::lock_guard lock(m_core->mutex);
    m_core->isStopping = true;
    m_core->changed.notify_all();
}

bool ConsoleStream::write(const QByteArray& bytes)
{
    const std::lock_guard lock(m_core->mutex);
    if (m_core->waiting.size() + bytes.size() > kMostWaitingBytes)
        return false;
    m_core->waiting += bytes;
    m_core->changed.notify_all();
    return true;
}

void ConsoleThreads::begin()
{
    const std::lock_guard lock(m_mutex);
    ++m_count;
}

void ConsoleThreads::end()
{
    const std::lock_guard lock(m_mutex);
    --m_count;
    m_changed.notify_all();
}

void ConsoleThreads::waitForNone(std::chrono::milliseconds atMost)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, atMost, [this] { return m_count == 0; });
}

} // namespace twinhull
