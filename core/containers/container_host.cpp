// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_host.h"

#include "core/containers/reachable_controllers.h"
#include "core/images/id_mapping.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("twinhull::ContainerProvider", text);
}

std::vector<oci::IdMapping> mappingsFrom(const std::vector<IdRange>& ranges)
{
    std::vector<oci::IdMapping> all;
    for (const auto& range : ranges)
        all.push_back({ range.inside, range.outside, range.count });
    return all;
}

} // namespace

Result<ContainerMappings> containerMappings(const KeptIds& kept)
{
    if (::geteuid() == 0)
        return ContainerMappings{};
    auto usual = subordinateMappings();
    if (!usual)
        return std::move(usual).error();
    const auto mappings = mappingsKeeping(kept, *usual);
    return ContainerMappings{ mappingsFrom(mappings.users), mappingsFrom(mappings.groups) };
}

Result<> containerAvailability(const ContainerPrograms& programs)
{
    for (const auto& [path, name] : { std::pair{ &programs.hull, "hull" }, { &programs.monitor, "hull-monitor" } }) {
        if (path->empty())
            return Error{ ErrorCode::Unavailable, std::string("the program ") + name + " is missing", ENOENT,
                "Install Twinhull again, or set TWINHULL_LIBEXEC to the folder it is in" };
    }
    auto mappings = containerMappings();
    return mappings ? Result<>() : std::move(mappings).error();
}

std::vector<HostNotice> containerNotices(const ContainerPrograms& programs, const std::optional<RootForm>& root)
{
    std::vector<HostNotice> notices;
    const std::string controllers = reachableControllers();
    QStringList missing;
    for (const char* name : { "memory", "cpu", "pids" }) {
        if ((" " + controllers).find(std::string(" ") + name) == std::string::npos)
            missing.append(QString::fromLatin1(name));
    }
    if (!missing.isEmpty())
        notices.push_back({ tr("Containers cannot be limited"),
            tr("The cgroup v2 tree offers no %1 controller here. Containers run without limits; one that asks for such "
               "a "
               "limit does not start. Boot with systemd.unified_cgroup_hierarchy=1, or have the controller delegated.")
                .arg(missing.join(QStringLiteral(", "))) });
    if (programs.networkHelper.empty())
        notices.push_back({ tr("Containers have no network"),
            tr("Neither slirp4netns nor pasta is installed. Install the package slirp4netns.") });
    if (root && root->kind == RootKind::Copy)
        notices.push_back({ tr("Each container gets a copy of its image"),
            tr("No overlay can be mounted where images are kept (%1). Containers work, but take the room of their "
               "image and start later the first time. Install the package fuse-overlayfs, or keep them on a local file "
               "system like ext4, xfs or btrfs: set XDG_DATA_HOME.")
                .arg(QString::fromStdString(root->because)) });
    return notices;
}

} // namespace twinhull
