// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/carry/tree_unpacker.h"

#include "core/base/files.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>

namespace twinhull {

namespace {

constexpr std::size_t kMostLevels = 256; // a descriptor each
constexpr mode_t kUntilItIsFull = 0700;
constexpr mode_t kEnteredMode = 0755;
constexpr mode_t kPlainPermissions = 01777; // without set-id bits

Error outOfOrder()
{
    return Error{ ErrorCode::Corrupt, "stream of files: out of order", 0, {} };
}

Error inTheWay(const std::string& name, const char* what)
{
    return Error{ ErrorCode::AlreadyExists, withoutControls(name) + " is there and is " + what, EEXIST, {} };
}

std::string withoutSlashes(std::string path)
{
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path;
}

Result<> checkRegular(const UniqueFd& there, const std::string& path)
{
    struct stat info { };
    if (::fstat(there.fd(), &info) != 0)
        return Error::fromErrno(errno, withoutControls(path));
    return S_ISREG(info.st_mode) ? Result<>() : inTheWay(path, "no regular file");
}

} // namespace

TreeUnpacker::TreeUnpacker(UnpackRequest request, CarryLimits limits) : m_request(std::move(request)), m_limits(limits)
{
}

TreeUnpacker::~TreeUnpacker()
{
    if (m_making.file)
        (void)::unlinkat(here(), m_making.partial.c_str(), 0); // nobody can be told any more
}

Result<> TreeUnpacker::take(const CarryMessage& message)
{
    const bool isFirst = !m_parent && m_levels.empty();
    if (m_isDone
        || (m_making.file && message.kind != CarryKind::Bytes && message.kind != CarryKind::FileEnd
            && message.kind != CarryKind::Failed))
        return outOfOrder();
    switch (message.kind) {
    case CarryKind::Failed:
        return Error{ message.code, withoutControls(message.text), 0, {} };
    case CarryKind::Done:
        m_isDone = m_levels.empty() && !isFirst;
        return m_isDone ? Result<>() : outOfOrder();
    case CarryKind::Bytes:
        return m_making.file ? write(message) : outOfOrder();
    case CarryKind::FileEnd:
        return m_making.file ? endFile() : outOfOrder();
    case CarryKind::FolderEnd:
        return m_levels.empty() ? outOfOrder() : closeFolder();
    case CarryKind::LeftOut:
        return m_levels.empty() ? outOfOrder() : Result<>();
    case CarryKind::Listed:
        return outOfOrder();
    default:
        break;
    }
    if (++m_entries > m_limits.entries)
        return Error{ ErrorCode::Corrupt, "more than " + std::to_string(m_limits.entries) + " files", 0, {} };
    if (isFirst)
        return takeFirst(message);
    if (m_levels.empty() || message.name.empty())
        return outOfOrder();
    return add(here(), message.name, message);
}

/// As cp(1) does it: into a folder that is there, else under the name that is given.
Result<> TreeUnpacker::takeFirst(const CarryMessage& first)
{
    UniqueFd there(::open(m_request.path.c_str(), O_PATH | O_CLOEXEC));
    if (!there && errno == ENOENT)
        return placeNew(first);
    struct stat info { };
    if (!there || ::fstat(there.fd(), &info) != 0)
        return Error::fromErrno(errno, withoutControls(m_request.path));
    return S_ISDIR(info.st_mode) ? placeInside(std::move(there), first) : placeOver(there, first);
}

Result<> TreeUnpacker::placeInside(UniqueFd folder, const CarryMessage& first)
{
    const bool isFolder = first.kind == CarryKind::Folder || first.kind == CarryKind::Enter;
    if (!m_request.name.empty()) {
        m_parent = std::move(folder);
        return add(m_parent.fd(), m_request.name, first);
    }
    if (!isFolder)
        return inTheWay(m_request.path, "a folder");
    auto opened = openAt(folder, ".", O_RDONLY | O_DIRECTORY);
    if (!opened)
        return std::move(opened).error();
    m_parent = std::move(folder);
    m_levels.push_back({ *std::move(opened), {}, {}, true });
    return {};
}

/// A link that was given is followed to the file, which is replaced where it is.
Result<> TreeUnpacker::placeOver(const UniqueFd& there, const CarryMessage& first)
{
    if (first.kind == CarryKind::Folder || first.kind == CarryKind::Enter)
        return inTheWay(m_request.path, "no folder");
    if (auto checked = checkRegular(there, m_request.path); !checked)
        return checked;
    std::array<char, PATH_MAX> real{};
    const std::string link = "/proc/self/fd/" + std::to_string(there.fd());
    const ssize_t count = ::readlink(link.c_str(), real.data(), real.size());
    if (count <= 0 || real.front() != '/')
        return Error::fromErrno(count < 0 ? errno : ENOENT, withoutControls(m_request.path));
    m_request.path.assign(real.data(), static_cast<std::size_t>(count));
    return placeNew(first);
}

Result<> TreeUnpacker::placeNew(const CarryMessage& first)
{
    const bool wantsFolder = m_request.path.ends_with('/');
    if (first.kind == CarryKind::Enter || (wantsFolder && first.kind != CarryKind::Folder))
        return Error::fromErrno(ENOENT, withoutControls(m_request.path)).withHint("Make that folder first");
    const std::string path = withoutSlashes(m_request.path);
    const auto slash = path.find_last_of('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (!isCarriedName(name))
        return Error{ ErrorCode::InvalidArgument, withoutControls(path) + ": not a name for a new file", 0, {} };
    auto parent = openPath(folder, O_PATH | O_DIRECTORY);
    if (!parent)
        return std::move(parent).error().withHint("Make that folder first");
    m_parent = *std::move(parent);
    return add(m_parent.fd(), name, first);
}

Result<> TreeUnpacker::add(int parent, const std::string& name, const CarryMessage& message)
{
    switch (message.kind) {
    case CarryKind::Folder:
    case CarryKind::Enter:
        return openFolder(parent, name, message);
    case CarryKind::File:
        return beginFile(parent, name, message);
    default:
        return addLink(parent, name, message);
    }
}

Result<> TreeUnpacker::openFolder(int parent, const std::string& name, const CarryMessage& message)
{
    if (m_levels.size() == kMostLevels)
        return Error{ ErrorCode::Corrupt, "more than " + std::to_string(kMostLevels) + " folders in each other", 0,
            {} };
    const bool isEntered = message.kind == CarryKind::Enter;
    const bool isNew = ::mkdirat(parent, name.c_str(), isEntered ? kEnteredMode : kUntilItIsFull) == 0;
    if (!isNew && errno != EEXIST)
        return Error::fromErrno(errno, "make folder " + withoutControls(name));
    UniqueFd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder && (errno == ENOTDIR || errno == ELOOP))
        return inTheWay(name, "no folder");
    if (!folder)
        return Error::fromErrno(errno, "open folder " + withoutControls(name));
    m_levels.push_back({ std::move(folder), name, message.attributes, isEntered });
    return {};
}

/// Its time last, because every file that was put into it changed that.
Result<> TreeUnpacker::closeFolder()
{
    const Level level = std::move(m_levels.back());
    m_levels.pop_back();
    return level.staysAsItIs ? Result<>()
                             : apply(level.folder, level.attributes).withContext(withoutControls(level.name));
}

Result<> TreeUnpacker::beginFile(int parent, const std::string& name, const CarryMessage& message)
{
    const std::string partial = nextPartial();
    UniqueFd file(::openat(parent, partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return Error::fromErrno(errno, "make " + withoutControls(name));
    m_making = { std::move(file), partial, name, message };
    return {};
}

Result<> TreeUnpacker::write(const CarryMessage& piece)
{
    if (piece.bytes + piece.text.size() > m_making.begin.bytes)
        return Error{ ErrorCode::Corrupt, "stream of files: a file is larger than it was said to be", 0, {} };
    m_bytes += piece.text.size();
    if (m_bytes > m_limits.bytes)
        return Error{ ErrorCode::Corrupt, "more than " + std::to_string(m_limits.bytes) + " bytes", 0, {} };
    std::string_view left = piece.text;
    auto at = static_cast<off_t>(piece.bytes);
    while (!left.empty()) {
        const ssize_t count = ::pwrite(m_making.file.fd(), left.data(), left.size(), at);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "write " + withoutControls(m_making.name));
        left.remove_prefix(static_cast<std::size_t>(count));
        at += count;
    }
    return {};
}

Result<> TreeUnpacker::endFile()
{
    const std::string name = withoutControls(m_making.name);
    if (::ftruncate(m_making.file.fd(), static_cast<off_t>(m_making.begin.bytes)) != 0) // a hole at its end
        return Error::fromErrno(errno, "set the size of " + name);
    if (auto applied = apply(m_making.file, m_making.begin.attributes); !applied)
        return std::move(applied).withContext(name);
    if (auto renamed = rename(here(), m_making.partial, m_making.name); !renamed)
        return renamed;
    m_making = {};
    return {};
}

Result<> TreeUnpacker::addLink(int parent, const std::string& name, const CarryMessage& message)
{
    const std::string partial = nextPartial();
    if (::symlinkat(message.text.c_str(), parent, partial.c_str()) != 0)
        return Error::fromErrno(errno, "make link " + withoutControls(name));
    const auto& attributes = message.attributes;
    if (m_request.owner == CarriedOwner::Kept)
        (void)!::fchownat(
            parent, partial.c_str(), attributes.uid, attributes.gid, AT_SYMLINK_NOFOLLOW); // as in apply()
    const timespec time{ attributes.modifiedSeconds, attributes.modifiedNanoseconds };
    const std::array<timespec, 2> times{ time, time };
    (void)::utimensat(parent, partial.c_str(), times.data(), AT_SYMLINK_NOFOLLOW); // a time it cannot hold
    auto renamed = rename(parent, partial, name);
    if (!renamed)
        (void)::unlinkat(parent, partial.c_str(), 0); // the first error is the one to tell
    return renamed;
}

Result<> TreeUnpacker::rename(int parent, const std::string& partial, const std::string& name)
{
    if (::renameat(parent, partial.c_str(), parent, name.c_str()) == 0)
        return {};
    if (errno == EISDIR || errno == ENOTEMPTY)
        return inTheWay(name, "a folder");
    auto failed = Error::fromErrno(errno, "replace " + withoutControls(name));
    return failed.sysErrno == EBUSY ? std::move(failed).withHint("It is mounted there by itself; write to it with exec")
                                    : std::move(failed);
}

/// Owner first: chown clears set-id bits.
Result<> TreeUnpacker::apply(const UniqueFd& file, const CarryAttributes& attributes)
{
    const bool isKept = m_request.owner == CarriedOwner::Kept;
    const bool isTheirs = isKept && ::fchown(file.fd(), attributes.uid, attributes.gid) == 0;
    if (isKept && !isTheirs && errno != EPERM && errno != EINVAL) // EINVAL: no such id in this user namespace
        return Error::fromErrno(errno, "set the owner");
    if (::fchmod(file.fd(), attributes.permissions & (isTheirs ? 07777U : kPlainPermissions)) != 0)
        return Error::fromErrno(errno, "set the permissions");
    const timespec time{ attributes.modifiedSeconds, attributes.modifiedNanoseconds };
    const std::array<timespec, 2> times{ time, time };
    (void)::futimens(file.fd(), times.data()); // a time this file system cannot hold
    return {};
}

std::string TreeUnpacker::nextPartial()
{
    return ".twinhull-cp." + std::to_string(::getpid()) + "-" + std::to_string(m_partials++) + ".partial";
}

} // namespace twinhull
