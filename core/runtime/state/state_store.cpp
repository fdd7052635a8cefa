// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/state/state_store.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_intent.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

namespace twinhull::runtime {

namespace {

constexpr const char* kRecordName = "state.json";
constexpr const char* kConfigName = "config.json";
constexpr std::size_t kIdLimit = 128;

enum class Wait { Yes, No };

Result<> replaceFile(const UniqueFd& folder, const std::string& name, std::string_view text)
{
    const std::string partial = name + ".partial";
    auto file = openAt(folder, partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file)
        return std::move(file).error();
    if (auto written = writeAll(*file, text); !written)
        return written;
    if (::renameat(folder.fd(), partial.c_str(), folder.fd(), name.c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + name);
    return {};
}

Result<std::string> readFrom(const UniqueFd& folder, const char* name)
{
    auto file = openAt(folder, name, O_RDONLY | O_NOFOLLOW);
    return file ? readAll(*file, oci::kConfigLimitBytes) : std::move(file).error();
}

/// Locks it; false where the path does not name it any more.
Result<bool> lockNamed(const UniqueFd& folder, const std::string& path, Wait wait)
{
    while (::flock(folder.fd(), LOCK_EX | (wait == Wait::No ? LOCK_NB : 0)) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "lock " + path);
    }
    struct stat held { };
    struct stat named { };
    if (::fstat(folder.fd(), &held) != 0)
        return Error::fromErrno(errno, "stat " + path);
    return ::stat(path.c_str(), &named) == 0 && named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

/// The folder, locked, and still the one that the path names.
Result<UniqueFd> openLocked(const std::string& path, Wait wait)
{
    while (true) {
        auto folder = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (!folder)
            return folder;
        auto isNamed = lockNamed(*folder, path, wait);
        if (!isNamed)
            return std::move(isNamed).error();
        if (*isNamed)
            return folder;
    }
}

bool hasRecord(const UniqueFd& folder)
{
    return ::faccessat(folder.fd(), kRecordName, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/// Of a hull that was killed between making the folder and writing the record.
Result<> clearHalfMade(const UniqueFd& folder, const std::string& path)
{
    auto removed = removeNotedCgroup(folder);
    return removed ? removeTree(path) : removed;
}

void clearIfHalfMade(const std::string& path)
{
    auto folder = openLocked(path, Wait::No);
    if (folder && !hasRecord(*folder))
        (void)clearHalfMade(*folder, path); // what stays is told by the mkdir that follows
}

/// A new folder, locked; no value where someone took it for half made before it was locked.
Result<std::optional<UniqueFd>> makeLocked(const std::string& path)
{
    if (::mkdir(path.c_str(), 0700) != 0)
        return Error::fromErrno(errno, "make " + path);
    auto folder = openLocked(path, Wait::Yes);
    if (!folder && folder.error().sysErrno == ENOENT)
        return std::optional<UniqueFd>();
    if (folder && hasRecord(*folder)) // another made one here after that
        return Error::fromErrno(EEXIST, "make " + path);
    return folder ? Result(std::optional(*std::move(folder))) : std::move(folder).error();
}

Result<StateFolder> existing(const std::string& id, const std::string& path, Result<UniqueFd> folder)
{
    const bool isMissing = folder ? !hasRecord(*folder) : folder.error().sysErrno == ENOENT;
    if (isMissing)
        return Error{ ErrorCode::NotFound, "the container " + id + " does not exist", ENOENT,
            "`hull list` shows those there are" };
    return folder ? Result<StateFolder>(StateFolder(path, *std::move(folder))) : std::move(folder).error();
}

} // namespace

Result<> checkId(const std::string& id)
{
    const auto isAllowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+'
            || c == '.' || c == '-';
    };
    if (!id.empty() && id.size() <= kIdLimit && id[0] != '.' && id[0] != '-'
        && std::all_of(id.begin(), id.end(), isAllowed))
        return {};
    return Error{ ErrorCode::InvalidArgument, "\"" + id + "\" is no container id", 0,
        "Use letters, digits and _ + . - (at most 128, not starting with . or -)" };
}

Result<> StateFolder::writeRecord(const oci::ContainerRecord& record) const
{
    return replaceFile(m_folder, kRecordName, oci::encodeRecord(record)).withContext("write the container's state");
}

Result<oci::ContainerRecord> StateFolder::readRecord() const
{
    auto text = readFrom(m_folder, kRecordName);
    return text ? oci::decodeRecord(*text, m_path + "/" + kRecordName) : std::move(text).error();
}

Result<> StateFolder::writeConfig(std::string_view text) const
{
    return replaceFile(m_folder, kConfigName, text).withContext("keep the container's configuration");
}

Result<oci::RuntimeSpec> StateFolder::readConfig() const
{
    auto text = readFrom(m_folder, kConfigName);
    return text ? oci::decodeRuntimeSpec(*text, m_path + "/" + kConfigName) : std::move(text).error();
}

void StateFolder::unlock()
{
    (void)::flock(m_folder.fd(), LOCK_UN); // cannot fail for a lock that is held
}

Result<bool> StateFolder::lockAgain()
{
    return lockNamed(m_folder, m_path, Wait::Yes);
}

Result<> StateFolder::remove()
{
    return removeTree(m_path);
}

std::string StateStore::defaultRoot()
{
    const char* given = std::getenv("XDG_RUNTIME_DIR");
    if (given != nullptr && given[0] == '/')
        return std::string(given) + "/hull";
    return ::geteuid() == 0 ? "/run/hull" : "/tmp/hull-" + std::to_string(::geteuid());
}

Result<StateFolder> StateStore::create(const std::string& id) const
{
    if (auto checked = checkId(id); !checked)
        return std::move(checked).error();
    if (auto made = makeFolders(m_root); !made)
        return std::move(made).error().withHint("Choose another folder with --root");
    struct stat info { };
    if (::stat(m_root.c_str(), &info) != 0 || info.st_uid != ::geteuid())
        return Error{ ErrorCode::PermissionDenied, m_root + " belongs to someone else", EPERM,
            "Choose another folder with --root" };
    const std::string path = m_root + "/" + id;
    clearIfHalfMade(path);
    while (true) {
        auto folder = makeLocked(path);
        if (!folder && folder.error().sysErrno == EEXIST)
            return Error{ ErrorCode::AlreadyExists, "the container id " + id + " is in use", EEXIST,
                "Choose another id, or remove it: hull delete " + id };
        if (!folder)
            return std::move(folder).error();
        if (*folder)
            return StateFolder(path, **std::move(folder));
    }
}

Result<StateFolder> StateStore::open(const std::string& id) const
{
    if (auto checked = checkId(id); !checked)
        return std::move(checked).error();
    const std::string path = m_root + "/" + id;
    auto folder = openLocked(path, Wait::Yes);
    if (folder && !hasRecord(*folder)) {
        if (auto cleared = clearHalfMade(*folder, path); !cleared)
            return std::move(cleared).error().withContext("clear what is left of " + id);
    }
    return existing(id, path, std::move(folder));
}

Result<StateFolder> StateStore::peek(const std::string& id) const
{
    if (auto checked = checkId(id); !checked)
        return std::move(checked).error();
    const std::string path = m_root + "/" + id;
    return existing(id, path, openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
}

Result<std::vector<std::string>> StateStore::ids() const
{
    std::vector<std::string> ids;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(m_root.c_str()), &::closedir);
    if (!folder)
        return errno == ENOENT ? Result<std::vector<std::string>>(ids) : Error::fromErrno(errno, m_root);
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string id = entry->d_name;
        if (!checkId(id))
            continue;
        clearIfHalfMade(m_root + "/" + id);
        if (exists(m_root + "/" + id + "/" + kRecordName))
            ids.push_back(id);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

} // namespace twinhull::runtime
