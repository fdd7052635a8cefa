// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/workload/workload_info.h"
#include "ui/create/create_form.h"

#include <functional>
#include <map>

namespace twinhull {

enum class FormField {
    MachineHost,
    Source,
    Name,
    Command,
    Environment,
    Ports,
    Mounts,
    Memory,
    Cpus,
    Pids,
    Disk,
    EnlargedDisk,
    CloudUser,
    CloudKeys,
    UnattendedPassword,
    UnattendedKeys,
    // in the folded sections
    User,
    KeepId,
    WorkingFolder,
    Entrypoint,
    HostName,
    StopSignal,
    LabelLines, //
    Networks,
    NameServers,
    SearchDomains,
    Hosts, //
    AddedCapabilities,
    DroppedCapabilities,
    Seccomp,
    Devices,
    TemporaryFolders,
    Secrets, //
    Swap,
    CpuSet,
    CpuShares,
    ReadBytes,
    WriteBytes,
    ReadOperations,
    WriteOperations, //
    Restart,
    HealthCommand,
    HealthInterval,
    HealthRetries,
    HealthAction,
    LogSize,
    LogFiles,
};

/// What is wrong with a field, and the text that would make it right where there is one.
struct FieldProblem {
    QString sentence;
    QString fixLabel; ///< "use 8081"; empty where there is no fix
    QString fixedText; ///< what the field would hold then

    friend bool operator==(const FieldProblem&, const FieldProblem&) = default;
};

/// What a form is judged against.
struct FormWorld {
    std::vector<WorkloadInfo> workloads;
    std::function<std::optional<ImageInfo>(const QString&)> findImage;
    std::function<bool(const PublishedPort& port)> isPortFree; ///< on this computer
    std::function<bool(const QString& path)> isReadableFile;
    std::function<bool(const QString& path)> isFolder;
    std::function<bool(const QString& path)> isThere; ///< a file, a folder, a socket …
    std::function<bool(const QString& name)> hasSecret;
    std::function<bool(const DeviceOption& device)> isUsableDevice; ///< a node that this person may open
    bool canKeepIds = true; ///< a person may be somebody else than root in a container
    bool isStartedAtLogin = false; ///< containers are, as their restart policy says
    std::optional<QStringList> controllers; ///< of cgroups, that containers can have; absent: not known
    std::uint64_t hostMemoryBytes = 0; ///< of the host that is chosen; 0: not known
    int hostCpus = 1; ///< 0: not known
    QString hostSilence; ///< why it cannot be asked; empty: it can
    std::optional<QStringList> volumesThere; ///< paths of what can be used on another computer; absent: not known
};

using FormProblems = std::map<FormField, FieldProblem>;

FormProblems checkForm(const CreateForm& form, const FormWorld& world);

/// A name that is free for that kind: "web", else "web-2" and so on.
QString freeName(const QString& wish, NewWorkload kind, const std::vector<WorkloadInfo>& workloads,
    const QString& connection = {}); ///< of the host; VMs of others may have the same

/// "twinhull/starter:latest" gives "starter".
QString nameFromImage(const QString& reference);

} // namespace twinhull
