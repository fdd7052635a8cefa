// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/machine_note.h"

#include "core/base/files.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <unistd.h>

#include <array>
#include <utility>

namespace twinhull {

namespace {

constexpr int kMachineNoteVersion = 1;
constexpr int kFailureVersion = 1;
constexpr std::size_t kMachineNoteLimit = 4096;
constexpr qsizetype kLongestCause = 300;

constexpr std::array kReasonWords{ std::pair(Q35Reason::NoKvm, "no_kvm"), std::pair(Q35Reason::NotKnown, "not_known"),
    std::pair(Q35Reason::Failed, "failed") };

std::string machineNotePath(const VmFolder& folder)
{
    return (folder.path() + QStringLiteral("/machine.json")).toStdString();
}

QJsonObject versionedObject(const std::string& path, int version)
{
    const auto text = readFile(path, kMachineNoteLimit);
    const QJsonObject json = text ? QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object() : QJsonObject();
    return json.value(u"version").toInt() == version ? json : QJsonObject();
}

std::string compactText(const QJsonObject& json)
{
    return QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString();
}

} // namespace

Result<> writeMachineNote(const VmFolder& folder, const MachineNote& note)
{
    QJsonObject json{ { QStringLiteral("version"), kMachineNoteVersion },
        { QStringLiteral("detail"), note.detail.left(kLongestCause) } };
    for (const auto& [reason, word] : kReasonWords) {
        if (reason == note.reason)
            json.insert(QStringLiteral("reason"), QLatin1String(word));
    }
    if (note.madeAgainAt.isValid())
        json.insert(QStringLiteral("madeAgainAt"), note.madeAgainAt.toUTC().toString(Qt::ISODateWithMs));
    return writeFileAtomically(machineNotePath(folder), compactText(json));
}

void removeMachineNote(const VmFolder& folder)
{
    (void)::unlink(machineNotePath(folder).c_str()); // of a microvm it is not told
}

std::optional<MachineNote> readMachineNote(const VmFolder& folder)
{
    const QJsonObject json = versionedObject(machineNotePath(folder), kMachineNoteVersion);
    for (const auto& [reason, word] : kReasonWords) {
        if (json.value(u"reason").toString() == QLatin1String(word))
            return MachineNote{ reason, json.value(u"detail").toString().left(kLongestCause),
                QDateTime::fromString(json.value(u"madeAgainAt").toString(), Qt::ISODateWithMs) };
    }
    return std::nullopt;
}

MicrovmFailures::MicrovmFailures(
    const DataFolders& folders, QString imageDigest, unsigned long qemuVersion, QString guestKernelVersion)
    : m_folder(folders.cache + "/microvm")
    , m_version(QString::number(qemuVersion))
    , m_kernel(std::move(guestKernelVersion))
{
    static const QRegularExpression kDigest(QStringLiteral("\\A[a-z0-9]{1,16}:[0-9a-f]{32,128}\\z"));
    if (kDigest.match(imageDigest).hasMatch()) // a definition may say anything
        m_path = QString::fromStdString(m_folder) + u'/' + imageDigest.replace(u':', u'-') + QStringLiteral(".json");
}

std::optional<QString> MicrovmFailures::find() const
{
    const QJsonObject json = m_path.isEmpty() ? QJsonObject() : versionedObject(m_path.toStdString(), kFailureVersion);
    if (json.isEmpty() || json.value(u"qemu").toString() != m_version || json.value(u"kernel").toString() != m_kernel)
        return std::nullopt;
    return json.value(u"cause").toString().left(kLongestCause);
}

void MicrovmFailures::remember(const QString& cause) const
{
    if (m_path.isEmpty() || !makeFolders(m_folder))
        return;
    const QJsonObject json{ { QStringLiteral("version"), kFailureVersion }, { QStringLiteral("qemu"), m_version },
        { QStringLiteral("kernel"), m_kernel }, { QStringLiteral("cause"), cause.left(kLongestCause) } };
    (void)writeFileAtomically(m_path.toStdString(), compactText(json));
}

unsigned long qemuVersionOf(virConnectPtr connection)
{
    unsigned long version = 0;
    return virConnectGetVersion(connection, &version) == 0 ? version : 0;
}

} // namespace twinhull
