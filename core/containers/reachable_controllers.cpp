// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/reachable_controllers.h"

#include "core/base/files.h"

#include <unistd.h>

#include <cstdlib>

namespace twinhull {

namespace {

constexpr std::size_t kCgroupLimitBytes = 64U << 10U;
constexpr std::size_t kListLimitBytes = 4096;

/// "/user.slice/…" of this process in the v2 tree; empty: unknown.
std::string ownFolder(const ControllerPlaces& places)
{
    const auto text = readFile(places.ownCgroup, kCgroupLimitBytes);
    const auto at = !text ? std::string::npos : text->rfind("0::", 0) == 0 ? 0 : text->find("\n0::");
    if (at == std::string::npos)
        return {};
    const auto start = text->find("::", at) + 2;
    return text->substr(start, text->find('\n', start) - start);
}

/// Of the unit that a person's systemd runs in, whose cgroup is delegated to it; empty: hull will not ask one.
std::string systemdFolder(const ControllerPlaces& places)
{
    const std::string user = std::to_string(places.user);
    const bool isThere = exists(places.run + "/user/" + user + "/systemd") && !places.runtimeFolder.empty()
        && exists(places.runtimeFolder + "/bus");
    return isThere ? "/user.slice/user-" + user + ".slice/user@" + user + ".service" : std::string();
}

} // namespace

ControllerPlaces ControllerPlaces::ofThisProcess()
{
    ControllerPlaces places{ ::geteuid() == 0, ::getuid(), {} };
    if (const char* folder = std::getenv("XDG_RUNTIME_DIR"); folder != nullptr)
        places.runtimeFolder = folder;
    return places;
}

std::string reachableControllers(const ControllerPlaces& places)
{
    std::string tree = places.cgroups;
    if (!exists(tree + "/cgroup.controllers"))
        tree += "/unified"; // a hybrid host: the v2 tree stands there, mostly without controllers
    const std::string systemds = places.isRoot ? std::string() : systemdFolder(places);
    if (!systemds.empty()) {
        if (const auto text = readFile(tree + systemds + "/cgroup.controllers", kListLimitBytes))
            return *text;
    }
    const auto text
        = readFile(tree + (places.isRoot ? "" : ownFolder(places)) + "/cgroup.controllers", kListLimitBytes);
    return text ? *text : std::string();
}

bool hasController(const std::string& controllers, const std::string& name)
{
    return (' ' + controllers + ' ').find(' ' + name + ' ') != std::string::npos;
}

} // namespace twinhull
