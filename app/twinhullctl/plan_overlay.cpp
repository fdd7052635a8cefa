// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/plan_overlay.h"

#include "core/workload/plan_command.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace twinhull {

namespace {

using Words = std::vector<std::string>;

/// The second cannot stand beside the first.
constexpr std::array kRivals{
    std::pair("--network", "--no-network"),
    std::pair("--no-network", "--network"),
    std::pair("--restart", "--rm"),
    std::pair("--rm", "--restart"),
    std::pair("--health-", "--no-healthcheck"),
    std::pair("--no-healthcheck", "--health-"),
};
constexpr std::array kAdded{ "--env", "--label" };
/// Of the verb, and not of what it makes.
constexpr std::array kNotOfThePlan{ "--from", "--json", "--verbose", "--name", "--container", "--vm", "--detach",
    "--attach", "--interactive" };

std::string nameOf(const CLI::Option& option)
{
    return option.get_lnames().empty() ? "-" + option.get_snames().front() : "--" + option.get_lnames().front();
}

bool isIn(const auto& list, const std::string& name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

/// What was typed of these options, by what `isWanted` says to their names.
Words wordsOf(const CLI::App& verb, const std::function<bool(const std::string&)>& isWanted)
{
    Words words;
    for (const auto* option : verb.get_options([](const CLI::Option* each) { return each->nonpositional(); })) {
        const std::string name = nameOf(*option);
        if (option->count() == 0 || isIn(kNotOfThePlan, name) || !isWanted(name))
            continue;
        if (option->get_items_expected_max() == 0) { // a flag
            words.push_back(name);
            continue;
        }
        for (const auto& result : option->results())
            words.insert(words.end(), { name, result });
    }
    return words;
}

bool isReplaced(const std::string& name, const CLI::App& verb)
{
    const auto isTyped = [&verb](const std::string& beginning) {
        const auto all = verb.get_options();
        return std::any_of(all.begin(), all.end(), [&beginning](const CLI::Option* each) {
            return each->nonpositional() && each->count() > 0 && nameOf(*each).starts_with(beginning);
        });
    };
    if (const auto* same = verb.get_option_no_throw(name); same != nullptr && same->count() > 0 && !isIn(kAdded, name))
        return true;
    return std::any_of(kRivals.begin(), kRivals.end(),
        [&](const auto& rivals) { return name.starts_with(rivals.second) && isTyped(rivals.first); });
}

void parse(CLI::App& app, Words words)
{
    std::reverse(words.begin(), words.end()); // as CLI11 wants them
    app.parse(std::move(words));
}

Words plainWords(const QStringList& list)
{
    Words words;
    for (const auto& word : list)
        words.push_back(word.toStdString());
    return words;
}

/// The plan's command line without its program, its name and what it runs.
Words optionWordsOf(WorkloadPlan plan)
{
    plan.name = QStringLiteral("x"); // it must have one to be written
    plan.command.clear();
    Words words = plainWords(planCommand(plan, WorkloadKind::Container));
    words.erase(words.begin());
    return words;
}

} // namespace

Result<PlanArguments> laidOver(const WorkloadPlan& plan, const CLI::App& verb, const PlanArguments& typed)
{
    try {
        CLI::App first;
        CreateOptions known;
        const auto* original = addPlanVerb(first, "run", {}, known);
        parse(first, optionWordsOf(plan));
        Words words{ "run" };
        for (const auto& word : wordsOf(*original, [&](const auto& name) { return !isReplaced(name, verb); }))
            words.push_back(word);
        for (const auto& word : wordsOf(verb, [](const auto&) { return true; }))
            words.push_back(word);
        words.push_back(typed.source.empty() ? known.arguments.source : typed.source);
        CLI::App second;
        CreateOptions laid;
        addPlanVerb(second, "run", {}, laid);
        parse(second, std::move(words));
        laid.arguments.name = typed.name;
        laid.arguments.command = typed.source.empty() ? plainWords(plan.command) : typed.command;
        return laid.arguments;
    } catch (const CLI::Error& failure) {
        return Error{ ErrorCode::InvalidArgument, failure.what(), 0, {} };
    }
}

} // namespace twinhull
