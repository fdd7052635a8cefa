// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/interrupt_watch.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>

using namespace twinhull;

namespace {

void addAllVerbs(CLI::App& app, ChosenVerb& chosen, GlobalOptions& options, const CommandTail& tail)
{
    addListVerb(app, chosen);
    addConnectionVerbs(app, chosen);
    addImageVerbs(app, chosen);
    addVolumeVerbs(app, chosen);
    addSecretVerbs(app, chosen);
    addNetworkVerbs(app, chosen);
    addComposeVerbs(app, chosen);
    addCommitVerb(app, chosen);
    addKernelVerbs(app, chosen);
    addCreateVerbs(app, chosen, options, tail);
    addLifecycleVerbs(app, chosen);
    addCheckpointVerbs(app, chosen);
    addChangeVerbs(app, chosen);
    addGroupVerb(app, chosen);
    addBinVerbs(app, chosen);
    addAutostartVerbs(app, chosen);
    addDiffVerb(app, chosen);
    addInspectVerb(app, chosen);
    addTopVerb(app, chosen);
    addEventsVerb(app, chosen);
    addLogsVerb(app, chosen);
    addTerminalVerbs(app, chosen, tail);
    addCopyVerb(app, chosen);
    addListFilesVerb(app, chosen);
    addStatsVerbs(app, chosen);
    addCapacityVerb(app, chosen, options, tail);
    addIsolationVerb(app, chosen);
    addHistoryVerb(app, chosen);
    addCompareVerb(app, chosen, options, tail);
    addTwinVerbs(app, chosen, options, tail);
    addPoolVerbs(app, chosen);
    addVmVerbs(app, chosen, tail);
}

/// Nothing when a verb was chosen; else what to exit with, after help or a complaint.
std::optional<ExitCode> parse(CLI::App& app, std::vector<std::string> words)
{
    try {
        std::reverse(words.begin(), words.end()); // so CLI11 takes them
        app.parse(std::move(words));
        return std::nullopt;
    } catch (const CLI::Success& asked) { // --help and --version
        return static_cast<ExitCode>(app.exit(asked));
    } catch (const CLI::ParseError& error) {
        const auto verbs = app.get_subcommands();
        const std::string help = verbs.empty() ? "twinhullctl" : "twinhullctl " + verbs.front()->get_name();
        const auto strangers = app.remaining();
        const std::string what = verbs.empty() && !strangers.empty() ? strangers.front() + ": no such verb or option"
                                                                     : std::string(error.what());
        std::fprintf(stderr, "twinhullctl: %s. See: %s --help\n", what.c_str(), help.c_str());
        return ExitCode::Usage;
    }
}

} // namespace

int main(int argc, char** argv)
{
    GlobalOptions options;
    ChosenVerb chosen;
    CommandTail tail;
    CLI::App app("Virtual machines and containers side by side, and what each of them really costs.", "twinhullctl");
    app.set_version_flag("--version", std::string("twinhullctl ") + TWINHULL_VERSION);
    app.add_flag("--json", options.wantsJson, "results as JSON");
    app.add_flag("--verbose", options.isVerbose, "more about failures");
    app.add_option("--connect", options.libvirtUri, "a connection by name, or a libvirt URI; else the home one")
        ->type_name("NAME|URI");
    app.require_subcommand(1);
    app.fallthrough();
    app.footer(exitCodeTable());
    addAllVerbs(app, chosen, options, tail);
    auto line = cutCommandTail(app, { argv + 1, argv + argc });
    tail = std::move(line.tail);
    if (const auto ended = parse(app, std::move(line.words)))
        return static_cast<int>(*ended);

    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("twinhullctl"));
    InterruptWatch interrupts; // before Program: its threads must not take the signals
    Program program(options, chosen.need, chosen.changes, chosen.names);
    QObject::connect(&interrupts, &InterruptWatch::interrupted, &program, &Program::interrupted);
    QObject::connect(&interrupts, &InterruptWatch::resized, &program, &Program::resized);
    QMetaObject::invokeMethod(
        &program, [&program, &chosen] { program.begin(chosen.verb); }, Qt::QueuedConnection);
    return QCoreApplication::exec();
}
