// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/external_mounts.h"

#include "core/runtime/mounts/mapped_mounts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace twinhull::runtime {

namespace {

constexpr std::array<const char*, 7> kUsualDevices{ "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
    "/dev/urandom", "/dev/tty", "/dev/ptmx" };

/// The mount of config.json that `path` lies on, the deepest of them; none: the root.
std::optional<std::size_t> mountAbove(const std::vector<std::string>& resolved, const std::string& path)
{
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < resolved.size(); ++i) { // a later one covers an earlier one
        const bool isDeeper = !found || resolved[i].size() >= resolved[*found].size();
        if (isAtOrBelow(path, resolved[i]) && isDeeper)
            found = i;
    }
    return found;
}

/// What is mounted on `path`, which lies at or below a bind mount, under the destination as it is written.
std::string nameOf(
    const std::string& path, const std::vector<oci::Mount>& mounts, const std::vector<std::string>& resolved)
{
    const auto above = *mountAbove(resolved, path);
    return plainPath(mounts[above].destination + "/" + path.substr(resolved[above].size()));
}

Error unknownMount(const MountLine& mount)
{
    return Error{ ErrorCode::Unsupported,
        "what is mounted on " + mount.path + " of the container lies outside of it and is not in config.json", 0,
        "Unmount it first (hull mounts remove), or start the container with it in config.json" };
}

/// Devices of file systems that criu saves as a whole: some mount of the container shows the top of them.
std::set<std::string> ownFileSystems(const std::vector<MountLine>& table, const std::vector<bool>& isBound)
{
    std::set<std::string> own;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto& mount = table[i];
        if (mount.path == "/"
            || (!isBound[i] && (mount.root == "/" || mount.type == "cgroup2" || mount.type == "cgroup")))
            own.insert(mount.device);
    }
    return own;
}

void addBind(
    const oci::Mount& mount, const std::string& bundle, const std::vector<MountLine>& host, ExternalMounts& sources)
{
    const std::string source = plainPath(bindSource(mount, bundle));
    const std::string place = plainPath(mount.destination);
    sources.emplace_back(place, source);
    const std::size_t shared = source == "/" ? 0 : source.size();
    for (const auto& below : host) {
        if (below.path != source && isAtOrBelow(below.path, source))
            sources.emplace_back(plainPath(place + "/" + below.path.substr(shared)), below.path);
    }
}

} // namespace

bool isBind(const oci::Mount& mount)
{
    return mount.type.empty() || mount.type == "bind"
        || std::any_of(mount.options.begin(), mount.options.end(),
            [](const auto& option) { return option == "bind" || option == "rbind"; });
}

Result<ExternalMounts> externalMountsOf(const std::vector<MountLine>& table, const std::vector<oci::Mount>& mounts,
    const std::vector<std::string>& resolved)
{
    std::vector<bool> isBound;
    for (const auto& mount : table) {
        const auto above = mountAbove(resolved, mount.path);
        isBound.push_back(mount.path != "/" && above && isBind(mounts[*above]));
    }
    const auto own = ownFileSystems(table, isBound);
    ExternalMounts external;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto& mount = table[i];
        if (isBound[i])
            external.emplace_back(mount.path, nameOf(mount.path, mounts, resolved));
        else if (own.count(mount.device) != 0)
            continue;
        else if (mount.type == "devtmpfs")
            external.emplace_back(mount.path, "/dev" + mount.root);
        else
            return unknownMount(mount);
    }
    return external;
}

ExternalMounts externalSourcesOf(
    const oci::RuntimeSpec& spec, const std::string& bundle, const std::vector<MountLine>& host)
{
    ExternalMounts sources;
    for (const auto& mount : spec.mounts) {
        if (isBind(mount))
            addBind(mount, bundle, host, sources);
    }
    std::set<std::string> devices(kUsualDevices.begin(), kUsualDevices.end());
    for (const auto& device : spec.linux_.devices)
        devices.insert(plainPath(device.path));
    for (const auto& device : devices)
        sources.emplace_back(device, device);
    return sources;
}

} // namespace twinhull::runtime
