// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/machine_import.h"

namespace twinhull {

/// Refuses what cloud-init would silently leave out, and what must not be there: a password in place of its hash, a
/// private key in place of a public one.
Result<> checkCloudInit(const CloudInit& options);

/// As crypt(5) writes it, by SHA-512, which every system of the last fifteen years knows. Takes some milliseconds.
Result<QString> hashOfPassword(const QString& password);

/// "user-data" of the NoCloud source: the person's own, or "#cloud-config" with JSON, which is YAML.
QByteArray cloudUserData(const CloudInit& options);

/// Makes the seed at `isoPath` with xorriso, label "cidata"; `instanceId` tells cloud-init which VM it is in. Files are
/// made beside it meanwhile. Blocks.
Result<> makeCloudSeed(
    const CloudInit& options, const QString& instanceId, const QString& hostName, const std::string& isoPath);

} // namespace twinhull
