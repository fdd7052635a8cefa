// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_copies.h"

#include "core/vms/link/open_domain.h"
#include "core/vms/screens/screen_picture.h"
#include "core/vms/making/vm_clone.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

using StreamHandle = std::unique_ptr<virStream, VirDeleter<&virStreamFree>>;

constexpr qsizetype kMostPictureBytes = 256 << 20;

QString translateCopies(const char* text)
{
    return QCoreApplication::translate("VmCopies", text);
}

Result<> renameNow(const VmToolbox& tools, const QString& uuid, const QString& name)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    const auto isActive = isDomainActive(open->get());
    if (!isActive)
        return isActive.error();
    if (*isActive)
        return Error{ ErrorCode::Busy, "it runs", 0, "Shut it down first." };
    if (virDomainRename(open->get(), name.toUtf8().constData(), 0) != 0)
        return libvirtError("rename");
    tools.link->refresh(uuid);
    return {};
}

Result<> photograph(const VmToolbox& tools, const QString& uuid, QByteArray& png)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    const auto isActive = isDomainActive(open->get());
    if (!isActive)
        return isActive.error();
    if (!*isActive)
        return Error{ ErrorCode::Unavailable, "it does not run, so it shows nothing", 0, "Start it first." };
    const StreamHandle stream(virStreamNew(open->connection.get(), 0));
    if (!stream)
        return libvirtError("open a stream");
    if (takeText(virDomainScreenshot(open->get(), stream.get(), 0, 0)).isEmpty())
        return libvirtError("take a picture of its screen");
    QByteArray picture;
    QByteArray piece(1 << 16, Qt::Uninitialized);
    for (;;) {
        const int count = virStreamRecv(stream.get(), piece.data(), static_cast<std::size_t>(piece.size()));
        if (count < 0)
            return libvirtError("read the picture of its screen");
        if (count == 0)
            break;
        picture.append(piece.constData(), count);
        if (picture.size() > kMostPictureBytes) {
            (void)virStreamAbort(stream.get());
            return Error{ ErrorCode::Corrupt, "the picture of its screen is larger than 256 MiB", 0, {} };
        }
    }
    (void)virStreamFinish(stream.get()); // all is read
    auto converted = pngOfScreen(picture);
    if (!converted)
        return std::move(converted).error();
    png = *std::move(converted);
    return {};
}

} // namespace

std::unique_ptr<Job> VmCopies::rename(const WorkloadInfo& machine, const QString& name)
{
    return std::make_unique<ThreadJob>(translateCopies("Rename %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, old = machine.name.toStdString(), name](
            JobContext&) { return renameNow(tools, uuid, name).withContext("rename " + old); });
}

std::unique_ptr<Job> VmCopies::clone(const WorkloadInfo& machine, const CloneRequest& request)
{
    return std::make_unique<ThreadJob>(translateCopies("Clone %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, old = machine.name.toStdString(), request](
            JobContext& context) { return cloneVm(tools, uuid, request, context).withContext("clone " + old); });
}

std::unique_ptr<Job> VmCopies::screenshot(const WorkloadInfo& machine, std::shared_ptr<QByteArray> png)
{
    return std::make_unique<ThreadJob>(translateCopies("Take a picture of %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, name = machine.name.toStdString(), png](
            JobContext&) { return photograph(tools, uuid, *png).withContext("take a picture of " + name); });
}

} // namespace twinhull
