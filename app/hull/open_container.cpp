// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"

#include "app/hull/verbs.h"

#include <regex.h>

#include <memory>

namespace twinhull::hull {

namespace {

Result<OpenContainer> readFound(Result<runtime::StateFolder> folder)
{
    if (!folder)
        return std::move(folder).error();
    auto record = folder->readRecord();
    if (!record)
        return std::move(record).error();
    const auto status = statusOf(*folder, *record);
    return OpenContainer{ *std::move(folder), *std::move(record), status };
}

} // namespace

Result<OpenContainer> openContainer(const Globals& globals, const std::string& id)
{
    return readFound(runtime::StateStore(globals.root).open(id));
}

Result<oci::ContainerView> viewOf(const std::string& root, const std::string& id)
{
    auto found = readFound(runtime::StateStore(root).peek(id));
    if (!found)
        return std::move(found).error();
    return oci::ContainerView{ std::move(found->record), found->status };
}

Result<Addressed> openAddressed(
    const Globals& globals, const std::vector<std::string>& words, std::span<const Option> options)
{
    auto arguments = Arguments::parse(words, options, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto id = onlyOperand(arguments->operands(), "the container's id");
    if (!id)
        return std::move(id).error();
    auto container = openContainer(globals, *id);
    if (!container)
        return std::move(container).error();
    return Addressed{ *std::move(arguments), *std::move(container) };
}

Error wrongStatus(const OpenContainer& container, const std::string& what, const std::string& hint)
{
    return Error{ ErrorCode::InvalidArgument,
        "cannot " + what + " " + container.record.id + ": it is " + std::string(nameOf(container.status)), 0, hint };
}

Result<std::vector<std::string>> idsMatching(const Globals& globals, const std::string& expression)
{
    regex_t compiled{};
    if (::regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
        return Error{ ErrorCode::InvalidArgument, "--regex: \"" + expression + "\" is no regular expression", 0, {} };
    const std::unique_ptr<regex_t, void (*)(regex_t*)> owner(&compiled, &::regfree);
    auto ids = runtime::StateStore(globals.root).ids();
    if (ids)
        std::erase_if(
            *ids, [&](const std::string& id) { return ::regexec(&compiled, id.c_str(), 0, nullptr, 0) != 0; });
    return ids;
}

} // namespace twinhull::hull
