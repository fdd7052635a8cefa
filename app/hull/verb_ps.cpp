// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/runtime/state/container_processes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr std::array<Option, 1> kOptions{ { { "format", 'f', Takes::Value } } };
constexpr std::chrono::seconds kPatience{ 30 };

struct Request {
    std::string id;
    std::string format;
    Words psOptions; ///< for ps(1)
};

bool isFormat(const std::string& text)
{
    return text == "table" || text == "json";
}

/// What stands behind the id is ps's, as runc has it, unless it is --format, which crun takes there as well.
Result<Request> requestOf(const Words& words)
{
    auto before = Arguments::parse(words, kOptions, Operands::EndOptions);
    if (!before)
        return std::move(before).error();
    const Words& operands = before->operands();
    if (operands.empty())
        return onlyOperand(operands, "the container's id").error();
    Request request{ operands[0], before->value("format"), Words(operands.begin() + 1, operands.end()) };
    auto behind = Arguments::parse(request.psOptions, kOptions, Operands::Mixed);
    if (behind && behind->operands().empty() && isFormat(behind->value("format"))) {
        request.format = behind->value("format");
        request.psOptions.clear();
    }
    if (request.format.empty() || isFormat(request.format))
        return request;
    return Error{ ErrorCode::InvalidArgument, "unknown format " + request.format, 0, "Use table or json" };
}

std::vector<std::string_view> wordsOf(std::string_view line)
{
    std::vector<std::string_view> words;
    while (true) {
        const auto start = std::min(line.find_first_not_of(" \t"), line.size());
        line.remove_prefix(start);
        if (line.empty())
            return words;
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

bool isAmong(const std::vector<pid_t>& pids, std::string_view text)
{
    const auto number = parseNumber(text);
    return number
        && std::any_of(pids.begin(), pids.end(), [&](pid_t pid) { return *number == static_cast<std::uint64_t>(pid); });
}

/// The first line and those of these processes.
Result<std::string> linesOf(std::string_view table, const std::vector<pid_t>& pids)
{
    std::string kept;
    std::optional<std::size_t> column;
    while (!table.empty()) {
        const auto end = std::min(table.find('\n'), table.size());
        const std::string_view line = table.substr(0, end);
        const auto words = wordsOf(line);
        const bool isFirst = !column;
        if (isFirst)
            column = static_cast<std::size_t>(std::find(words.begin(), words.end(), "PID") - words.begin());
        if (isFirst && *column == words.size())
            break;
        if (isFirst || (*column < words.size() && isAmong(pids, words[*column])))
            kept.append(line).push_back('\n');
        table.remove_prefix(std::min(end + 1, table.size()));
    }
    if (!kept.empty())
        return kept;
    return Error{ ErrorCode::InvalidArgument, "ps shows no column PID with these options", 0,
        "Leave the options out, or give some that show it, for example -ef" };
}

Result<std::string> tableByPs(const Words& options, const std::vector<pid_t>& pids)
{
    Command command{ { "ps" }, {}, {} };
    command.arguments.insert(command.arguments.end(), options.begin(), options.end());
    auto output = runChecked(command, kPatience);
    return output ? linesOf(*output, pids) : std::move(output).error();
}

std::string tableOf(const std::vector<pid_t>& pids)
{
    std::string table = "PID\n";
    for (const pid_t pid : pids)
        table += std::to_string(pid) + "\n";
    return table;
}

} // namespace

Result<int> psVerb(const Globals& globals, const Words& words)
{
    auto request = requestOf(words);
    if (!request)
        return std::move(request).error();
    auto container = openContainer(globals, request->id);
    if (!container)
        return std::move(container).error();
    if (container->status == oci::ContainerStatus::Stopped)
        return wrongStatus(*container, "list the processes of", "`hull list` shows those that run");
    auto pids = processesOf(container->record);
    if (!pids)
        return std::move(pids).error();
    if (request->format == "json")
        return print(oci::encodePids(*pids));
    auto table = request->psOptions.empty() ? Result(tableOf(*pids)) : tableByPs(request->psOptions, *pids);
    return table ? print(*table) : std::move(table).error();
}

} // namespace twinhull::hull
