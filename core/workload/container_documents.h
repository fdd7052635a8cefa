// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"

#include <QJsonObject>

namespace twinhull {

/// What a container's own files say of it, as JSON: "settings", "run" (of the present or latest run), "latest_exit",
/// "health_checks" and, with `hasConfig`, "config" (its OCI config.json); and where its "folder", "writable_layer" and
/// "config_path" are. Null is what is not there, or is no JSON of at most 16 MiB. Blocks; any thread.
QJsonObject containerDocuments(const DataFolders& folders, const QString& key, bool hasConfig);

} // namespace twinhull
