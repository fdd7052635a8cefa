// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/cgroup_intent.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/cgroups/intent_note.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

constexpr const char* kNoteName = "cgroup";

/// "/tree/there//new/own": what follows the double slash was not there.
std::string withSeam(const std::string& place)
{
    std::size_t seam = place.rfind('/');
    while (seam != std::string::npos && seam > 0 && !exists(place.substr(0, seam)))
        seam = place.rfind('/', seam - 1);
    return seam == std::string::npos ? place : place.substr(0, seam) + "/" + place.substr(seam);
}

enum class Owner { Us, Nobody, Another };

Owner ownerOf(const std::string& place, const std::string& mark)
{
    char found[64];
    const ssize_t length = ::getxattr(place.c_str(), kMadeByHull, found, sizeof found);
    if (length < 0) // killed between making and marking it, or a kernel without marks
        return Owner::Nobody;
    return mark == std::string_view(found, static_cast<std::size_t>(length)) ? Owner::Us : Owner::Another;
}

Result<> removeOwn(const std::string& place, const std::string& mark)
{
    const Owner owner = ownerOf(place, mark);
    if (owner == Owner::Us)
        return removeCgroup(place);
    if (owner == Owner::Nobody && ::rmdir(place.c_str()) != 0 && errno != ENOENT)
        return Error::fromErrno(errno, "remove cgroup " + place);
    return {};
}

} // namespace

std::string ownerMark(int stateFolder)
{
    struct stat info { };
    if (stateFolder < 0 || ::fstat(stateFolder, &info) != 0)
        return "own";
    return "own " + std::to_string(info.st_dev) + "." + std::to_string(info.st_ino);
}

Result<> noteCgroup(int stateFolder, const std::string& place)
{
    if (stateFolder < 0 || exists(place))
        return {};
    return writeNote(stateFolder, kNoteName, withSeam(place));
}

Result<> removeNotedCgroup(const UniqueFd& stateFolder)
{
    if (auto removed = removeNotedScope(SystemdPlaces::ofThisProcess(), stateFolder); !removed)
        return removed;
    const std::string note = readNote(stateFolder, kNoteName);
    const auto seam = note.find("//");
    if (seam == std::string::npos)
        return {};
    std::string place = note.substr(0, seam) + note.substr(seam + 1);
    if (auto removed = removeOwn(place, ownerMark(stateFolder.fd())); !removed)
        return removed;
    for (auto slash = place.rfind('/'); slash > seam; slash = place.rfind('/')) {
        place.resize(slash);
        if (::rmdir(place.c_str()) != 0 && errno != ENOENT)
            break; // others use it
    }
    return {};
}

} // namespace twinhull::runtime
