// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/upkeep.h"
#include "core/workload/plan_options.h"

#include <array>

namespace twinhull {

struct WorkloadPlan;

/// What stands in the folded sections of the create sheet, as typed; empty texts are the image's or the usual.
struct ProcessText {
    QString user;
    QString workingFolder;
    QString entrypoint; ///< words as a shell would split them; '' alone: none
    QString hostName;
    QString stopSignal;
    std::optional<std::uint32_t> stopSeconds;
    QString labels; ///< one KEY=VALUE a line
    bool hasInit = false;
    std::optional<KeepId> keepId;
};

struct NetworkText {
    QString networks; ///< NAME:alias=a,b or host, separated by spaces: their options have commas
    QString nameServers; ///< these three separated by commas or spaces
    QString searchDomains;
    QString hosts; ///< NAME:ADDRESS
};

struct SecurityText {
    QString addedCapabilities; ///< these separated by commas or spaces
    QString droppedCapabilities;
    SeccompChoice seccomp = SeccompChoice::Default;
    QString seccompPath;
    QString devices;
    QString temporaryFolders; ///< separated by spaces: their options have commas; so are these
    QString secrets;
    bool isRootReadOnly = false;
    bool allowsNewPrivileges = false;
};

struct LimitText {
    QString memoryAndSwap;
    QString cpuSet;
    QString cpuShares;
    std::array<QString, 4> deviceRates; ///< by DeviceRateKind: DEVICE:RATE, separated by commas or spaces
};

struct UpkeepText {
    RestartPolicy restart;
    QString healthCommand; ///< for a shell inside; empty: the image's own check, where it has one
    QString healthInterval; ///< "30s"
    QString healthRetries;
    UnhealthyAction onUnhealthy = UnhealthyAction::None;
    bool isRemovedAtEnd = false;
    bool hasNoHealthCheck = false; ///< not even the image's; what is typed above does not count then
    QString logSize = {}; ///< of one file; "10M"
    QString logFiles = {};
};

struct MoreForm {
    ProcessText process;
    NetworkText network;
    SecurityText security;
    LimitText limits;
    UpkeepText upkeep;
};

/// The parts of a text that is a list; none of them empty.
QStringList listParts(const QString& text);
QStringList spacedParts(const QString& text);

/// All of it, for a container; only for what was found right.
void applyMoreForm(const MoreForm& form, WorkloadPlan& plan);
/// What a VM made from an image can be told of it.
void applyMoreFormOfVm(const MoreForm& form, WorkloadPlan& plan);

} // namespace twinhull
