// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/isolation/isolation_json.h"

#include "core/ipc/message_json.h"

#include <limits>

namespace twinhull {

namespace {

using Json = nlohmann::json;

Error corrupt(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "view from inside: " + what, 0, {} };
}

Json namespacesJson(const std::vector<NamespaceLink>& links)
{
    Json list = Json::array();
    for (const auto& link : links)
        list.push_back({ { "name", link.name }, { "inode", link.inode } });
    return list;
}

Json mountsJson(const std::vector<MountPoint>& mounts)
{
    Json list = Json::array();
    for (const auto& mount : mounts)
        list.push_back({ { "target", mount.target }, { "type", mount.type }, { "readOnly", mount.isReadOnly },
            { "mask", mount.isMask } });
    return list;
}

std::string textAt(const Json& json, const char* name)
{
    return printable(json.at(name).get<std::string>());
}

/// `read` for each entry, as many as are kept.
template <typename Entry, typename Read>
std::vector<Entry> listAt(const Json& json, const char* name, const Read& read)
{
    std::vector<Entry> list;
    for (const Json& entry : json.at(name).get_ref<const Json::array_t&>()) {
        if (list.size() == kIsolationListLimit)
            break;
        list.push_back(read(entry));
    }
    return list;
}

/// What does not fit becomes the largest that does.
template <typename Number>
Number numberAt(const Json& json, const char* name)
{
    const std::uint64_t value = json.at(name).get_ref<const Json::number_unsigned_t&>();
    return static_cast<Number>(std::min<std::uint64_t>(value, std::numeric_limits<Number>::max()));
}

IsolationView viewFrom(const Json& json)
{
    IsolationView view;
    view.kernelRelease = textAt(json, "kernelRelease");
    view.bootId = textAt(json, "bootId");
    view.namespaces = listAt<NamespaceLink>(json, "namespaces", [](const Json& entry) {
        return NamespaceLink{ textAt(entry, "name"), numberAt<std::uint64_t>(entry, "inode") };
    });
    view.userId = numberAt<std::uint32_t>(json, "userId");
    view.capabilities = numberAt<std::uint64_t>(json, "capabilities");
    view.knownCapabilities = numberAt<std::uint8_t>(json, "knownCapabilities");
    view.seccomp = static_cast<SeccompMode>(std::min<std::uint8_t>(numberAt<std::uint8_t>(json, "seccomp"), 2));
    if (json.contains("seccompFilters"))
        view.seccompFilters = numberAt<std::uint32_t>(json, "seccompFilters");
    view.hasNoNewPrivileges = json.at("noNewPrivileges").get<bool>();
    view.securityLabel = textAt(json, "securityLabel");
    if (json.contains("visibleProcesses"))
        view.visibleProcesses = numberAt<std::uint32_t>(json, "visibleProcesses");
    if (json.contains("devices"))
        view.devices = listAt<std::string>(
            json, "devices", [](const Json& entry) { return printable(entry.get<std::string>()); });
    view.mounts = listAt<MountPoint>(json, "mounts", [](const Json& entry) {
        return MountPoint{ textAt(entry, "target"), textAt(entry, "type"), entry.at("readOnly").get<bool>(),
            entry.at("mask").get<bool>() };
    });
    return view;
}

} // namespace

std::string encodeIsolationView(const IsolationView& view)
{
    Json json{ { "kernelRelease", view.kernelRelease }, { "bootId", view.bootId },
        { "namespaces", namespacesJson(view.namespaces) }, { "userId", view.userId },
        { "capabilities", view.capabilities }, { "knownCapabilities", view.knownCapabilities },
        { "seccomp", static_cast<unsigned>(view.seccomp) }, { "noNewPrivileges", view.hasNoNewPrivileges },
        { "securityLabel", view.securityLabel }, { "mounts", mountsJson(view.mounts) } };
    if (view.seccompFilters)
        json["seccompFilters"] = *view.seccompFilters;
    if (view.visibleProcesses)
        json["visibleProcesses"] = *view.visibleProcesses;
    if (view.devices)
        json["devices"] = *view.devices;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<IsolationView> decodeIsolationView(std::string_view line)
{
    try {
        return viewFrom(Json::parse(line, wholeNumbersOnly()));
    } catch (const Json::exception& failure) {
        return corrupt(printable(failure.what()));
    }
}

} // namespace twinhull
