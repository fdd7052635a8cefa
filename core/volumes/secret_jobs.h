// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/volumes/secrets.h"

#include <memory>

namespace twinhull {

/// What a person does with secrets, as jobs. GUI thread.

/// All; `into` is complete when the job succeeded.
std::unique_ptr<Job> readSecretsJob(const DataFolders& folders, std::shared_ptr<std::vector<SecretInfo>> into);
std::unique_ptr<Job> createSecretJob(
    const DataFolders& folders, const QString& name, std::string secret, SameSecret same);
/// Of what a file has at that moment, at most kSecretLimitBytes.
std::unique_ptr<Job> createSecretFromFileJob(
    const DataFolders& folders, const QString& name, const QString& path, SameSecret same);
std::unique_ptr<Job> removeSecretJob(const DataFolders& folders, const QString& name);

} // namespace twinhull
