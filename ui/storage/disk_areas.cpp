// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/disk_areas.h"

#include "core/base/files.h"
#include "core/jobs/thread_job.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("DiskAreas", text);
}

DiskArea area(const char* title, const char* meaning, const std::string& path)
{
    return { tr(title), tr(meaning), QString::fromStdString(path), std::uint64_t{ 0 } };
}

} // namespace

std::vector<DiskArea> diskAreas(const DataFolders& folders)
{
    return {
        area(QT_TRANSLATE_NOOP("DiskAreas", "Images"),
            QT_TRANSLATE_NOOP("DiskAreas", "as they were loaded, one copy of each part"), folders.images()),
        area(QT_TRANSLATE_NOOP("DiskAreas", "Layers"),
            QT_TRANSLATE_NOOP("DiskAreas", "unpacked once, shared by all containers"), folders.layers()),
        area(QT_TRANSLATE_NOOP("DiskAreas", "Root disks"),
            QT_TRANSLATE_NOOP("DiskAreas", "made once an image, shared by its VMs"), folders.disks()),
        area(QT_TRANSLATE_NOOP("DiskAreas", "Guest kernels"),
            QT_TRANSLATE_NOOP("DiskAreas", "for VMs that are made from images"), folders.kernels()),
        area(QT_TRANSLATE_NOOP("DiskAreas", "Containers"),
            QT_TRANSLATE_NOOP("DiskAreas", "what they wrote, settings, logs"), folders.containers()),
        area(QT_TRANSLATE_NOOP("DiskAreas", "VMs"), QT_TRANSLATE_NOOP("DiskAreas", "overlays, new disks, logs"),
            folders.vms()),
        area(QT_TRANSLATE_NOOP("DiskAreas", "Volumes"), QT_TRANSLATE_NOOP("DiskAreas", "kept beyond their containers"),
            folders.volumes()),
    };
}

std::unique_ptr<Job> readDiskAreas(const std::shared_ptr<std::vector<DiskArea>>& areas)
{
    return std::make_unique<ThreadJob>(
        tr("Read disk use"), QThreadPool::globalInstance(), [areas](JobContext& context) -> Result<> {
            for (DiskArea& each : *areas) {
                if (context.isCancelled())
                    return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
                const std::string path = each.path.toStdString();
                each.bytes = exists(path) ? allocatedBytes(path) : Result<std::uint64_t>(std::uint64_t{ 0 });
            }
            return {};
        });
}

} // namespace twinhull
