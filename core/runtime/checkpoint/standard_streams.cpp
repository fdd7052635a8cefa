// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/standard_streams.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/oci/text_list.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace twinhull::runtime {

namespace {

constexpr int kStreams = 3;
constexpr std::size_t kNamesLimitBytes = 64U << 10U;
constexpr unsigned kFirstTerminalMajor = 136; // UNIX98 terminals, devices.txt of the kernel
constexpr unsigned kLastTerminalMajor = 143;
constexpr unsigned kConsoleMajor = 4;

bool startsWith(std::string_view text, std::string_view start)
{
    return text.substr(0, start.size()) == start;
}

/// "mnt_id:" of proc(5), /proc/PID/fdinfo/N.
std::optional<int> mountIdOf(const std::string& process, int fd)
{
    constexpr std::string_view kKey = "mnt_id:";
    auto text = readFile(process + "/fdinfo/" + std::to_string(fd), kNamesLimitBytes);
    const auto at = text ? text->find(kKey) : std::string::npos;
    if (at == std::string::npos)
        return {};
    const std::string_view rest = std::string_view(*text).substr(at + kKey.size());
    auto number = parseNumber(trimmed(rest.substr(0, rest.find('\n'))));
    return number && std::in_range<int>(*number) ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::string namePair(const char* kind, unsigned first, unsigned long second)
{
    char text[64];
    (void)std::snprintf(text, sizeof text, "%s[%x:%lx]", kind, first, second); // fits
    return text;
}

bool isTerminal(const struct stat& info)
{
    const auto number = ::major(info.st_rdev);
    return S_ISCHR(info.st_mode)
        && (number == kConsoleMajor || (number >= kFirstTerminalMajor && number <= kLastTerminalMajor));
}

Result<std::string> streamNameOf(const std::string& process, int fd, const std::vector<MountLine>& table)
{
    const std::string path = process + "/fd/" + std::to_string(fd);
    char link[PATH_MAX];
    const ssize_t length = ::readlink(path.c_str(), link, sizeof link);
    if (length < 0)
        return errno == ENOENT ? Result(std::string()) : Error::fromErrno(errno, path); // closed by the container
    const std::string target(link, static_cast<std::size_t>(length));
    struct stat info { };
    const auto mount = mountIdOf(process, fd);
    const bool isOwn
        = mount && std::any_of(table.begin(), table.end(), [&](const MountLine& line) { return line.id == *mount; });
    if (target[0] != '/' || isOwn || !mount)
        return target;
    if (::stat(path.c_str(), &info) != 0)
        return Error::fromErrno(errno, path);
    if (isTerminal(info))
        return namePair("tty", static_cast<unsigned>(info.st_rdev), info.st_dev);
    return namePair("file", static_cast<unsigned>(*mount), info.st_ino);
}

} // namespace

Result<StreamNames> streamNamesOf(pid_t pid, const std::vector<MountLine>& table)
{
    StreamNames names;
    for (int fd = 0; fd < kStreams; ++fd) {
        auto name = streamNameOf("/proc/" + std::to_string(pid), fd, table);
        if (!name)
            return std::move(name).error();
        names.push_back(*std::move(name));
    }
    return names;
}

std::vector<std::string> externalStreams(const StreamNames& names)
{
    std::set<std::string> externals;
    for (const auto& name : names) {
        if (startsWith(name, "file[") || startsWith(name, "tty["))
            externals.insert(name);
    }
    return { externals.begin(), externals.end() };
}

std::vector<std::pair<std::string, int>> inheritedStreams(const StreamNames& names)
{
    std::vector<std::pair<std::string, int>> inherited;
    std::set<std::string> seen; // both outputs are often one
    for (std::size_t i = 0; i < names.size() && i < kStreams; ++i) {
        const bool isOutside
            = startsWith(names[i], "pipe:[") || startsWith(names[i], "file[") || startsWith(names[i], "tty[");
        if (isOutside && seen.insert(names[i]).second)
            inherited.emplace_back(names[i], static_cast<int>(i));
    }
    return inherited;
}

Result<> writeStreamNames(const UniqueFd& images, const StreamNames& names)
{
    const std::string partial = std::string(kStreamsFile) + ".partial";
    auto file = openAt(images, partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    auto written = file ? writeAll(*file, oci::encodeTexts(names)) : Result<>(std::move(file).error());
    if (written && ::renameat(images.fd(), partial.c_str(), images.fd(), kStreamsFile) != 0)
        written = Error::fromErrno(errno, kStreamsFile);
    return written;
}

Result<StreamNames> readStreamNames(const UniqueFd& images, const std::string& path)
{
    auto file = openAt(images, kStreamsFile, O_RDONLY | O_NOFOLLOW);
    if (!file && file.error().sysErrno == ENOENT)
        return Error{ ErrorCode::NotFound, path + " holds no whole checkpoint: it has no " + kStreamsFile, ENOENT,
            "Give the folder that `hull checkpoint --image-path` wrote" };
    auto text = file ? readAll(*file, kNamesLimitBytes) : Result<std::string>(std::move(file).error());
    return text ? oci::decodeTexts(*text, path + "/" + kStreamsFile) : std::move(text).error();
}

} // namespace twinhull::runtime
