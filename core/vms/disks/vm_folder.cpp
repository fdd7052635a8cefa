// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/vm_folder.h"

#include "core/base/files.h"
#include "core/ipc/guest_messages.h"
#include "core/ipc/guest_sessions.h"
#include "core/ipc/log_line.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <poll.h>
#include <sys/inotify.h>
#include <sys/un.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr qint64 kTailBytes = 4096;
constexpr int kStartVersion = 1;
constexpr int kDefinitionVersion = 1;

QByteArray tailOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    file.seek(std::max<qint64>(0, file.size() - kTailBytes));
    return file.read(kTailBytes);
}

} // namespace

VmFolder::VmFolder(const DataFolders& folders, const QString& uuid)
    : m_path(QString::fromStdString(folders.vms()) + u'/' + uuid)
    , m_shortPath(QString::fromStdString(folders.runtime) + u'/' + uuid.left(8))
{
}

QString VmFolder::socketPath(const QString& name) const
{
    const QString inside = m_path + u'/' + name + QStringLiteral(".sock");
    const bool fits = inside.toUtf8().size() < static_cast<int>(sizeof(sockaddr_un::sun_path));
    return fits ? inside : m_shortPath + u'.' + name;
}

QStringList VmFolder::sessionSocketPaths() const
{
    QStringList paths;
    for (int number = 0; number < kGuestSessionPorts; ++number)
        paths << socketPath(QStringLiteral("exec%1").arg(number));
    return paths;
}

Result<> VmFolder::writeDefinition(std::chrono::nanoseconds duration) const
{
    const QJsonObject json{ { QStringLiteral("version"), kDefinitionVersion },
        { QStringLiteral("nanoseconds"), QString::number(duration.count()) } };
    return writeFileAtomically((m_path + QStringLiteral("/definition.json")).toStdString(),
        QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString());
}

std::optional<std::chrono::nanoseconds> VmFolder::readDefinition() const
{
    const auto text = readFile((m_path + QStringLiteral("/definition.json")).toStdString(), 4096);
    if (!text)
        return std::nullopt;
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    bool isNumber = false;
    const std::chrono::nanoseconds duration(json.value(u"nanoseconds").toString().toLongLong(&isNumber));
    return json.value(u"version").toInt() == kDefinitionVersion && isNumber ? std::optional(duration) : std::nullopt;
}

Result<> VmFolder::writeStart(const StartRecord& record) const
{
    QJsonArray marks;
    for (const StartupMark& mark : record.marks) // as text: a JSON number of Qt holds 53 bits only
        marks.append(QJsonObject{ { QStringLiteral("name"), mark.name },
            { QStringLiteral("monotonicNanoseconds"), QString::number(mark.monotonicNanoseconds) } });
    const QJsonObject json{ { QStringLiteral("version"), kStartVersion }, { QStringLiteral("bootId"), record.bootId },
        { QStringLiteral("qemuPid"), static_cast<int>(record.qemuPid) }, { QStringLiteral("marks"), marks } };
    return writeFileAtomically((m_path + QStringLiteral("/start.json")).toStdString(),
        QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString());
}

std::optional<StartRecord> VmFolder::readStart() const
{
    const auto text = readFile((m_path + QStringLiteral("/start.json")).toStdString(), 64U << 10U);
    if (!text)
        return std::nullopt;
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    if (json.value(u"version").toInt() != kStartVersion)
        return std::nullopt;
    StartRecord record{ json.value(u"bootId").toString(), json.value(u"qemuPid").toInt(), {} };
    for (const auto& entry : json.value(u"marks").toArray())
        record.marks.push_back({ entry[u"name"].toString(), entry[u"monotonicNanoseconds"].toString().toLongLong() });
    return record;
}

std::optional<int> VmFolder::exitStatus() const
{
    return exitStatusFromConsole(tailOf(logPath()).toStdString());
}

std::optional<int> VmFolder::awaitExitStatus(std::chrono::milliseconds deadline) const
{
    if (const auto status = exitStatus())
        return status;
    const UniqueFd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    const bool isWatched = ::inotify_add_watch(changes.fd(), logPath().toUtf8().constData(), IN_MODIFY) >= 0;
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (true) {
        const auto status = exitStatus();
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (status || !isWatched || left.count() <= 0)
            return status;
        pollfd waiting{ changes.fd(), POLLIN, 0 };
        (void)::poll(&waiting, 1, static_cast<int>(left.count())); // read again either way
        char events[4096];
        while (::read(changes.fd(), events, sizeof events) > 0) { }
    }
}

QString VmFolder::logTail() const
{
    QStringList lines = QString::fromUtf8(tailOf(logPath())).split(u'\n', Qt::SkipEmptyParts);
    if (lines.size() > 3)
        lines = lines.last(3);
    for (QString& line : lines) { // without the heads of records
        const QByteArray bytes = line.toUtf8();
        if (const auto record = parseLogLine({ bytes.constData(), static_cast<std::size_t>(bytes.size()) }))
            line = QString::fromUtf8(record->text.data(), static_cast<qsizetype>(record->text.size()));
    }
    QString text = lines.join(QStringLiteral(" / "));
    text.removeIf([](QChar c) { return c.category() == QChar::Other_Control; });
    return text.trimmed();
}

QString hostBootId()
{
    const auto text = readFile("/proc/sys/kernel/random/boot_id", 128);
    return text ? QString::fromStdString(*text).trimmed() : QString();
}

} // namespace twinhull
