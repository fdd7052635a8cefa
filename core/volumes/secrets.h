// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/result.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// Passwords and keys that containers get as files in memory. Each is a file of ours that its person alone may read;
/// it is not encrypted. Only its name goes into plans, settings, config.json and logs.
struct SecretInfo {
    QString name;
    std::uint64_t bytes = 0;
    QDateTime changed;
    QStringList users; ///< containers that name it, running or not, by name; those too that can be brought back
};

constexpr std::size_t kSecretLimitBytes = 512'000; // as podman has it

/// What to do about one of that name.
enum class SameSecret { Refuse, Replace };

// All of it blocks: for worker threads and the command line. Names are checkSecretName()'s (core/workload).

/// By name.
Result<std::vector<SecretInfo>> listSecrets(const DataFolders& folders);
/// NotFound where there is none.
Result<SecretInfo> findSecret(const DataFolders& folders, const QString& name);
/// 1 to kSecretLimitBytes, whole or not at all. AlreadyExists where it is there. One that is replaced is what
/// containers get at their next start.
Result<> createSecret(
    const DataFolders& folders, const QString& name, std::string_view secret, SameSecret same = SameSecret::Refuse);
/// Busy while a container names it, running or not.
Result<> removeSecret(const DataFolders& folders, const QString& name);

/// What is secret about it. NotFound where there is none.
Result<std::string> readSecret(const DataFolders& folders, const QString& name);

/// For a container that is being made: NotFound where there is none of that name.
Result<> requireSecret(const std::string& secretsFolder, const std::string& name);

} // namespace twinhull
