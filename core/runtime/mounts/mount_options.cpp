// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/mount_options.h"

#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace twinhull::runtime {

namespace {

struct Attribute {
    std::string_view name;
    std::uint64_t set;
    std::uint64_t clear;
};

// access times are a field, not bits: its old value has to be cleared (mount_setattr(2))
constexpr std::array<Attribute, 18> kAttributes{ {
    { "ro", MOUNT_ATTR_RDONLY, 0 },
    { "rw", 0, MOUNT_ATTR_RDONLY },
    { "nosuid", MOUNT_ATTR_NOSUID, 0 },
    { "suid", 0, MOUNT_ATTR_NOSUID },
    { "nodev", MOUNT_ATTR_NODEV, 0 },
    { "dev", 0, MOUNT_ATTR_NODEV },
    { "noexec", MOUNT_ATTR_NOEXEC, 0 },
    { "exec", 0, MOUNT_ATTR_NOEXEC },
    { "noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME },
    { "atime", 0, MOUNT_ATTR__ATIME },
    { "relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME },
    { "norelatime", 0, MOUNT_ATTR__ATIME },
    { "strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME },
    { "nostrictatime", 0, MOUNT_ATTR__ATIME },
    { "nodiratime", MOUNT_ATTR_NODIRATIME, 0 },
    { "diratime", 0, MOUNT_ATTR_NODIRATIME },
    { "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0 },
    { "symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW },
} };

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> kPropagations{ {
    { "private", MS_PRIVATE },
    { "slave", MS_SLAVE },
    { "shared", MS_SHARED },
    { "unbindable", MS_UNBINDABLE },
} };

/// Of the file system, not of the mount: the kernel takes them as parameters of any (fs_context.c).
constexpr std::array<std::string_view, 7> kSuperblockFlags{ "sync", "async", "dirsync", "lazytime", "nolazytime",
    "mand", "nomand" };

/// They change nothing that hull does: it asks for no kernel messages, and each file system keeps versions or not.
constexpr std::array<std::string_view, 5> kWithoutEffect{ "defaults", "silent", "loud", "iversion", "noiversion" };

constexpr std::size_t kValueLimitBytes = 255; // fsconfig(2)

/// Labels of SELinux (mount(8)). In a line of options they stand in quotes, for they may hold commas; the kernel gets
/// each by itself.
bool isLabel(std::string_view name)
{
    return name == "context" || name == "fscontext" || name == "defcontext" || name == "rootcontext";
}

std::string withoutQuotes(const std::string& value)
{
    const bool isQuoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    return isQuoted ? value.substr(1, value.size() - 2) : value;
}

const Attribute* findAttribute(std::string_view name)
{
    for (const auto& attribute : kAttributes) {
        if (attribute.name == name)
            return &attribute;
    }
    return nullptr;
}

bool readBind(std::string_view option, MountOptions& result)
{
    if (option != "bind" && option != "rbind")
        return std::find(kWithoutEffect.begin(), kWithoutEffect.end(), option) != kWithoutEffect.end();
    result.bind = option == "bind" ? MountOptions::Bind::One : MountOptions::Bind::Recursive;
    return true;
}

/// What changes how the mount is made.
bool readManner(std::string_view option, MountOptions& result)
{
    if (option == "idmap" || option == "ridmap")
        result.idMap = option == "idmap" ? MountOptions::IdMap::One : MountOptions::IdMap::Recursive;
    else if (option == "tmpcopyup")
        result.copiesUp = true;
    else if (option == "fillnew")
        result.fillsNew = true;
    else if (option == "ifthere")
        result.needsFolder = true;
    else if (option == "inroot")
        result.isSourceInside = true;
    else if (option == "remount")
        result.isRemount = true;
    else
        return false;
    return true;
}

bool readAttribute(std::string_view option, MountOptions& result)
{
    if (const auto* found = findAttribute(option); found != nullptr) {
        result.set = (result.set & ~found->clear) | found->set;
        result.clear = (result.clear & ~found->set) | found->clear;
        result.allowsDevices = option == "dev" || (result.allowsDevices && option != "nodev");
        return true;
    }
    if (option.size() < 2 || option[0] != 'r')
        return false;
    const auto* found = findAttribute(option.substr(1));
    if (found == nullptr)
        return false;
    result.recursiveSet = (result.recursiveSet & ~found->clear) | found->set;
    result.recursiveClear = (result.recursiveClear & ~found->set) | found->clear;
    return true;
}

bool readPropagation(std::string_view option, MountOptions& result)
{
    for (const auto& [name, flag] : kPropagations) {
        const bool isRecursive = option.size() == name.size() + 1 && option[0] == 'r' && option.substr(1) == name;
        if (option != name && !isRecursive)
            continue;
        result.propagations.push_back({ flag, isRecursive });
        return true;
    }
    return false;
}

} // namespace

Result<MountOptions> parseMountOptions(const std::vector<std::string>& options)
{
    MountOptions result;
    for (const auto& option : options) {
        if (option.empty() || readBind(option, result) || readAttribute(option, result)
            || readPropagation(option, result) || readManner(option, result))
            continue;
        const auto equals = option.find('=');
        if (equals == 0)
            return Error{ ErrorCode::InvalidArgument, "mount option \"" + option + "\" has no name", 0,
                "Leave the option out of the mount" };
        if (option.size() > kValueLimitBytes)
            return Error{ ErrorCode::InvalidArgument, "mount option " + option.substr(0, equals) + " is too long", 0,
                {} };
        std::string name = option.substr(0, equals);
        const std::string value = equals == std::string::npos ? std::string() : option.substr(equals + 1);
        const std::string plain = isLabel(name) ? withoutQuotes(value) : value;
        result.fileSystem.emplace_back(std::move(name), plain);
    }
    return result;
}

std::vector<std::string> knownMountOptions()
{
    std::vector<std::string> names{ "bind", "rbind", "idmap", "ridmap", "tmpcopyup", "fillnew", "ifthere", "inroot",
        "remount" };
    names.insert(names.end(), kWithoutEffect.begin(), kWithoutEffect.end());
    names.insert(names.end(), kSuperblockFlags.begin(), kSuperblockFlags.end());
    for (const auto& attribute : kAttributes) {
        names.emplace_back(attribute.name);
        names.push_back("r" + std::string(attribute.name));
    }
    for (const auto& [name, flag] : kPropagations) {
        names.emplace_back(name);
        names.push_back("r" + std::string(name));
    }
    return names;
}

} // namespace twinhull::runtime
