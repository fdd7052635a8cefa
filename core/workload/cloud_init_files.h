// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QStringList>

namespace twinhull {

/// The keys of a file of them ("id_ed25519.pub", "authorized_keys"), without comments; at most 64 KiB. Blocks.
Result<QStringList> publicKeysFrom(const QString& path);

/// A person's own data for cloud-init; at most 1 MiB. An empty path leaves `into` as it is. Blocks.
Result<> readOwnCloudData(const QString& path, QByteArray& into);

} // namespace twinhull
