// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/base/files.h"
#include "core/workload/line_difference.h"

#include <QJsonObject>
#include <QProcess>
#include <QTemporaryFile>

#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr std::size_t kMostDefinitionBytes = 4U << 20U;

struct XmlOptions {
    std::string name;
    bool isLive = false;
    bool isInactive = false;
    bool isEdited = false;
    bool isAgreed = false;
};

struct DefineOptions {
    std::string path;
};

struct VmNameOption {
    std::string name;
};

void withDescription(Program& program, const WorkloadInfo& vm, std::function<void(const HardwareDescription&)> then)
{
    const auto description = std::make_shared<HardwareDescription>();
    program.run(
        program.vms()->hardware().read(vm, description), [description, then = std::move(then)] { then(*description); });
}

bool isChangeAgreed()
{
    std::cerr << Program::tr("Define it like this? [y/N] ").toStdString() << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

/// What a person is writing, until it is defined.
struct Edit {
    QByteArray before;
    bool isAgreed = false;
    QTemporaryFile file;
    QProcess editor;
};

void defineEdited(Program& program, const std::shared_ptr<Edit>& edit)
{
    const auto text = readFile(edit->file.fileName().toStdString(), kMostDefinitionBytes);
    if (!text) {
        program.fail(text.error());
        return;
    }
    const QByteArray after = QByteArray::fromStdString(*text);
    const auto difference = lineDifference(QString::fromUtf8(edit->before), QString::fromUtf8(after));
    if (difference.empty()) {
        program.note(Program::tr("Nothing was changed."));
        program.finish();
        return;
    }
    if (!program.wantsJson())
        program.print(differenceText(difference));
    edit->file.setAutoRemove(false); // from here it goes only when it is defined
    if (!edit->isAgreed && !isChangeAgreed()) {
        program.note(Program::tr("Not defined. What you wrote is in %1").arg(edit->file.fileName()));
        program.finish(ExitCode::Cancelled);
        return;
    }
    const auto outcome = std::make_shared<HardwareOutcome>();
    program.runToTheEnd(
        program.vms()->hardware().define(after, edit->before, outcome), [&program, edit, outcome](const Job& job) {
            if (job.state() == Job::State::Succeeded) {
                edit->file.remove();
                finishOutcome(program, *outcome);
                return;
            }
            program.note(Program::tr("What you wrote is in %1; define it with: twinhullctl vm define %1")
                             .arg(edit->file.fileName()));
            program.finish(exitCodeOf(job.result() ? ErrorCode::Cancelled : job.result().error().code));
        });
}

/// A line of the environment, as visudo and git read it too; there is always a vi.
QStringList editorWords()
{
    for (const char* name : { "VISUAL", "EDITOR" }) {
        const QStringList words = QProcess::splitCommand(qEnvironmentVariable(name));
        if (!words.isEmpty())
            return words;
    }
    return { QStringLiteral("vi") };
}

void editXml(Program& program, const HardwareDescription& description, bool isAgreed)
{
    const auto edit = std::make_shared<Edit>();
    edit->before = description.definedXml;
    edit->isAgreed = isAgreed;
    edit->file.setFileTemplate(edit->file.fileTemplate() + QStringLiteral(".xml"));
    if (!edit->file.open() || edit->file.write(edit->before) != edit->before.size() || !edit->file.flush()) {
        program.fail(Error{ ErrorCode::Io, "write a file to edit: " + edit->file.errorString().toStdString(), 0, {} });
        return;
    }
    QStringList words = editorWords();
    const QString editor = words.takeFirst();
    edit->editor.setProcessChannelMode(QProcess::ForwardedChannels);
    edit->editor.setInputChannelMode(QProcess::ForwardedInputChannel);
    QObject::connect(
        &edit->editor, &QProcess::errorOccurred, &program, [&program, editor](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                program.fail(Error{ ErrorCode::NotFound, "the editor " + editor.toStdString() + " cannot be started", 0,
                    "Set EDITOR to one that is installed." });
        });
    QObject::connect(&edit->editor, &QProcess::finished, &program, [&program, edit](int code) {
        if (code == 0) {
            defineEdited(program, edit);
            return;
        }
        program.note(Program::tr("The editor failed, so nothing was changed."));
        program.finish(ExitCode::Failed);
    });
    edit->editor.start(editor, words << edit->file.fileName());
}

void showXml(Program& program, const XmlOptions& options, const HardwareDescription& description)
{
    if (options.isLive && description.runningXml.isEmpty()) {
        program.fail(Error{ ErrorCode::NotFound, options.name + " does not run", 0, "Leave --live out." });
        return;
    }
    const bool isRunning = options.isLive || (!options.isInactive && !description.runningXml.isEmpty());
    const QString xml = QString::fromUtf8(isRunning ? description.runningXml : description.definedXml);
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{ { QStringLiteral("running"), isRunning },
            { QStringLiteral("pending"), description.isPending() },
            { QStringLiteral("earlier_definitions"), description.earlierDefinitions },
            { QStringLiteral("xml"), xml } }));
    else
        program.print(xml);
    program.finish();
}

void vmXml(Program& program, const XmlOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    withDescription(program, *vm, [&program, options](const HardwareDescription& description) {
        if (options.isEdited)
            editXml(program, description, options.isAgreed || program.wantsJson());
        else
            showXml(program, options, description);
    });
}

void vmDefine(Program& program, const DefineOptions& options)
{
    const UniqueFd input(options.path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : -1);
    const auto text = input ? readAll(input, kMostDefinitionBytes) : readFile(options.path, kMostDefinitionBytes);
    if (!text) {
        program.fail(text.error());
        return;
    }
    const auto outcome = std::make_shared<HardwareOutcome>();
    program.run(program.vms()->hardware().define(QByteArray::fromStdString(*text), {}, outcome),
        [&program, outcome] { finishOutcome(program, *outcome); });
}

void vmUndo(Program& program, const VmNameOption& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto outcome = std::make_shared<HardwareOutcome>();
    program.run(
        program.vms()->hardware().takeBack(*vm, outcome), [&program, outcome] { finishOutcome(program, *outcome); });
}

} // namespace

void addVmDefinitionVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto xml = std::make_shared<XmlOptions>();
    auto* xmlVerb = vm.add_subcommand("xml", "libvirt's XML of a VM, to read or to edit");
    xmlVerb->add_option("NAME", xml->name, "name or UUID")->required();
    auto* live = xmlVerb->add_flag("--live", xml->isLive, "as it runs");
    auto* inactive = xmlVerb->add_flag("--inactive", xml->isInactive, "as it is defined, though it runs");
    xmlVerb->add_flag("--edit", xml->isEdited, "opens the definition in $EDITOR, shows what changed and defines it")
        ->excludes(live);
    xmlVerb->add_flag("--yes", xml->isAgreed, "defines what was edited without asking");
    live->excludes(inactive);
    onVerb(*xmlVerb, chosen, xml, Need::Workloads, &vmXml);

    const auto define = std::make_shared<DefineOptions>();
    auto* defineVerb = vm.add_subcommand("define", "defines a VM, or one anew, after a check against libvirt's schema");
    defineVerb->add_option("FILE", define->path, "domain XML; -: standard input")->required();
    onVerb(*defineVerb, chosen, define, Need::Workloads, &vmDefine);

    const auto undo = std::make_shared<VmNameOption>();
    auto* undoVerb = vm.add_subcommand("undo", "defines a VM as it was before its latest change");
    undoVerb->add_option("NAME", undo->name, "name or UUID")->required();
    onVerb(*undoVerb, chosen, undo, Need::Workloads, &vmUndo);
}

} // namespace twinhull
