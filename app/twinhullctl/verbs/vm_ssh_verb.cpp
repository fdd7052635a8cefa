// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/become_program.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/settings/ssh_users.h"
#include "core/workload/guest_ssh.h"
#include "core/workload/plan_command.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

struct VmSshOptions {
    std::string name;
    std::string user; ///< empty: the one that the window was told last
    std::uint16_t port = 0; ///< 0: as it is reached
    bool isOnlyPrinted = false;
    std::vector<std::string> command;
};

SshWish sshWishOf(const Program& program, const WorkloadInfo& vm, const VmSshOptions& options)
{
    SshWish wish{ QString::fromStdString(options.user), {}, {} };
    if (options.port > 0)
        wish.port = options.port;
    if (wish.user.isEmpty())
        wish.user = sshUserOf(Settings(program.folders()), vm.id.key);
    for (const std::string& word : options.command)
        wish.command << QString::fromStdString(word);
    return wish;
}

void printSsh(Program& program, const SshPlace& place, const QString& user, const QStringList& words)
{
    if (!program.wantsJson())
        program.print(shellLine(words) + u'\n');
    else
        program.print(QJsonValue(QJsonObject{
            { QStringLiteral("command"), QJsonArray::fromStringList(words) },
            { QStringLiteral("address"), place.address },
            { QStringLiteral("port"), place.port },
            { QStringLiteral("jump"), place.jump.isEmpty() ? QJsonValue() : QJsonValue(place.jump) },
            { QStringLiteral("user"), user.isEmpty() ? QJsonValue() : QJsonValue(user) },
        }));
    program.finish();
}

void goBySsh(Program& program, const WorkloadInfo& vm, const GuestFacts& facts, const VmSshOptions& options)
{
    const auto status = program.vms()->connectionStatus();
    const auto place = sshPlaceOf(vm, facts, status ? status->uri : QString());
    const SshWish wish = sshWishOf(program, vm, options);
    const auto words = place ? sshCommand(*place, wish) : Result<QStringList>(place.error());
    if (!words)
        return program.fail(Error(words.error()).withContext("ssh to " + options.name));
    if (options.isOnlyPrinted || program.wantsJson())
        return printSsh(program, *place, wish.user, *words);
    if (const auto installed = checkSshInstalled(); !installed)
        return program.fail(Error(installed.error()).withContext("ssh to " + options.name));
    std::vector<std::string> arguments;
    for (const QString& word : *words)
        arguments.push_back(word.toStdString());
    program.fail(becomeProgram(arguments));
}

void sshToVm(Program& program, const VmSshOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    if (vm->state != WorkloadState::Running)
        return goBySsh(program, *vm, {}, options); // there is nobody to ask
    const auto facts = std::make_shared<GuestFacts>();
    program.run(program.vms()->guest().read(*vm, facts),
        [&program, vm = *vm, facts, options] { goBySsh(program, vm, *facts, options); });
}

} // namespace

void addVmSshVerb(CLI::App& vm, ChosenVerb& chosen, const CommandTail& tail)
{
    const auto options = std::make_shared<VmSshOptions>();
    auto* verb = vm.add_subcommand("ssh", "ssh to its inside, where an address of it is known: ssh NAME [-- COMMAND…]");
    verb->footer(
        "The address is one that its agent, a DHCP lease or this computer's ARP table tells, else the port of\n"
        "this computer that was published for its port 22. The installed ssh(1) does the rest, and knows its\n"
        "keys and hosts; a VM of another computer is reached through that (-J) where its address means\n"
        "something only there.");
    verb->prefix_command(); // for what follows "--"; words before that are ours
    verb->add_option("NAME", options->name, "name or UUID")->required();
    verb->add_option("-u,--user", options->user, "who logs in; else as in the window last, else as ssh is configured");
    verb->add_option("-p,--port", options->port, "of its ssh server; else 22")->check(CLI::Range(1U, 65535U));
    verb->add_flag("--print", options->isOnlyPrinted, "only say the command, as for a shell; as words with --json");
    verb->callback([&chosen, &tail, options, verb] {
        options->command = commandAfter(*verb, tail);
        chosen = { Need::Workloads, [options](Program& program) { sshToVm(program, *options); } };
    });
}

} // namespace twinhull
