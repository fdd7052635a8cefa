// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/oci/log_line.h"

#include <array>
#include <cstdio>

namespace twinhull::hull {

namespace {

using namespace runtime;

enum class Format { Table, Json };

constexpr std::array<Option, 2> kListOptions{ { { "format", 'f', Takes::Value }, { "quiet", 'q', Takes::Nothing } } };

Result<Format> formatOf(const Arguments& arguments)
{
    const std::string format = arguments.value("format");
    if (format.empty() || format == "table")
        return Format::Table;
    if (format == "json")
        return Format::Json;
    return Error{ ErrorCode::InvalidArgument, "unknown format " + format, 0, "Use table or json" };
}

std::string tableOf(const std::vector<oci::ContainerView>& views)
{
    std::string table;
    char line[1024];
    const auto add = [&](const char* id, const char* pid, const char* status, const char* bundle, const char* created,
                         const char* owner) {
        // cut, not wrong
        (void)std::snprintf(
            line, sizeof line, "%-24s %-10s %-10s %-40s %-26s %s\n", id, pid, status, bundle, created, owner);
        table += line;
    };
    add("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");
    for (const auto& [record, status] : views) {
        const bool isStopped = status == oci::ContainerStatus::Stopped;
        add(record.id.c_str(), std::to_string(isStopped ? 0 : record.pid).c_str(), std::string(nameOf(status)).c_str(),
            record.bundle.c_str(), oci::timeText(record.createdMilliseconds).c_str(),
            oci::ownerText(record.ownerUid).c_str());
    }
    return table;
}

Result<std::vector<oci::ContainerView>> allViews(const std::string& root)
{
    auto ids = StateStore(root).ids();
    if (!ids)
        return std::move(ids).error();
    std::vector<oci::ContainerView> views;
    for (const auto& id : *ids) {
        auto view = viewOf(root, id);
        if (view)
            views.push_back(*std::move(view));
        else if (view.error().code != ErrorCode::NotFound) // else deleted just now
            warn(view.error().toLine().c_str());
    }
    return views;
}

} // namespace

Result<int> listVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kListOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto format = formatOf(*arguments);
    if (!format)
        return std::move(format).error();
    auto views = allViews(globals.root);
    if (!views)
        return std::move(views).error();
    if (!arguments->has("quiet"))
        return print(*format == Format::Json ? encodeStates(*views) : tableOf(*views));
    std::string ids;
    for (const auto& view : *views)
        ids += view.record.id + "\n";
    return print(ids);
}

} // namespace twinhull::hull
