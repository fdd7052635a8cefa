// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/compose/compose_project.h"
#include "core/compose/compose_findings.h"
#include "core/images/image_info.h"

#include <functional>

namespace twinhull {

/// One thing that `up` or `down` does. What is to be done is found out first and told before it is done (--dry-run).
struct ComposeStep {
    enum class Kind {
        CreateNetwork,
        CreateVolume,
        MakeFolder, ///< of a bind that is not there
        WriteContent, ///< of a config that is no file
        StoreSecret,
        SetAside, ///< an earlier container, stopped and under another name, until all went well
        Create,
        Start,
        Restart, ///< of one that is as the file says, after what it depends on was made anew
        Await, ///< that containers are well, or have ended well
        Stop,
        Remove, ///< of a container, for good
        RemoveNetwork,
        RemoveVolume,
        RemoveContents,
        RemoveSecret, ///< unless a container that stays has it
    };

    Kind kind = Kind::Create;
    QString name; ///< of the container, volume, network, secret; a path of a folder
    WorkloadPlan plan = {}; ///< of Create
    ComposeNetwork network = {}; ///< of CreateNetwork
    QByteArray content = {}; ///< of WriteContent, StoreSecret; of CreateNetwork the project
    WorkloadId id = {}; ///< of SetAside, Restart, Stop, Remove; of Start where the container was there before
    QStringList awaited = {}; ///< containers
    StartCondition condition = StartCondition::Started; ///< of Await
    bool isRequired = true; ///< of Await: it matters when it fails
};

/// "create container shop-web-1"
QString stepText(const ComposeStep& step);

/// How a project is brought up.
struct UpWish {
    QStringList services; ///< empty: all
    QStringList profiles;
    QMap<QString, unsigned> scale; ///< above what the file says
    bool startsNothing = false;
    bool recreatesAll = false;
    bool recreatesNothing = false;
    bool removesOrphans = false; ///< containers of services that are not in the file
    bool leavesOthers = false; ///< also what the services depend on
    bool waits = false; ///< at the end, until all that have a health check are well
};

/// The services that are brought up, in the order of their start; errors of chosenServices().
Result<QStringList> servicesOf(const ComposeProject& project, const UpWish& wish);

/// What SetAside calls a container; nothing of the project's own is called so.
QString asideName(const QString& name);

/// What is here before.
struct ComposeState {
    DataFolders folders;
    std::vector<WorkloadInfo> containers; ///< all of this computer
    /// The digest of an image that is in the store.
    std::function<std::optional<QString>(const QString& reference)> imageDigest;
};

/// What has to be done so that the project runs as its file says. Containers that are as the file says are left alone.
/// An image that is not there is NotFound, unless `guesses`: then its containers are made anew.
Result<std::vector<ComposeStep>> upSteps(
    const ComposeProject& project, const UpWish& wish, const ComposeState& state, bool guesses = false);

/// Containers of the project that no service of the file makes.
std::vector<WorkloadInfo> orphansOf(const ComposeProject& project, const std::vector<WorkloadInfo>& containers);

/// What is known of a project without its file: its name and, by their labels, its networks.
ComposeProject projectByLabels(const DataFolders& folders, const QString& name);

struct DownWish {
    bool removesVolumes = false; ///< those that the file names, and those without a name
    bool removesOrphans = false;
};

/// What takes the project away again, what depends on others first. Without services (`project` has a name only) all
/// containers of that name.
std::vector<ComposeStep> downSteps(const ComposeProject& project, const DownWish& wish, const ComposeState& state);

} // namespace twinhull
