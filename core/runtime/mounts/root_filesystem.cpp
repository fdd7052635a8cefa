// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/root_filesystem.h"

#include "core/base/files.h"
#include "core/base/fuse_overlay_program.h"
#include "core/runtime/mounts/fuse_root.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kMountOptionsLimitBytes = 4095; // mount(2): one page

std::string annotation(const oci::RuntimeSpec& spec, std::string_view key)
{
    const auto found = spec.annotations.find(std::string(key));
    return found == spec.annotations.end() ? std::string() : found->second;
}

std::vector<std::string> splitColons(const std::string& text)
{
    std::vector<std::string> parts;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find(':', start), text.size());
        if (end > start)
            parts.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

Result<> requireFolder(const std::string& path, std::string_view what)
{
    struct stat info { };
    const bool isThere = ::stat(path.c_str(), &info) == 0;
    if (isThere && S_ISDIR(info.st_mode))
        return {};
    const int number = isThere ? ENOTDIR : errno;
    return Error::fromErrno(number, std::string(what) + " " + path)
        .withHint("Unpack the image there, or correct config.json");
}

std::string placeOf(std::string_view annotation)
{
    return "config.json: annotations." + std::string(annotation) + ": ";
}

Result<> requireLayers(const RootFilesystem& root)
{
    for (const auto& folder : root.lower) {
        if (auto found = requireFolder(folder, placeOf(oci::kAnnotationLower) + "layer"); !found)
            return found;
    }
    if (root.upper.empty())
        return {};
    if (root.work.empty())
        return Error{ ErrorCode::InvalidArgument, placeOf(oci::kAnnotationWork) + "missing", 0,
            "An upper folder needs a work folder on the same file system" };
    auto upper = requireFolder(root.upper, placeOf(oci::kAnnotationUpper) + "upper folder");
    return upper ? requireFolder(root.work, placeOf(oci::kAnnotationWork) + "work folder") : upper;
}

/// config.json says that it is to be, not which: engines pass annotations of strangers on, and this one runs here.
Result<> findFuseProgram(RootFilesystem& root)
{
    root.fuseProgram = fuseOverlayProgram();
    if (!root.fuseProgram.empty())
        return {};
    return Error{ ErrorCode::Unavailable, placeOf(oci::kAnnotationFuse) + "fuse-overlayfs is not installed", ENOENT,
        "Install the package fuse-overlayfs, or name the program in TWINHULL_FUSE_OVERLAYFS by its absolute path" };
}

/// overlay reads folder names from one option string in which ':' and ',' mean something and which is one page long:
/// names by descriptor are short and cannot be misread.
class OverlayOptions {
public:
    Result<> add(const char* prefix, const std::string& folder)
    {
        auto opened = openPath(folder, O_PATH | O_DIRECTORY);
        if (!opened)
            return std::move(opened).error();
        m_text += prefix + std::string("/proc/self/fd/") + std::to_string(opened->fd());
        m_folders.push_back(*std::move(opened));
        return {};
    }
    void addFlag(const std::string& flag) { m_text += flag; }
    const std::string& text() const { return m_text; }

private:
    std::string m_text;
    std::vector<UniqueFd> m_folders;
};

Result<> fillOverlayOptions(const RootFilesystem& root, OverlayOptions& options)
{
    const char* prefix = "lowerdir=";
    for (const auto& folder : root.lower) {
        if (auto added = options.add(prefix, folder); !added)
            return added;
        prefix = ":";
    }
    if (!root.upper.empty()) {
        if (auto added = options.add(",upperdir=", root.upper); !added)
            return added;
        if (auto added = options.add(",workdir=", root.work); !added)
            return added;
    }
    if (root.isInUserNamespace)
        options.addFlag(",userxattr"); // trusted.* attributes need the initial user namespace
    if (!root.label.empty())
        options.addFlag(",context=\"" + root.label + "\""); // in quotes, for its categories are listed with commas
    if (options.text().size() > kMountOptionsLimitBytes)
        return Error{ ErrorCode::Unsupported, "the image has too many layers to mount", 0, {} };
    return {};
}

Result<> mountOverlay(Syscalls& calls, const RootFilesystem& root, const UniqueFd& target)
{
    OverlayOptions options;
    if (auto filled = fillOverlayOptions(root, options); !filled)
        return filled;
    const std::string targetPath = "/proc/self/fd/" + std::to_string(target.fd());
    auto mounted = calls.plainMount({ "overlay", targetPath.c_str(), "overlay", MS_NODEV, options.text().c_str() });
    if (mounted)
        return mounted;
    return std::move(mounted).error().withHint(
        "The upper folder must not be on overlay or NFS; an ordinary user needs Linux 5.11 or later");
}

struct FolderMount {
    const std::string& source;
    std::uint64_t attributes;
    std::uint64_t propagation; ///< 0: as it comes
};

Result<> mountFolder(Syscalls& calls, const FolderMount& folder, const UniqueFd& target)
{
    auto mount = calls.cloneMount(AT_FDCWD, folder.source.c_str(), AT_RECURSIVE);
    if (!mount)
        return std::move(mount).error();
    if (folder.propagation != 0) {
        if (auto changed = calls.changeMount(mount->fd(), { 0, 0, folder.propagation, AT_RECURSIVE }); !changed)
            return changed;
    }
    if (auto changed = calls.changeMount(mount->fd(), { folder.attributes, 0, 0, 0 }); !changed)
        return changed;
    return calls.attachMount(mount->fd(), target.fd());
}

/// The mount that `path` lies on: else the host would see the root mounted there, and pivot_root(2) refuse it.
Result<> closeMountPoint(Syscalls& calls, std::string path)
{
    char real[PATH_MAX];
    if (::realpath(path.c_str(), real) == nullptr)
        return Error::fromErrno(errno, path);
    for (path = real;; path.resize(std::max<std::size_t>(path.rfind('/'), 1))) {
        struct statx info { };
        if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &info) != 0)
            return Error::fromErrno(errno, path);
        if ((info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 || path == "/")
            return calls.plainMount({ nullptr, path.c_str(), nullptr, MS_PRIVATE, nullptr });
    }
}

Result<> mountOnto(Syscalls& calls, const RootFilesystem& root, const UniqueFd& target, const RootServing& serve)
{
    // a peer of the host's would show it all that is mounted into the root
    const std::uint64_t propagation = sharesWithHost(root) ? MS_PRIVATE : 0;
    if (root.lower.empty())
        return mountFolder(calls, { root.path, MOUNT_ATTR_NODEV, propagation }, target);
    if (root.lower.size() == 1 && root.upper.empty()) // overlay wants two layers or an upper one
        return mountFolder(calls, { root.lower[0], MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, propagation }, target);
    if (root.fuseProgram.empty())
        return mountOverlay(calls, root, target);
    auto device = mountFuseRoot(calls, root, target);
    if (!device)
        return std::move(device).error();
    return serve ? serve(*device)
                 : Error{ ErrorCode::Unsupported, "nobody serves a root of fuse-overlayfs here", ENOTSUP, {} };
}

} // namespace

Result<RootFilesystem> planRootFilesystem(const oci::RuntimeSpec& spec, const std::string& bundle)
{
    RootFilesystem root;
    root.path = spec.root.path[0] == '/' ? spec.root.path : bundle + "/" + spec.root.path;
    root.lower = splitColons(annotation(spec, oci::kAnnotationLower));
    root.upper = annotation(spec, oci::kAnnotationUpper);
    root.work = annotation(spec, oci::kAnnotationWork);
    root.propagation = spec.linux_.rootfsPropagation;
    root.label = spec.linux_.mountLabel;
    if (!root.lower.empty()) {
        auto found = requireLayers(root);
        if (found && !annotation(spec, oci::kAnnotationFuse).empty())
            found = findFuseProgram(root);
        if (!found)
            return std::move(found).error();
        if (auto made = makeFolders(root.path, 0755); !made)
            return std::move(made).error();
    }
    if (auto found = requireFolder(root.path, "config.json: root.path: root file system"); !found)
        return std::move(found).error();
    return root;
}

bool sharesWithHost(const RootFilesystem& root)
{
    return root.propagation.find("shared") != std::string::npos;
}

Result<RootFd> mountRootFilesystem(Syscalls& calls, const RootFilesystem& root, const RootServing& serve)
{
    const bool listens = root.propagation.find("slave") != std::string::npos;
    const unsigned long propagation = MS_REC | (listens ? MS_SLAVE : MS_PRIVATE);
    auto done = sharesWithHost(root) ? closeMountPoint(calls, root.path)
                                     : calls.plainMount({ nullptr, "/", nullptr, propagation, nullptr });
    if (!done)
        return std::move(done).error().withContext("separate the mounts from the host's");
    auto target = openPath(root.path, O_PATH | O_DIRECTORY);
    if (!target)
        return std::move(target).error();
    if (auto mounted = mountOnto(calls, root, *target, serve); !mounted)
        return std::move(mounted).error().withContext("mount the root file system");
    auto top = openPath(root.path, O_PATH | O_DIRECTORY); // the path again: the old descriptor is below the mount
    if (!top)
        return std::move(top).error();
    if (auto answered = root.fuseProgram.empty() ? Result<>() : awaitFuseRoot(*top); !answered)
        return std::move(answered).error().withContext("mount the root file system");
    return RootFd(*std::move(top));
}

Result<> enterRoot(Syscalls& calls, const RootFd& root, OldRoot old)
{
    if (::fchdir(root.fd()) != 0)
        return Error::fromErrno(errno, "enter the root file system");
    return calls.pivotIntoWorkingFolder(old);
}

} // namespace twinhull::runtime
