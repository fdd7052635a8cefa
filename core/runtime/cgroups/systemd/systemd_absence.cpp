// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/systemd_absence.h"

#include "core/base/files.h"
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/namespaces/user_namespace.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace twinhull::runtime {

namespace {

bool isRootOfHost()
{
    return ::geteuid() == 0 && isInFirstUserNamespace();
}

/// "unix:path=/run/user/1000/bus,guid=…" of the first address; empty for other kinds.
std::string pathOfAddress(const char* address)
{
    constexpr std::string_view kStart = "unix:path=";
    const std::string_view text = address != nullptr ? address : "";
    if (text.substr(0, kStart.size()) != kStart)
        return {};
    const auto path = text.substr(kStart.size());
    return std::string(path.substr(0, path.find_first_of(",;")));
}

Error missing(std::string what, std::string step)
{
    return Error{ ErrorCode::Unavailable, std::move(what), 0, std::move(step) };
}

std::string usualFolder(const SystemdPlaces& places)
{
    return places.run + "/user/" + std::to_string(places.user);
}

Error systemAbsence(const SystemdPlaces& places)
{
    if (!runsSystemd(places))
        return missing("systemd does not run on this computer", "Use --cgroup-manager cgroupfs");
    return missing("D-Bus does not run on this computer",
        "Install and start it: sudo apt install dbus && sudo systemctl start dbus.socket");
}

Error userAbsence(const SystemdPlaces& places)
{
    const std::string usual = usualFolder(places);
    const std::string folder = places.runtimeFolder.empty() ? usual : places.runtimeFolder;
    if (!runsSystemd(places))
        return missing("this user's systemd does not run",
            "Log in through systemd-logind, or start it: sudo loginctl enable-linger " + ownUserName());
    if (places.runtimeFolder != usual && exists(usual + "/bus"))
        return missing("XDG_RUNTIME_DIR does not name the folder of this user's systemd",
            "Set it: export XDG_RUNTIME_DIR=" + usual);
    return missing(
        "D-Bus does not run for this user (" + (places.socket.empty() ? folder + "/bus" : places.socket) + ")",
        "Install and start it: sudo apt install dbus-user-session && systemctl --user start dbus.socket");
}

} // namespace

std::string systemdSocket()
{
    if (isRootOfHost()) {
        const std::string given = pathOfAddress(std::getenv("DBUS_SYSTEM_BUS_ADDRESS"));
        return given.empty() ? "/run/dbus/system_bus_socket" : given;
    }
    const std::string given = pathOfAddress(std::getenv("DBUS_SESSION_BUS_ADDRESS"));
    const char* folder = std::getenv("XDG_RUNTIME_DIR");
    if (!given.empty() || folder == nullptr || folder[0] != '/')
        return given;
    return std::string(folder) + "/bus";
}

SystemdPlaces SystemdPlaces::ofThisProcess()
{
    SystemdPlaces places{ isRootOfHost(), ::getuid(), systemdSocket(), {} };
    if (const char* folder = std::getenv("XDG_RUNTIME_DIR"); folder != nullptr)
        places.runtimeFolder = folder;
    return places;
}

bool runsSystemd(const SystemdPlaces& places)
{
    return exists(places.isRoot ? places.run + "/systemd/system" : usualFolder(places) + "/systemd"); // sd_booted(3)
}

std::optional<Error> systemdAbsence(const SystemdPlaces& places)
{
    if (!places.socket.empty() && exists(places.socket))
        return std::nullopt;
    return places.isRoot ? systemAbsence(places) : userAbsence(places);
}

} // namespace twinhull::runtime
