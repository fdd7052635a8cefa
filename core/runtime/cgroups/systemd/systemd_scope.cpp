// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/systemd_scope.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_end.h"
#include "core/runtime/cgroups/cgroup_limits.h"
#include "core/runtime/cgroups/controllers.h"
#include "core/runtime/cgroups/intent_note.h"
#include "core/runtime/cgroups/systemd/dbus_connection.h"
#include "core/runtime/cgroups/systemd/dbus_reader.h"
#include "core/runtime/cgroups/systemd/dbus_writer.h"
#include "core/runtime/cgroups/systemd/scope_unit.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace twinhull::runtime {

namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 25s; // the bus's own for a call
constexpr const char* kSystemd = "org.freedesktop.systemd1";
constexpr const char* kSystemdPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr const char* kNoteName = "scope";
constexpr auto kStageEnds = 2s; ///< what a killed hull had in the scope ends by itself
constexpr int kNames = 64; ///< of containers with one id below different --root
constexpr std::size_t kFileLimitBytes = 64U << 10U;

DBusMessage managerCall(const char* member, const char* signature, const DBusWriter& body)
{
    return { DBusKind::Call, 0, 0, kSystemdPath, kManager, member, {}, kSystemd, signature, body.written() };
}

Result<DBusConnection> connectToSystemd(const std::string& socket)
{
    const auto absence = socket.empty() ? systemdAbsence() : std::nullopt;
    if (absence)
        return *absence;
    auto connection = DBusConnection::open(socket, kTimeout);
    if (connection || connection.error().code != ErrorCode::Unavailable)
        return connection ? std::move(connection) : std::move(connection).withContext("ask systemd");
    return std::move(connection)
        .withContext("ask systemd")
        .error()
        .withHint(::geteuid() == 0 ? "Start D-Bus: sudo systemctl restart dbus.socket"
                                   : "Start D-Bus: systemctl --user restart dbus.socket");
}

/// Has the bus tell us when jobs end.
Result<> listen(DBusConnection& connection)
{
    DBusWriter rule;
    rule.text("type='signal',sender='org.freedesktop.systemd1',interface='org.freedesktop.systemd1.Manager',"
              "member='JobRemoved'");
    auto heard = connection.call({ DBusKind::Call, 0, 0, "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch",
        {}, "org.freedesktop.DBus", "s", rule.written() });
    if (heard)
        heard = connection.call(managerCall("Subscribe", "", {}));
    return heard ? Result<>() : std::move(heard).error();
}

/// Calls what starts a job and waits for its end: "done", "failed", …
Result<std::string> runJob(DBusConnection& connection, DBusMessage request)
{
    auto started = connection.call(std::move(request));
    if (!started)
        return std::move(started).error();
    const std::string job = DBusReader(started->body).text();
    std::string outcome;
    auto ended = connection.awaitSignal([&](const DBusMessage& signal) {
        DBusReader body(signal.body);
        if (signal.member != "JobRemoved" || signal.signature != "uoss" || body.number32() == 0 || body.text() != job)
            return false;
        (void)body.text(); // the unit
        outcome = body.text();
        return true;
    });
    return ended ? Result(outcome) : std::move(ended).error();
}

void writeProperty(DBusWriter& writer, const UnitProperty& property)
{
    writer.align(8);
    writer.text(property.name);
    if (const auto* number = std::get_if<std::uint64_t>(&property.value)) {
        writer.signature("t");
        writer.number64(*number);
    } else if (const auto* text = std::get_if<std::string>(&property.value)) {
        writer.signature("s");
        writer.text(*text);
    } else if (const auto* truth = std::get_if<bool>(&property.value)) {
        writer.signature("b");
        writer.boolean(*truth);
    } else {
        writer.signature("ay");
        writer.bytes(std::get<UnitProperty::Bytes>(property.value).value);
    }
}

DBusMessage startCall(const ScopeName& scope, const std::vector<UnitProperty>& properties, pid_t pid)
{
    DBusWriter body;
    body.text(scope.unit());
    body.text("fail");
    const auto list = body.beginArray(8);
    for (const auto& property : properties)
        writeProperty(body, property);
    body.align(8);
    body.text("PIDs");
    body.signature("au");
    const auto pids = body.beginArray(4);
    body.number32(static_cast<std::uint32_t>(pid));
    body.endArray(pids);
    body.endArray(list);
    body.endArray(body.beginArray(8)); // no further units
    return managerCall("StartTransientUnit", "ssa(sv)a(sa(sv))", body);
}

/// A systemd older than 252 knows no idle group, and leaves cpu.idle alone.
bool leavesOutIdle(const Error& error, std::vector<UnitProperty>& properties)
{
    const auto isIdle = [](const UnitProperty& property) {
        return property.name == "CPUWeight" && property.value == UnitProperty{ {}, kIdleWeight }.value;
    };
    const auto idle = std::find_if(properties.begin(), properties.end(), isIdle);
    if (error.code != ErrorCode::InvalidArgument || idle == properties.end())
        return false;
    properties.erase(idle);
    return true;
}

/// Whether systemd answered, and has made nothing. Else it may still do what it was asked.
bool isRefusal(const Error& error)
{
    return error.sysErrno == 0 && error.code != ErrorCode::Corrupt;
}

Result<std::string> startUnit(DBusConnection& connection, const CgroupRequest& request, ScopeName scope, pid_t pid)
{
    auto properties = limitProperties(request.resources);
    if (!properties)
        return std::move(properties).error();
    properties->push_back({ "Description", "container " + request.id });
    properties->push_back({ "Delegate", true });
    properties->push_back({ "CollectMode", std::string("inactive-or-failed") });
    if (!scope.slice.empty())
        properties->push_back({ "Slice", scope.slice });
    const std::string name = scope.name;
    for (int number = 2;;) { // an id is unique below one --root only
        if (auto noted = writeNote(request.stateFolder, kNoteName, scope.unit()); !noted)
            return std::move(noted).error();
        auto outcome = runJob(connection, startCall(scope, *properties, pid));
        if (outcome && *outcome == "done")
            return scope.unit();
        if (outcome)
            return Error{ ErrorCode::Unavailable, "systemd could not start " + scope.unit() + ": " + *outcome, 0,
                "Its journal says why: journalctl -b UNIT=" + scope.unit() };
        if (leavesOutIdle(outcome.error(), *properties))
            continue;
        const bool isTaken = outcome.error().code == ErrorCode::AlreadyExists && request.cgroupsPath.empty();
        if (!isTaken || number > kNames) {
            if (isRefusal(outcome.error()))
                dropNote(request.stateFolder, kNoteName);
            return std::move(outcome).error();
        }
        scope.name = name + "." + std::to_string(number++);
    }
}

/// The v2 folder that a process is in.
Result<std::string> folderOf(const CgroupHost& host, pid_t pid)
{
    auto text = readFile("/proc/" + std::to_string(pid) + "/cgroup", kFileLimitBytes);
    if (!text)
        return std::move(text).error();
    const auto line = text->rfind("0::", 0) == 0 ? 0 : text->find("\n0::");
    if (line == std::string::npos || host.tree.empty())
        return Error{ ErrorCode::Unsupported, "this computer has no cgroup v2 tree", 0, {} };
    const auto start = text->find("::", line) + 2;
    return host.tree + text->substr(start, text->find('\n', start) - start);
}

Result<Cgroup> limitedCgroup(const CgroupRequest& request, const std::string& unit, pid_t pid)
{
    const auto host = CgroupHost::find();
    auto path = folderOf(host, pid);
    if (!path)
        return std::move(path).error();
    if (path->size() <= unit.size() || path->compare(path->size() - unit.size(), unit.size(), unit) != 0)
        return Error{ ErrorCode::Unavailable, "systemd made " + unit + ", but the process is in " + *path, 0, {} };
    // systemd hands down what it knows of: not hugetlb, not rdma
    if (auto offered = provideControllers(host, *path, request.resources); !offered)
        return std::move(offered).error();
    if (auto limited = setLimits(*path, request.resources); !limited)
        return std::move(limited).error();
    auto folder = openPath(*path, O_RDONLY | O_DIRECTORY);
    return folder ? Result(Cgroup{ *std::move(path), *std::move(folder) }) : std::move(folder).error();
}

DBusMessage propertiesCall(const std::string& unit, const std::vector<UnitProperty>& properties)
{
    DBusWriter body;
    body.text(unit);
    body.boolean(true); // until the next start of the computer: the scope does not last longer
    const auto list = body.beginArray(8);
    for (const auto& property : properties)
        writeProperty(body, property);
    body.endArray(list);
    return managerCall("SetUnitProperties", "sba(sv)", body);
}

Result<> setProperties(const std::string& socket, const std::string& unit, std::vector<UnitProperty> properties)
{
    if (properties.empty())
        return {};
    auto connection = connectToSystemd(socket);
    if (!connection)
        return std::move(connection).error();
    auto limited = connection->call(propertiesCall(unit, properties));
    if (!limited && leavesOutIdle(limited.error(), properties))
        limited = connection->call(propertiesCall(unit, properties));
    if (!limited)
        return std::move(limited).error();
    // it writes the files before it looks at the next message
    auto written = connection->call(
        { DBusKind::Call, 0, 0, kSystemdPath, "org.freedesktop.DBus.Peer", "Ping", {}, kSystemd, {}, {} });
    return written ? Result<>() : std::move(written).error();
}

Result<> stopUnit(DBusConnection& connection, const std::string& unit)
{
    DBusWriter body;
    body.text(unit);
    body.text("replace");
    auto stopped = runJob(connection, managerCall("StopUnit", "ss", body));
    const bool isGone = !stopped && stopped.error().code == ErrorCode::NotFound;
    return stopped || isGone ? Result<>() : Result<>(std::move(stopped).error());
}

/// One of the processes in the unit; 0: there is none.
Result<pid_t> processIn(DBusConnection& connection, const std::string& unit)
{
    DBusWriter body;
    body.text(unit);
    auto processes = connection.call(managerCall("GetUnitProcesses", "s", body));
    if (!processes)
        return std::move(processes).error();
    DBusReader reader(processes->body); // a(sus): cgroup, pid, command line
    if (reader.number32() == 0 && !reader.hasFailed())
        return pid_t{ 0 };
    reader.align(8);
    (void)reader.text();
    const auto pid = static_cast<pid_t>(reader.number32());
    return reader.hasFailed() ? Result<pid_t>(Error{ ErrorCode::Corrupt, "systemd's list of processes", 0, {} }) : pid;
}

void awaitEnd(pid_t pid, std::chrono::steady_clock::time_point deadline)
{
    const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const auto left
        = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wait{ process.fd(), POLLIN, 0 };
    if (process && left.count() > 0)
        (void)::poll(&wait, 1, static_cast<int>(left.count())); // the next look at the unit tells what has become of it
}

} // namespace

Result<std::string> startScope(const std::string& socket, const CgroupRequest& request, pid_t pid)
{
    auto scope = scopeNameOf(request.cgroupsPath, request.id);
    if (!scope)
        return std::move(scope).error();
    auto connection = connectToSystemd(socket);
    if (!connection)
        return std::move(connection).error();
    if (auto listening = listen(*connection); !listening)
        return std::move(listening).error();
    return startUnit(*connection, request, *std::move(scope), pid);
}

Result<SystemdScope> limitStartedScope(
    const std::string& socket, const CgroupRequest& request, std::string unit, pid_t pid)
{
    auto cgroup = limitedCgroup(request, unit, pid);
    if (cgroup)
        return SystemdScope{ std::move(unit), *std::move(cgroup) };
    auto connection = connectToSystemd(socket);
    if (connection && listen(*connection))
        (void)stopUnit(*connection, unit); // the first error is the one to tell; an empty scope goes by itself
    return std::move(cgroup).error();
}

Result<> removeNotedScope(const SystemdPlaces& places, const UniqueFd& stateFolder)
{
    const std::string unit = readNote(stateFolder, kNoteName);
    if (unit.empty())
        return {};
    auto connection = connectToSystemd(places.socket);
    if (!connection && !runsSystemd(places))
        return {}; // its scopes went with it
    if (!connection)
        return std::move(connection).error().withContext("remove " + unit);
    if (auto listening = listen(*connection); !listening)
        return listening;
    const auto deadline = std::chrono::steady_clock::now() + kStageEnds;
    auto process = processIn(*connection, unit);
    while (process && *process != 0 && std::chrono::steady_clock::now() < deadline) {
        awaitEnd(*process, deadline);
        process = processIn(*connection, unit);
    }
    if (!process)
        return process.error().code == ErrorCode::NotFound ? Result<>() : Result<>(std::move(process).error());
    return *process == 0 ? stopUnit(*connection, unit) : Result<>();
}

Result<> limitScope(const std::string& socket, const std::string& unit, const oci::Resources& resources)
{
    auto properties = limitProperties(resources);
    return properties ? setProperties(socket, unit, *std::move(properties)) : std::move(properties).error();
}

Result<> limitScopeAsBefore(
    const std::string& socket, const std::string& unit, const oci::Resources& resources, const oci::Resources& before)
{
    auto properties = sameProperties(resources, before);
    return properties ? setProperties(socket, unit, *std::move(properties)) : std::move(properties).error();
}

Result<> attachToScope(const std::string& socket, const ScopePlace& place, pid_t pid)
{
    auto connection = connectToSystemd(socket);
    if (!connection)
        return std::move(connection).error();
    DBusWriter body;
    body.text(place.unit);
    body.text(place.below.empty() || place.below[0] == '/' ? place.below : "/" + place.below);
    const auto pids = body.beginArray(4);
    body.number32(static_cast<std::uint32_t>(pid));
    body.endArray(pids);
    auto attached = connection->call(managerCall("AttachProcessesToUnit", "ssau", body));
    return attached ? Result<>() : std::move(attached).error();
}

Result<> removeScope(const std::string& socket, const std::string& unit, const std::string& cgroup)
{
    endCgroup(cgroup);
    auto connection = connectToSystemd(socket);
    if (!connection)
        return removeCgroup(cgroup); // systemd is gone, its folder need not stay
    if (auto listening = listen(*connection); !listening)
        return listening;
    return stopUnit(*connection, unit);
}

} // namespace twinhull::runtime
