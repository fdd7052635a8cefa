// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/volumes/secret_jobs.h"

#include "core/base/files.h"
#include "core/jobs/thread_job.h"

#include <QObject>
#include <QThreadPool>

namespace twinhull {

namespace {

std::unique_ptr<Job> secretJob(const QString& title, std::function<Result<>()> work)
{
    return std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [work = std::move(work)](JobContext&) { return work(); });
}

QString creatingTitle(const QString& name, SameSecret same)
{
    return same == SameSecret::Replace ? QObject::tr("Replace secret %1").arg(name)
                                       : QObject::tr("Create secret %1").arg(name);
}

} // namespace

std::unique_ptr<Job> readSecretsJob(const DataFolders& folders, std::shared_ptr<std::vector<SecretInfo>> into)
{
    return secretJob(QObject::tr("Read the secrets"), [folders, into = std::move(into)]() -> Result<> {
        auto all = listSecrets(folders);
        if (!all)
            return std::move(all).error();
        *into = *std::move(all);
        return {};
    });
}

std::unique_ptr<Job> createSecretJob(
    const DataFolders& folders, const QString& name, std::string secret, SameSecret same)
{
    return secretJob(creatingTitle(name, same),
        [folders, name, secret = std::move(secret), same] { return createSecret(folders, name, secret, same); });
}

std::unique_ptr<Job> createSecretFromFileJob(
    const DataFolders& folders, const QString& name, const QString& path, SameSecret same)
{
    return secretJob(creatingTitle(name, same), [folders, name, path, same]() -> Result<> {
        const auto secret = readFile(path.toStdString(), kSecretLimitBytes);
        return secret ? createSecret(folders, name, *secret, same) : Result<>(secret.error());
    });
}

std::unique_ptr<Job> removeSecretJob(const DataFolders& folders, const QString& name)
{
    return secretJob(
        QObject::tr("Remove secret %1").arg(name), [folders, name] { return removeSecret(folders, name); });
}

} // namespace twinhull
