// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/checkpoint/criu_process.h"

#include <string>

namespace twinhull::runtime {

/// What the callers of a checkpoint or a restore choose.
struct CriuChoice {
    std::string program = "criu";
    std::string imagePath; ///< folder of the images
    std::string workPath; ///< folder of the log; empty: that of the images
    CriuOptions options; ///< hull fills in the rest
};

/// Root's alone: criu of ordinary users saves none of what makes a container.
Result<> requireCriuRights();

/// What criu can neither save nor give back: named, with what to do.
Result<> refuseWhatCriuCannot(const oci::RuntimeSpec& spec);

/// The two folders, open; in `choice` their paths are absolute. The log of an earlier try is gone.
struct ImageFolders {
    UniqueFd images;
    UniqueFd work;
    std::string imagePath;
    std::string logPath;
};

/// Where none was asked for: criu's usual way of holding back a network's packets needs a program that is not
/// everywhere.
void chooseNetworkLock(CriuOptions& options);

enum class Folders { MakeThem, MustBeThere };

/// `logFile`: "dump.log". The work folder is made in any case.
Result<ImageFolders> openFolders(CriuChoice& choice, const char* logFile, Folders folders);

/// The request's outcome; a failure as an error that names criu's own first one, and the log.
Result<CriuResponse> judge(const CriuProcess& criu, Result<CriuResponse> response, const ImageFolders& folders);

/// Where a restored or saved container joins namespaces of others.
struct OutsideNamespaces {
    std::vector<std::string> externals; ///< for a checkpoint
    std::vector<std::pair<std::string, UniqueFd>> inherited; ///< for a restore: key, and the namespace
    std::vector<JoinedNamespace> joined; ///< for a restore
};
Result<OutsideNamespaces> outsideNamespacesOf(const std::vector<oci::Namespace>& namespaces);

} // namespace twinhull::runtime
