// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/libvirt_link.h"

#include "core/vms/link/connection_hint.h"
#include "core/vms/domain/domain_changes.h"
#include "core/vms/link/libvirt_events.h"
#include "core/vms/link/session_daemon.h"
#include "core/workload/workload_connection.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace twinhull {

namespace {

using std::chrono::seconds;

constexpr seconds kFirstPause{ 1 };
constexpr seconds kLongestPause{ 30 };
constexpr seconds kEndDeadline{ 2 };
constexpr seconds kRefreshDeadline{ 5 };
constexpr seconds kLookPause{ 10 }; ///< between two looks for what no event tells
constexpr seconds kLongSilence{ 8 };
constexpr seconds kLongestSilence{ 12 }; ///< longer than what all is listed anew after
/// libvirtd takes five calls of a connection at once (max_client_requests of libvirtd.conf) and lets the others wait,
/// the link's own too: with one QEMU that hangs, all would. A job makes two at most.
constexpr long kMostSharing = 2;
/// virConnectOpen() has no limit of its own: over ssh it takes what TCP takes to give up, and a host that accepts and
/// says nothing is waited for without end. Long enough for a key's passphrase prompt of an agent and a slow line.
constexpr seconds kLongestOpening{ 30 };
constexpr int kKeepAliveSeconds = 5;
constexpr unsigned kKeepAliveCount = 3;

} // namespace

struct LibvirtLink::Core : std::enable_shared_from_this<Core> {
    QString uri;
    QString name; // of the connection
    DataFolders folders;
    LinkListener listener;
    HypervisorPlace place = HypervisorPlace::Here;

    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    std::deque<QString> toRead; // keys
    QString reading; // the key under way
    std::map<QString, std::uint64_t> readCounts;
    std::map<QString, bool> active;
    ConnectionHandle connection; // null while there is none
    std::shared_ptr<void> lease = std::make_shared<int>(); // of those who share it
    bool isBroken = false;
    bool isStopping = false;
    bool hasEnded = false;
    QDateTime lastAnswer;
    std::optional<std::chrono::steady_clock::time_point> asked; // of the call that is waited for
    std::optional<std::chrono::steady_clock::time_point> opening; // since when it connects
    std::chrono::steady_clock::time_point stopDeadline{}; // once it is stopping

    void run();
    Result<> connect();
    void follow();
    void disconnect();
    Result<> listAll(virConnectPtr link);
    void readOne(const QString& uuid);
    std::optional<QString> nextToRead(std::chrono::steady_clock::time_point deadline);
    bool isOver() const;
    bool pause(seconds time);
    void noteAnswer();
    seconds finishAsking();
    void beginAsking();
    bool isListedAfterSilence(seconds silence);
    QString keyOf(const QString& uuid) const { return keyOn(name, withoutConnection(uuid)); }
    void push(const QString& uuid);
    void subscribe(virConnectPtr link);
    Result<ConnectionHandle> open() const;
    void keepAlive(virConnectPtr link) const;

    template <typename Function, typename... Arguments>
    void tell(Function LinkListener::*function, Arguments&&... arguments)
    {
        {
            const std::lock_guard lock(mutex);
            if (isStopping)
                return;
        }
        (listener.*function)(std::forward<Arguments>(arguments)...);
    }
};

/// libvirt keeps a weak reference: an event may come after the link has gone.
template <typename Core>
struct EventTarget {
    std::weak_ptr<Core> core;

    static void release(void* opaque) { delete static_cast<EventTarget*>(opaque); }

    static int onLifecycle(virConnectPtr, virDomainPtr domain, int, int, void* opaque)
    {
        if (const auto core = static_cast<EventTarget*>(opaque)->core.lock())
            core->push(uuidOf(domain));
        return 0;
    }

    static void onBalloon(virConnectPtr, virDomainPtr domain, unsigned long long, void* opaque)
    {
        (void)onLifecycle(nullptr, domain, 0, 0, opaque);
    }

    static void onClose(virConnectPtr, int, void* opaque)
    {
        if (const auto core = static_cast<EventTarget*>(opaque)->core.lock()) {
            const std::lock_guard lock(core->mutex);
            core->isBroken = true;
            core->changed.notify_all();
        }
    }
};

void LibvirtLink::Core::push(const QString& uuid)
{
    const QString key = keyOf(uuid);
    const std::lock_guard lock(mutex);
    if (std::find(toRead.begin(), toRead.end(), key) == toRead.end())
        toRead.push_back(key);
    changed.notify_all();
}

void LibvirtLink::Core::noteAnswer()
{
    const std::lock_guard lock(mutex);
    lastAnswer = QDateTime::currentDateTime();
}

void LibvirtLink::Core::beginAsking()
{
    const std::lock_guard lock(mutex);
    asked = std::chrono::steady_clock::now();
}

/// How long it took.
seconds LibvirtLink::Core::finishAsking()
{
    const std::lock_guard lock(mutex);
    const auto took = std::chrono::steady_clock::now() - asked.value_or(std::chrono::steady_clock::now());
    asked.reset();
    return std::chrono::duration_cast<seconds>(took);
}

/// What hung was taken for lost meanwhile. False when it is.
bool LibvirtLink::Core::isListedAfterSilence(seconds silence)
{
    return silence < kLongSilence || listAll(connection.get());
}

void LibvirtLink::Core::run()
{
    ensureLibvirtEvents();
    seconds wait = kFirstPause;
    while (true) {
        if (auto connected = connect(); connected) {
            wait = kFirstPause;
            follow();
            tell(&LinkListener::lost, Error{ ErrorCode::Unavailable, "the connection to libvirt ended", 0, {} });
        } else {
            tell(&LinkListener::lost, withNextStep(std::move(connected).error(), uri));
        }
        disconnect();
        if (!pause(wait))
            break;
        wait = std::min(wait * 2, kLongestPause);
    }
    const std::lock_guard lock(mutex);
    hasEnded = true;
    changed.notify_all();
}

/// Of a daemon here the kernel tells when it ends. In libvirt 9.0 a ping that was due while a call waited for a daemon
/// that was stopped and then killed has ended the program, so none where none is needed.
void LibvirtLink::Core::keepAlive(virConnectPtr link) const
{
    if (place == HypervisorPlace::Elsewhere)
        (void)virConnectSetKeepAlive(link, kKeepAliveSeconds, kKeepAliveCount);
}

Result<ConnectionHandle> LibvirtLink::Core::open() const
{
    ConnectionHandle link(virConnectOpen(effectiveUri(uri).toUtf8().constData()));
    if (!link)
        return libvirtError("open " + uri.toStdString());
    keepAlive(link.get());
    return link;
}

void LibvirtLink::Core::subscribe(virConnectPtr link)
{
    using Target = EventTarget<Core>;
    auto* onClose = new Target{ weak_from_this() };
    const bool isInside = uri.startsWith(u"test:"); // it takes the callback and never frees it (libvirt-host.c)
    if (isInside || virConnectRegisterCloseCallback(link, &Target::onClose, onClose, &Target::release) != 0)
        Target::release(onClose);
    auto* onEvent = new Target{ weak_from_this() };
    if (virConnectDomainEventRegisterAny(link, nullptr, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
            VIR_DOMAIN_EVENT_CALLBACK(&Target::onLifecycle), onEvent, &Target::release)
        < 0)
        Target::release(onEvent);
    auto* onBalloon = new Target{ weak_from_this() };
    if (virConnectDomainEventRegisterAny(link, nullptr, VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE,
            VIR_DOMAIN_EVENT_CALLBACK(&Target::onBalloon), onBalloon, &Target::release)
        < 0)
        Target::release(onBalloon); // the next look finds it
}

Result<> LibvirtLink::Core::connect()
{
    if (auto ready = ensureSessionDaemon(effectiveUri(uri)); !ready)
        return ready;
    {
        const std::lock_guard lock(mutex);
        opening = std::chrono::steady_clock::now();
    }
    auto link = open();
    {
        const std::lock_guard lock(mutex);
        opening.reset();
    }
    if (!link)
        return std::move(link).error();
    virConnectPtr raw = link->get();
    subscribe(raw); // before the list, so that nothing falls between
    {
        const std::lock_guard lock(mutex);
        connection = *std::move(link);
        isBroken = false;
        toRead.clear();
    }
    return listAll(raw);
}

Result<> LibvirtLink::Core::listAll(virConnectPtr link)
{
    virDomainPtr* domains = nullptr;
    const int count = virConnectListAllDomains(link, &domains, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    std::vector<DomainHandle> handles(domains, domains + count);
    ::free(domains);
    std::vector<DomainSnapshot> snapshots;
    std::map<QString, bool> nowActive;
    for (const DomainHandle& domain : handles) {
        auto snapshot = snapshotOf(domain.get(), folders, place, name);
        if (!snapshot) // undefined meanwhile; an event tells
            continue;
        nowActive[snapshot->info.id.key] = snapshot->isActive;
        snapshots.push_back(std::move(*snapshot));
    }
    {
        const std::lock_guard lock(mutex);
        active = std::move(nowActive);
        changed.notify_all();
    }
    noteAnswer();
    tell(&LinkListener::listed, std::move(snapshots));
    return {};
}

bool LibvirtLink::Core::isOver() const
{
    const std::lock_guard lock(mutex);
    return isStopping || isBroken;
}

/// Nothing where none is due until then.
std::optional<QString> LibvirtLink::Core::nextToRead(std::chrono::steady_clock::time_point deadline)
{
    std::unique_lock lock(mutex);
    changed.wait_until(lock, deadline, [this] { return isStopping || isBroken || !toRead.empty(); });
    if (isStopping || isBroken || toRead.empty())
        return std::nullopt;
    reading = toRead.front();
    toRead.pop_front();
    return reading;
}

void LibvirtLink::Core::follow()
{
    DomainChanges changes;
    auto nextLook = std::chrono::steady_clock::now();
    while (!isOver()) {
        if (std::chrono::steady_clock::now() >= nextLook) {
            beginAsking();
            for (const QString& uuid : changes.since(connection.get())) // only this thread replaces the connection
                push(uuid);
            if (!isListedAfterSilence(finishAsking()))
                return;
            if (virConnectIsAlive(connection.get()) == 1) // else the look failed
                noteAnswer();
            nextLook = std::chrono::steady_clock::now() + kLookPause;
        }
        const auto uuid = nextToRead(nextLook);
        if (!uuid)
            continue;
        beginAsking();
        readOne(*uuid);
        if (!isListedAfterSilence(finishAsking()))
            return;
        const std::lock_guard lock(mutex);
        reading.clear();
        ++readCounts[*uuid];
        changed.notify_all();
    }
}

void LibvirtLink::Core::readOne(const QString& uuid)
{
    const auto domain = findDomain(connection.get(), uuid); // only this thread replaces the connection
    if (!domain) {
        if (domain.error().code != ErrorCode::NotFound)
            return; // the connection broke; the list after the next connect tells
        tell(&LinkListener::removed, uuid);
        const std::lock_guard lock(mutex);
        active.erase(uuid);
        return;
    }
    auto snapshot = snapshotOf(domain->get(), folders, place, name);
    if (!snapshot)
        return;
    const bool isActive = snapshot->isActive;
    tell(&LinkListener::changed, std::move(*snapshot));
    const std::lock_guard lock(mutex);
    active[uuid] = isActive;
}

void LibvirtLink::Core::disconnect()
{
    ConnectionHandle old;
    {
        const std::lock_guard lock(mutex);
        old = std::move(connection);
    }
}

/// False when it is time to end.
bool LibvirtLink::Core::pause(seconds time)
{
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [this] { return isStopping; });
}

LibvirtLink::LibvirtLink(QString uri, DataFolders folders, LinkListener listener, QString connection)
    : m_core(std::make_shared<Core>())
{
    m_core->name = std::move(connection);
    m_core->place = placeOf(uri);
    m_core->uri = std::move(uri);
    m_core->folders = std::move(folders);
    m_core->listener = std::move(listener);
    std::thread([core = m_core] { core->run(); }).detach(); // its end is awaited below
}

LibvirtLink::~LibvirtLink()
{
    stop();
    std::unique_lock lock(m_core->mutex);
    m_core->changed.wait_until(lock, m_core->stopDeadline, [this] { return m_core->hasEnded; });
}

void LibvirtLink::stop()
{
    const std::lock_guard lock(m_core->mutex);
    if (std::exchange(m_core->isStopping, true))
        return;
    m_core->stopDeadline = std::chrono::steady_clock::now() + kEndDeadline;
    m_core->changed.notify_all();
}

std::optional<Error> LibvirtLink::silent() const
{
    const auto since = [](const auto& begun) {
        return std::chrono::duration_cast<seconds>(
            begun ? std::chrono::steady_clock::now() - *begun : std::chrono::steady_clock::duration::zero());
    };
    const std::lock_guard lock(m_core->mutex);
    const seconds opened = since(m_core->opening);
    const seconds quiet = std::max(opened, since(m_core->asked));
    if (opened < kLongestOpening && since(m_core->asked) < kLongestSilence)
        return std::nullopt;
    Error error{ ErrorCode::Timeout,
        m_core->uri.toStdString() + " has not answered for " + std::to_string(quiet.count()) + " s", 0,
        "See whether libvirt runs on that host, and whether the host is overloaded." };
    return opened < kLongestOpening ? error : withSilentHostsHint(std::move(error), m_core->uri);
}

QDateTime LibvirtLink::lastAnswer() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->lastAnswer;
}

Result<ConnectionHandle> LibvirtLink::connection() const
{
    if (auto hangs = silent())
        return *std::move(hangs);
    {
        const std::lock_guard lock(m_core->mutex);
        if (!m_core->connection || m_core->isBroken)
            return withNextStep(
                Error{ ErrorCode::Unavailable, "not connected to libvirt (" + m_core->uri.toStdString() + ")", 0, {} },
                m_core->uri);
        const bool isShared = !m_core->uri.startsWith(u"qemu") || m_core->lease.use_count() <= kMostSharing;
        if (isShared) {
            virConnectRef(m_core->connection.get());
            return ConnectionHandle(m_core->connection.get(), ConnectionCloser{ m_core->lease });
        }
    }
    auto another = m_core->open();
    return another ? std::move(another) : withNextStep(std::move(another).error(), m_core->uri);
}

void LibvirtLink::refresh(const QString& uuid)
{
    const QString key = m_core->keyOf(uuid);
    std::unique_lock lock(m_core->mutex);
    // a reading that is under way may have been too early
    const auto awaited = m_core->readCounts[key] + (m_core->reading == key ? 2 : 1);
    lock.unlock();
    m_core->push(key);
    lock.lock();
    m_core->changed.wait_for(lock, kRefreshDeadline,
        [&] { return m_core->isBroken || m_core->isStopping || m_core->readCounts[key] >= awaited; });
}

Result<> LibvirtLink::waitUntilInactive(const QString& uuid, std::chrono::milliseconds deadline) const
{
    std::unique_lock lock(m_core->mutex);
    const auto isInactive = [&] {
        const auto found = m_core->active.find(m_core->keyOf(uuid));
        return found == m_core->active.end() || !found->second;
    };
    if (m_core->changed.wait_for(lock, deadline, isInactive))
        return {};
    return Error{ ErrorCode::Timeout, "the VM still runs", 0, {} };
}

} // namespace twinhull
