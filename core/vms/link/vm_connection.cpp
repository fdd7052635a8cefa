// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/vm_connection.h"

#include "core/base/files.h"

#include <QCoreApplication>
#include <QThreadPool>

#include <mutex>

namespace twinhull {

namespace {

constexpr std::size_t kTimeLimitBytes = 64;
constexpr std::chrono::seconds kWatchPause{ 3 };

QString translate(const char* text)
{
    return QCoreApplication::translate("VmConnection", text);
}

const char* lastStateText(WorkloadState state)
{
    switch (state) {
    case WorkloadState::Running:
        return QT_TRANSLATE_NOOP("VmConnection", "It ran then.");
    case WorkloadState::Paused:
        return QT_TRANSLATE_NOOP("VmConnection", "It was paused then.");
    case WorkloadState::Stopped:
    case WorkloadState::Failed:
        return QT_TRANSLATE_NOOP("VmConnection", "It was off then.");
    default:
        return QT_TRANSLATE_NOOP("VmConnection", "It was changing its state then.");
    }
}

} // namespace

VmConnection::VmConnection(const VmToolbox& tools, QThreadPool* calls, Silent silent)
    : m_link(tools.link)
    , m_folders(tools.folders)
    , m_name(tools.connection)
    , m_uri(tools.uri)
    , m_calls(calls)
    , m_watch(std::make_unique<QTimer>())
{
    m_watch->setInterval(kWatchPause);
    QObject::connect(m_watch.get(), &QTimer::timeout, m_watch.get(), [link = m_link, silent = std::move(silent)] {
        if (auto hangs = link->silent())
            silent(*std::move(hangs));
    });
    m_watch->start();
    const auto kept = m_name.isEmpty() ? Result<std::string>(Error{}) : readFile(path(), kTimeLimitBytes);
    if (kept)
        m_earlier = QDateTime::fromString(QString::fromStdString(*kept).trimmed(), Qt::ISODate);
}

std::string VmConnection::path() const
{
    return m_folders.data + "/connections/" + m_name.toStdString();
}

QDateTime VmConnection::lastSeen() const
{
    const QDateTime now = m_link->lastAnswer();
    return now.isValid() ? now : m_earlier;
}

void VmConnection::retire()
{
    m_watch->stop();
    keepLastSeen();
    m_link->stop();
}

void VmConnection::keepLastSeen() const
{
    const QDateTime seen = m_link->lastAnswer();
    if (m_name.isEmpty() || !seen.isValid())
        return;
    static std::mutex writing; // what a file is written as before it has its name is one per program
    m_calls->start([folder = m_folders.data + "/connections", file = path(), seen] {
        const std::lock_guard lock(writing);
        auto written = makeFolders(folder);
        if (written)
            written = writeFileAtomically(file, seen.toUTC().toString(Qt::ISODate).toStdString());
        if (!written)
            qWarning("%s", written.error().toLine().c_str());
    });
}

ConnectionStatus VmConnection::status(const std::optional<Error>& lost, bool isSettled, std::size_t workloads) const
{
    using State = ConnectionStatus::State;
    ConnectionStatus status{ m_name, m_uri, State::Connected, lastSeen().toLocalTime(), lost, workloads };
    if (lost)
        status.state = State::Lost;
    else if (!isSettled)
        status.state = State::Connecting;
    return status;
}

WorkloadInfo VmConnection::lastKnown(WorkloadInfo info) const
{
    const QString who = m_name.isEmpty() ? QStringLiteral("libvirt") : m_name;
    info.stateReason
        = translate("%1 does not answer; it did last at %2. ").arg(who, lastSeenText(lastSeen().toLocalTime()))
        + translate(lastStateText(info.state));
    info.state = WorkloadState::Unknown;
    info.capabilities = info.capabilities & Capabilities(Capability::Logs);
    return info;
}

Error VmConnection::refuseImages()
{
    return { ErrorCode::Unsupported, "VMs from images are made on this computer's own connection only", 0,
        "Leave --connect out, or put a disk into a pool there and define a VM on it: twinhullctl --connect NAME vm "
        "define" };
}

} // namespace twinhull
