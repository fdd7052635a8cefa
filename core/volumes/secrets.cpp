// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/volumes/secrets.h"

#include "core/base/files.h"
#include "core/images/file_lock.h"
#include "core/images/partial_path.h"
#include "core/volumes/container_users.h"
#include "core/workload/option_text.h"

#include <QDir>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull {

namespace {

std::vector<std::string> secretsIn(const ContainerSettings& settings)
{
    std::vector<std::string> names;
    for (const auto& secret : settings.files.secrets)
        names.push_back(secret.name);
    return names;
}

/// Held, nobody else makes or removes one. Whatever made the folder, nobody else sees into it.
Result<FileLock> lockSecrets(const DataFolders& folders)
{
    if (auto made = makeFolders(folders.secrets(), 0700); !made)
        return std::move(made).error();
    if (::chmod(folders.secrets().c_str(), 0700) != 0)
        return Error::fromErrno(errno, "close " + folders.secrets());
    auto lock = FileLock::acquire(folders.secrets() + "/.lock");
    for (const auto& stale : lock ? stalePartials(folders.secrets()) : std::vector<std::string>())
        (void)removeTree(stale); // in nobody's way; tried again the next time
    return lock;
}

std::string secretFile(const DataFolders& folders, const QString& name)
{
    return folders.secrets() + "/" + name.toStdString();
}

Error noSuchSecret(const std::string& name)
{
    return Error{ ErrorCode::NotFound, "there is no secret \"" + name + "\"", ENOENT,
        "Make it with: twinhullctl secret create " + name + " FILE" };
}

} // namespace

Result<std::vector<SecretInfo>> listSecrets(const DataFolders& folders)
{
    auto users = findContainerUsers(folders, &secretsIn);
    if (!users)
        return std::move(users).error();
    std::vector<SecretInfo> secrets;
    const QDir folder(QString::fromStdString(folders.secrets()));
    for (const QFileInfo& entry : folder.entryInfoList(QDir::Files | QDir::NoSymLinks, QDir::Name)) {
        if (checkSecretName(entry.fileName())) // else half made, or nothing of ours
            secrets.push_back({ entry.fileName(), static_cast<std::uint64_t>(entry.size()), entry.lastModified(),
                users->all[entry.fileName().toStdString()] });
    }
    return secrets;
}

Result<SecretInfo> findSecret(const DataFolders& folders, const QString& name)
{
    auto secrets = listSecrets(folders);
    if (!secrets)
        return std::move(secrets).error();
    for (auto& secret : *secrets) {
        if (secret.name == name)
            return std::move(secret);
    }
    return noSuchSecret(name.toStdString());
}

Result<> createSecret(const DataFolders& folders, const QString& name, std::string_view secret, SameSecret same)
{
    if (auto named = checkSecretName(name); !named)
        return named;
    if (secret.empty() || secret.size() > kSecretLimitBytes)
        return Error{ ErrorCode::InvalidArgument,
            "secret " + name.toStdString() + " has " + std::to_string(secret.size()) + " bytes", 0,
            "A secret has 1 to " + std::to_string(kSecretLimitBytes) + " bytes." };
    auto lock = lockSecrets(folders);
    if (!lock)
        return std::move(lock).error();
    if (same == SameSecret::Refuse && exists(secretFile(folders, name)))
        return Error{ ErrorCode::AlreadyExists, "there is a secret \"" + name.toStdString() + "\" already", EEXIST,
            "Choose another name, or replace it with --replace." };
    return writeFileAtomically(secretFile(folders, name), secret, 0600).withContext("create secret");
}

Result<> removeSecret(const DataFolders& folders, const QString& name)
{
    auto lock = lockSecrets(folders);
    if (!lock)
        return std::move(lock).error();
    const auto secret = findSecret(folders, name);
    if (!secret)
        return secret.error();
    if (!secret->users.isEmpty())
        return Error{ ErrorCode::Busy,
            "secret " + name.toStdString() + " is used by " + secret->users.join(QStringLiteral(", ")).toStdString(), 0,
            "Remove that first with: twinhullctl remove " + secret->users.front().toStdString() };
    if (::unlink(secretFile(folders, name).c_str()) != 0)
        return Error::fromErrno(errno, "remove secret " + name.toStdString());
    return {};
}

Result<std::string> readSecret(const DataFolders& folders, const QString& name)
{
    if (auto named = checkSecretName(name); !named)
        return std::move(named).error();
    if (!exists(secretFile(folders, name)))
        return noSuchSecret(name.toStdString());
    return readFile(secretFile(folders, name), kSecretLimitBytes);
}

Result<> requireSecret(const std::string& secretsFolder, const std::string& name)
{
    return exists(secretsFolder + "/" + name) ? Result<>() : noSuchSecret(name);
}

} // namespace twinhull
