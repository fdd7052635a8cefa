// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/definition_verbs.h"

#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/xml_editing.h"

#include <QJsonObject>

namespace twinhull {

namespace {

struct DefinitionOptions {
    DefinitionGroup group{};
    std::string name;
    std::string file; ///< to define; empty: none
    bool isInactive = false;
    bool isEdited = false;
    bool isAgreed = false;

    QString qName() const { return QString::fromStdString(name); }
};

void finishDefined(Program& program, const DefinitionOutcome& outcome)
{
    const bool isPending = !outcome.pendingReason.isEmpty();
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{
            { QStringLiteral("pending"), isPending },
            { QStringLiteral("pending_reason"), isPending ? QJsonValue(outcome.pendingReason) : QJsonValue() },
        }));
    else if (isPending)
        program.note(Program::tr("Pending until restart: %1").arg(outcome.pendingReason));
    program.finish();
}

void showDefinition(Program& program, const DefinitionOptions& options, const NamedDefinition& definition)
{
    const bool isRunning = !options.isInactive && !definition.runningXml.isEmpty();
    const QString xml = QString::fromUtf8(isRunning ? definition.runningXml : definition.definedXml);
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{ { QStringLiteral("running"), isRunning },
            { QStringLiteral("pending"), definition.isPending }, { QStringLiteral("xml"), xml } }));
    else
        program.print(xml);
    program.finish();
}

/// `definitions` lives as long as the program, whatever becomes of libvirt meanwhile.
void editDefinition(
    Program& program, const DefinitionOptions& options, NamedDefinitions& definitions, const QByteArray& before)
{
    const auto outcome = std::make_shared<DefinitionOutcome>();
    const QStringList redo = QStringList{ QStringLiteral("twinhullctl") }
        + QString::fromLatin1(options.group.command).split(u' ')
        + QStringList{ QStringLiteral("xml"), options.qName(), QStringLiteral("--set") };
    editXml(program,
        { before, options.isAgreed || program.wantsJson(), redo,
            [&definitions, options, before, outcome](const QByteArray& after) {
                return definitions.define(options.qName(), { after, before }, outcome);
            },
            [&program, outcome] { finishDefined(program, *outcome); } });
}

void defineFile(Program& program, const DefinitionOptions& options, NamedDefinitions& definitions)
{
    const auto xml = readDefinitionFile(options.file);
    if (!xml) {
        program.fail(xml.error());
        return;
    }
    const auto outcome = std::make_shared<DefinitionOutcome>();
    program.run(definitions.define(options.qName(), { *xml, {} }, outcome),
        [&program, outcome] { finishDefined(program, *outcome); });
}

void definitionXml(Program& program, const DefinitionOptions& options)
{
    auto* definitions = options.group.definitions(program);
    if (definitions == nullptr)
        return;
    if (!options.file.empty()) {
        defineFile(program, options, *definitions);
        return;
    }
    const auto definition = std::make_shared<NamedDefinition>();
    program.run(definitions->readDefinition(options.qName(), definition), [&program, options, definitions, definition] {
        if (options.isEdited)
            editDefinition(program, options, *definitions, definition->definedXml);
        else
            showDefinition(program, options, *definition);
    });
}

} // namespace

void addDefinitionVerb(CLI::App& group, ChosenVerb& chosen, const DefinitionGroup& about)
{
    const auto options = std::make_shared<DefinitionOptions>();
    options->group = about;
    auto* verb = group.add_subcommand("xml", "libvirt's XML of it, to read, to edit or to replace");
    verb->add_option("NAME", options->name)->required();
    auto* inactive = verb->add_flag("--inactive", options->isInactive, "as it is defined, though it runs");
    auto* edited = verb->add_flag(
        "--edit", options->isEdited, "opens the definition in $EDITOR, shows what changed and defines it");
    verb->add_flag("--yes", options->isAgreed, "defines what was edited without asking");
    verb->add_option(
            "--set", options->file, "defines it as a file has it, -: standard input; libvirt's schema is asked")
        ->type_name("FILE")
        ->excludes(inactive)
        ->excludes(edited);
    onVerb(*verb, chosen, options, Need::Workloads, &definitionXml);
}

} // namespace twinhull
