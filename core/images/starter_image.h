// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/jobs/job.h"

#include <QString>

#include <memory>
#include <string_view>

namespace twinhull {

inline constexpr std::string_view kStarterReference = "twinhull/starter:latest";

/// Where this computer has busybox: in the search path, else /bin, which is not in everybody's.
QString starterBusybox();

/// Builds the starter image (resources/starter/) into the store from a static busybox, without network; the same
/// busybox gives the same digest. Debian: package busybox-static, /bin/busybox. NotFound or Unsupported where there is
/// no such program.
std::unique_ptr<Job> buildStarterImage(const DataFolders& folders, const QString& busyboxPath);

} // namespace twinhull
