// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/workload/machine_access.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>
#include <iostream>

namespace twinhull {

namespace {

struct AccessFixing {
    std::string name;
    bool isAgreed = false;
};

using Obstacles = std::vector<AccessObstacle>;

QStringList safePlaces(const Obstacles& obstacles)
{
    QStringList places;
    for (const auto& obstacle : obstacles) {
        if (obstacle.isSafe)
            places << obstacle.place;
    }
    return places;
}

void showObstacles(Program& program, const Obstacles& obstacles)
{
    for (const auto& obstacle : obstacles)
        program.print(QStringLiteral("%1 %2: %3\n    %4\n")
                          .arg(obstacle.role, obstacle.file, obstacle.sentence, obstacle.command));
}

bool arePassagesAgreed(const QStringList& folders)
{
    std::cerr << Program::tr("Let them pass through %1? They do not see what is in there. [y/N] ")
                     .arg(folders.join(QStringLiteral(", ")))
                     .toStdString()
              << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

void printObstacles(Program& program, const Obstacles& obstacles, const QStringList& opened)
{
    QJsonArray array;
    for (const auto& obstacle : obstacles)
        array.append(QJsonObject{ { QStringLiteral("role"), obstacle.role }, { QStringLiteral("file"), obstacle.file },
            { QStringLiteral("place"), obstacle.place }, { QStringLiteral("sentence"), obstacle.sentence },
            { QStringLiteral("command"), obstacle.command }, { QStringLiteral("safe"), obstacle.isSafe },
            { QStringLiteral("fixed"), opened.contains(obstacle.place) } });
    program.print(QJsonValue(array));
}

void finishFixing(Program& program, const Obstacles& obstacles, const QStringList& opened)
{
    if (program.wantsJson())
        printObstacles(program, obstacles, opened);
    const bool isAllOpen = std::all_of(obstacles.begin(), obstacles.end(),
        [&opened](const AccessObstacle& obstacle) { return opened.contains(obstacle.place); });
    if (isAllOpen)
        return program.finish();
    program.note(Program::tr("Something keeps it from its files still; the command beside each gives the right."));
    program.finish(exitCodeOf(ErrorCode::PermissionDenied));
}

void fixFound(Program& program, const AccessFixing& options, const WorkloadInfo& vm, const Obstacles& obstacles)
{
    if (!program.wantsJson())
        showObstacles(program, obstacles);
    if (obstacles.empty() && !program.wantsJson())
        program.note(Program::tr("%1 comes to all of its files, as far as can be seen.").arg(vm.name));
    const QStringList places = safePlaces(obstacles);
    const bool isAgreed
        = !places.isEmpty() && (options.isAgreed || (!program.wantsJson() && arePassagesAgreed(places)));
    if (!isAgreed)
        return finishFixing(program, obstacles, {});
    program.run(program.vms()->access().letThrough(vm, places),
        [&program, obstacles, places] { finishFixing(program, obstacles, places); });
}

void fixAccess(Program& program, const AccessFixing& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto obstacles = std::make_shared<Obstacles>();
    program.run(program.vms()->access().readObstacles(*vm, obstacles),
        [&program, options, vm = *vm, obstacles] { fixFound(program, options, vm, *obstacles); });
}

} // namespace

void addVmAccessVerb(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<AccessFixing>();
    auto* verb = vm.add_subcommand("fix-access",
        "tells what keeps QEMU from a VM's files, and lets it pass through folders below your home, by access lists");
    verb->add_option("NAME", options->name, "name or UUID")->required();
    verb->add_flag("--yes", options->isAgreed, "without asking");
    onVerb(*verb, chosen, options, Need::Workloads, &fixAccess);
}

} // namespace twinhull
