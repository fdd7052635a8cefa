// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/command_tail.h"
#include "app/twinhullctl/program.h"

namespace twinhull {

/// For a verb that goes on and tells what happens meanwhile.
inline OthersChanges followedIf(bool goesOn)
{
    return goesOn ? OthersChanges::Followed : OthersChanges::Ignored;
}

/// What the command line asked for; set by the verb that was named.
struct ChosenVerb {
    Need need = Need::Workloads;
    Program::Verb verb;
    OthersChanges changes = OthersChanges::Ignored;
    std::vector<std::string> names = {}; ///< of the containers it is about, or beginnings of ids; none: all of them
};

// One function a group of verbs, in verbs/. `chosen` and `tail` must outlive the parsing.
void addListVerb(CLI::App& app, ChosenVerb& chosen);
void addConnectionVerbs(CLI::App& app, ChosenVerb& chosen);
void addCommitVerb(CLI::App& app, ChosenVerb& chosen);
void addImageVerbs(CLI::App& app, ChosenVerb& chosen);
void addVolumeVerbs(CLI::App& app, ChosenVerb& chosen);
void addSecretVerbs(CLI::App& app, ChosenVerb& chosen);
void addNetworkVerbs(CLI::App& app, ChosenVerb& chosen);
void addComposeVerbs(CLI::App& app, ChosenVerb& chosen);
void addKernelVerbs(CLI::App& app, ChosenVerb& chosen);
void addCreateVerbs(CLI::App& app, ChosenVerb& chosen, GlobalOptions& options, const CommandTail& tail);
void addLifecycleVerbs(CLI::App& app, ChosenVerb& chosen);
void addCheckpointVerbs(CLI::App& app, ChosenVerb& chosen);
void addChangeVerbs(CLI::App& app, ChosenVerb& chosen);
void addGroupVerb(CLI::App& app, ChosenVerb& chosen);
void addBinVerbs(CLI::App& app, ChosenVerb& chosen);
void addAutostartVerbs(CLI::App& app, ChosenVerb& chosen);
void addDiffVerb(CLI::App& app, ChosenVerb& chosen);
void addInspectVerb(CLI::App& app, ChosenVerb& chosen);
void addTopVerb(CLI::App& app, ChosenVerb& chosen);
void addEventsVerb(CLI::App& app, ChosenVerb& chosen);
void addLogsVerb(CLI::App& app, ChosenVerb& chosen);
void addTerminalVerbs(CLI::App& app, ChosenVerb& chosen, const CommandTail& tail);
void addListFilesVerb(CLI::App& app, ChosenVerb& chosen);
void addCopyVerb(CLI::App& app, ChosenVerb& chosen);
void addStatsVerbs(CLI::App& app, ChosenVerb& chosen);
void addCapacityVerb(CLI::App& app, ChosenVerb& chosen, GlobalOptions& options, const CommandTail& tail);
void addIsolationVerb(CLI::App& app, ChosenVerb& chosen);
void addHistoryVerb(CLI::App& app, ChosenVerb& chosen);
void addCompareVerb(CLI::App& app, ChosenVerb& chosen, GlobalOptions& options, const CommandTail& tail);
void addTwinVerbs(CLI::App& app, ChosenVerb& chosen, GlobalOptions& options, const CommandTail& tail);
void addPoolVerbs(CLI::App& app, ChosenVerb& chosen);
void addVmVerbs(CLI::App& app, ChosenVerb& chosen, const CommandTail& tail);

} // namespace twinhull
