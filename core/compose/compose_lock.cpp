// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_lock.h"

#include "core/images/file_lock.h"
#include "core/jobs/refused_job.h"

#include <QCryptographicHash>

namespace twinhull {

namespace {

/// A project's name may come from a stranger's label and be no file name.
std::string lockPath(const DataFolders& folders, const QString& project)
{
    return folders.runtime + "/compose-"
        + QCryptographicHash::hash(project.toUtf8(), QCryptographicHash::Sha256).toHex().left(32).toStdString()
        + ".lock";
}

Result<FileLock> lockProject(const DataFolders& folders, const QString& project)
{
    if (auto made = makeFolders(folders.runtime); !made)
        return std::move(made).error();
    auto lock = FileLock::tryAcquire(lockPath(folders, project));
    if (!lock && lock.error().code == ErrorCode::Busy)
        return Error{ ErrorCode::Busy, project.toStdString() + " is being started already", 0,
            "Wait until that has ended, or cancel it where it was begun" };
    return lock;
}

} // namespace

void addProjectLock(SequentialJob& job, const DataFolders& folders, const QString& project)
{
    const auto held = std::make_shared<std::optional<FileLock>>();
    const QString title = job.title();
    job.add([folders, project, title, held]() -> std::unique_ptr<Job> {
        auto lock = lockProject(folders, project);
        if (!lock)
            return std::make_unique<RefusedJob>(title, lock.error());
        *held = *std::move(lock);
        return nullptr;
    });
    QObject::connect(&job, &Job::finished, &job, [held] { held->reset(); }); // a job may be kept for long after its end
}

} // namespace twinhull
