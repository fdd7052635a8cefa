// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/command_tail.h"

#include <algorithm>

namespace twinhull {

namespace {

/// The verb that these words name: "twin run" below `app`.
const CLI::App* verbIn(const CLI::App& app, const std::vector<std::string>& words)
{
    const CLI::App* verb = &app;
    for (const auto& word : words) {
        const auto named = verb->get_subcommands([&word](const CLI::App* each) { return each->check_name(word); });
        if (!named.empty())
            verb = named.front();
    }
    return verb;
}

} // namespace

CommandLine cutCommandTail(const CLI::App& app, std::vector<std::string> words)
{
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes == words.end() || !verbIn(app, { words.begin(), dashes })->get_prefix_command())
        return { std::move(words), std::nullopt };
    return { { words.begin(), dashes }, std::vector<std::string>(dashes + 1, words.end()) };
}

std::vector<std::string> commandAfter(const CLI::App& verb, const CommandTail& tail)
{
    if (!verb.get_prefix_command())
        return {};
    auto command = verb.remaining();
    if (!command.empty() && command.front().starts_with("-"))
        throw CLI::ValidationError(command.front(), "no such option");
    if (!tail)
        return command;
    if (!command.empty())
        command.emplace_back("--"); // it was the command's own: sh -c TEXT -- WORD
    command.insert(command.end(), tail->begin(), tail->end());
    return command;
}

} // namespace twinhull
