// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/mapped_mounts.h"

#include "core/base/files.h"
#include "core/runtime/mounts/mount_options.h"
#include "core/runtime/namespaces/user_namespace.h"

#include <sys/mount.h>

#include <algorithm>
#include <cerrno>

namespace twinhull::runtime {

namespace {

using IdMap = MountOptions::IdMap;

bool wantsMapping(const oci::Mount& mount)
{
    return !mount.uidMappings.empty()
        || std::any_of(mount.options.begin(), mount.options.end(),
            [](const auto& option) { return option == "idmap" || option == "ridmap"; });
}

const oci::Namespace* userNamespaceOf(const oci::Linux& linux_)
{
    for (const auto& entry : linux_.namespaces) {
        if (entry.kind == oci::NamespaceKind::User)
            return &entry;
    }
    return nullptr;
}

Result<UniqueFd> namespaceFor(Syscalls& calls, const oci::Mount& mount, const oci::Linux& linux_)
{
    if (!mount.uidMappings.empty())
        return makeUserNamespace(calls, mount.uidMappings, mount.gidMappings);
    const auto* container = userNamespaceOf(linux_);
    if (container == nullptr)
        return Error{ ErrorCode::InvalidArgument, "the option idmap needs mappings", 0,
            "Add uidMappings and gidMappings to the mount, or give the container a user namespace" };
    return container->path.empty() ? makeUserNamespace(calls, linux_.uidMappings, linux_.gidMappings)
                                   : openPath(container->path, O_RDONLY);
}

/// Before it is attached: else it would stay a peer of the host's.
std::uint64_t propagationOf(const std::string& rootfsPropagation)
{
    if (rootfsPropagation.find("shared") != std::string::npos)
        return 0;
    return rootfsPropagation.find("slave") != std::string::npos ? MS_SLAVE : MS_PRIVATE;
}

Error explain(Error error)
{
    if (error.sysErrno == EINVAL)
        return std::move(error).withHint("Its file system cannot map ids, or has them mapped already");
    return error.sysErrno == EPERM ? std::move(error).withHint("Only root may map the ids of a mount") : error;
}

Result<UniqueFd> makeOne(
    Syscalls& calls, const oci::Mount& mount, const oci::RuntimeSpec& spec, const std::string& bundle)
{
    auto options = parseMountOptions(mount.options);
    if (!options)
        return std::move(options).error();
    const bool isBind = options->bind != MountOptions::Bind::No || mount.type.empty() || mount.type == "bind";
    if (!isBind)
        return Error{ ErrorCode::Unsupported, "only a bind mount can have its ids mapped", 0, {} };
    const unsigned all = options->bind == MountOptions::Bind::One ? 0U : unsigned{ AT_RECURSIVE };
    auto clone = calls.cloneMount(AT_FDCWD, bindSource(mount, bundle).c_str(), all);
    if (!clone)
        return clone;
    if (const auto propagation = propagationOf(spec.linux_.rootfsPropagation); propagation != 0) {
        if (auto changed = calls.changeMount(clone->fd(), { 0, 0, propagation, AT_RECURSIVE }); !changed)
            return std::move(changed).error();
    }
    auto ids = namespaceFor(calls, mount, spec.linux_);
    if (!ids)
        return ids;
    const unsigned flags = options->idMap == IdMap::Recursive ? unsigned{ AT_RECURSIVE } : 0U;
    auto mapped = calls.changeMount(clone->fd(), { MOUNT_ATTR_IDMAP, 0, 0, flags, ids->fd() });
    if (!mapped)
        return explain(std::move(mapped).error());
    return clone;
}

} // namespace

std::string bindSource(const oci::Mount& mount, const std::string& bundle)
{
    return !mount.source.empty() && mount.source[0] == '/' ? mount.source : bundle + "/" + mount.source;
}

Result<MappedMounts> makeMappedMounts(Syscalls& calls, const oci::RuntimeSpec& spec, const std::string& bundle)
{
    MappedMounts result;
    for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
        if (!wantsMapping(spec.mounts[i]))
            continue;
        auto made = makeOne(calls, spec.mounts[i], spec, bundle);
        if (!made)
            return std::move(made).error().withContext(
                "mounts[" + std::to_string(i) + "]: map the ids of mount " + spec.mounts[i].destination);
        result.emplace(i, *std::move(made));
    }
    return result;
}

} // namespace twinhull::runtime
