// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/machine_import.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace twinhull {

/// What the verbs that make machines have in common, as it was typed.
struct NewMachineOptions {
    std::string name;
    std::string system; ///< an id of `vm systems`
    std::string firmware; ///< "bios", "uefi", "secure-boot"; empty: as the system wants it
    std::string memory;
    std::string cpus;
    std::string network = "user"; ///< of cardFromText(), or "none"
    std::vector<std::string> ports;
    bool isStarted = false; ///< once it is made
    bool isDryRun = false;
};

/// Of `vm import`.
struct ImportOptions : NewMachineOptions {
    std::string disk;
    std::string format;
    std::string size;
    std::vector<std::string> cloudInit;
    std::string userData;
    std::string networkConfig;
    bool isInPlace = false;
    bool isCopied = false; ///< said aloud; so it is without
};

/// Of `vm create`.
struct InstallOptions : NewMachineOptions {
    std::string medium; ///< empty: from the network
    bool isFromNetwork = false;
    std::string location;
    std::string arguments; ///< of the kernel that comes from there
    bool isUnattended = false;
    std::string user;
    std::string passwordFile;
    std::string hostName;
    std::vector<std::string> keyFiles;
    std::string disk; ///< a size, or words with "="
    std::string pool; ///< for it
};

/// `options` must outlive the parsing.
void addImportOptions(CLI::App& verb, ImportOptions& options);
void addInstallOptions(CLI::App& verb, InstallOptions& options);

/// InvalidArgument names the option that makes no sense. Files of keys and of own data are read.
Result<MachineImport> importFrom(const ImportOptions& options);
Result<MachineImport> installFrom(const InstallOptions& options);

} // namespace twinhull
