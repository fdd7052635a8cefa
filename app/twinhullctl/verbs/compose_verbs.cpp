// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/compose_verbs.h"

#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/clock.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_order.h"
#include "core/compose/compose_scale.h"
#include "core/compose/container_plan.h"
#include "core/ipc/log_line.h"
#include "core/jobs/parallel_job.h"
#include "core/workload/plan_command.h"

#include <QJsonObject>

#include <algorithm>
#include <cstdio>

namespace twinhull {

namespace {

struct ComposeUpOptions {
    std::shared_ptr<ComposeArguments> project;
    std::vector<std::string> services;
    std::vector<std::string> scales;
    bool isDetached = false;
    bool isDry = false;
    bool builds = false;
    UpWish wish;
};

struct ComposeDownOptions {
    std::shared_ptr<ComposeArguments> project;
    bool isDry = false;
    DownWish wish;
};

struct ComposeListOptions {
    std::shared_ptr<ComposeArguments> project;
    std::vector<std::string> services;
    bool isQuiet = false;
};

QStringList qtTexts(const std::vector<std::string>& texts)
{
    QStringList all;
    for (const auto& text : texts)
        all << QString::fromStdString(text);
    return all;
}

QString plainName(const QString& file)
{
    return file.section(u'/', -1);
}

void tellFindings(Program& program, const ComposeReading& reading)
{
    for (const auto& finding : reading.findings.all())
        program.note(findingLine(plainName(reading.project.file), finding));
}

} // namespace

void printSteps(Program& program, const QStringList& texts)
{
    if (program.wantsJson())
        program.print(QJsonValue(QJsonArray::fromStringList(texts)));
    else if (texts.isEmpty())
        program.note(Program::tr("There is nothing to do."));
    else
        program.print(texts.join(u'\n') + u'\n');
    program.finish();
}

void printBuildOutput(std::string_view bytes)
{
    (void)std::fwrite(bytes.data(), 1, bytes.size(), stderr);
}

void printUpSteps(Program& program, const ComposeProject& project, const UpWish& wish, const ImageWish& images)
{
    const auto state = stateOf(worldOf(program));
    const auto needed = imageSteps(project, wish, images, state);
    const auto steps = needed ? upSteps(project, wish, state, true) : Result<std::vector<ComposeStep>>(needed.error());
    if (!steps) {
        program.fail(steps.error());
        return;
    }
    QStringList texts;
    for (const auto& step : *needed)
        texts << stepText(step);
    for (const auto& step : *steps)
        texts << stepText(step);
    printSteps(program, texts);
}

namespace {

std::vector<WorkloadInfo> chosenContainers(Program& program, const QString& project, const QStringList& services)
{
    auto all = containersOf(program.registry().workloads(), project);
    if (!services.isEmpty())
        all.erase(std::remove_if(all.begin(), all.end(),
                      [&services](const WorkloadInfo& info) { return !services.contains(serviceOf(info)); }),
            all.end());
    return all;
}

/// Stops all of them, when the person who looks at them presses Ctrl+C.
void stopAll(Program& program, const QString& project)
{
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& info : containersOf(program.registry().workloads(), project)) {
        if (info.capabilities.testFlag(Capability::Stop))
            jobs.push_back(program.containers()->stop(info.id, StopMode::Graceful));
    }
    program.run(std::make_unique<ParallelJob>(Program::tr("Stop %1").arg(project), std::move(jobs)),
        [&program] { program.finish(); });
}

void afterUp(Program& program, const ComposeProject& project, const ComposeUpOptions& options, const std::string& since)
{
    const auto containers = chosenContainers(program, project.name, {});
    if (options.isDetached || options.wish.startsNothing || options.wish.waits) {
        if (program.wantsJson())
            program.print(QJsonValue(containersJson(containers)));
        program.finish();
        return;
    }
    JointLogWish wish;
    wish.follows = true;
    wish.since = since;
    printJointLog(program, containers, wish, [&program, name = project.name] { stopAll(program, name); });
}

void up(Program& program, const ComposeUpOptions& options)
{
    const auto project = openProject(program, *options.project, ComposeNeed::File);
    if (!project)
        return;
    UpWish wish = options.wish;
    wish.services = qtTexts(options.services);
    wish.profiles = options.project->chosenProfiles(*project);
    auto scales = scalesFromTexts(qtTexts(options.scales), *project);
    if (!scales) {
        program.fail(Result<>(scales.error()).withContext("--scale").error());
        return;
    }
    wish.scale = *std::move(scales);
    ImageWish images;
    images.buildsAll = options.builds;
    images.output = printBuildOutput;
    if (options.isDry) {
        printUpSteps(program, *project, wish, images);
        return;
    }
    if (!wish.removesOrphans) {
        for (const auto& orphan : orphansOf(*project, program.registry().workloads()))
            program.note(
                Program::tr("%1 is of no service of this file; --remove-orphans removes it.").arg(orphan.name));
    }
    program.run(composeUpJob(worldOf(program), *project, wish, images),
        [&program, project = *project, options, since = logTime(wallClockMilliseconds() * 1'000'000)] {
            afterUp(program, project, options, since);
        });
}

void down(Program& program, const ComposeDownOptions& options)
{
    const auto project = openProject(program, *options.project, ComposeNeed::NameOrFile);
    if (!project)
        return;
    if (!options.isDry) {
        program.run(composeDownJob(worldOf(program), *project, options.wish), [&program] { program.finish(); });
        return;
    }
    QStringList texts;
    for (const auto& step : downSteps(*project, options.wish, stateOf(worldOf(program))))
        texts << stepText(step);
    printSteps(program, texts);
}

void ps(Program& program, const ComposeListOptions& options)
{
    const auto project = openProject(program, *options.project, ComposeNeed::NameOrFile);
    if (!project)
        return;
    const auto containers = chosenContainers(program, project->name, qtTexts(options.services));
    if (program.wantsJson()) {
        program.print(QJsonValue(containersJson(containers)));
    } else if (options.isQuiet) {
        for (const auto& info : containers)
            program.print(info.id.key + u'\n');
    } else {
        TextTable table({ QStringLiteral("NAME"), QStringLiteral("SERVICE"), QStringLiteral("STATE"),
            QStringLiteral("IMAGE"), QStringLiteral("PORTS") });
        for (const auto& info : containers)
            table.add({ info.name, serviceOf(info), stateText(info), info.image, portsText(info.ports) });
        program.print(table.toText());
    }
    program.finish();
}

QJsonObject findingJson(const ComposeFinding& finding)
{
    return { { QStringLiteral("severity"),
                 finding.severity == ComposeFinding::Severity::Error ? QStringLiteral("error")
                                                                     : QStringLiteral("warning") },
        { QStringLiteral("line"), finding.place.line }, { QStringLiteral("column"), finding.place.column },
        { QStringLiteral("path"), finding.path }, { QStringLiteral("text"), finding.text } };
}

QString commandOf(const ComposeProject& project, const ComposeService& service, const DataFolders& folders)
{
    WorkloadPlan plan = containerPlan(project, service, 1, service.image, folders);
    plan.labels = service.plan.labels;
    QStringList words = planCommand(plan, WorkloadKind::Container);
    for (qsizetype i = 1; i < words.size(); ++i) {
        if (words[i - 1] == u"-p" && words[i].startsWith(u"0:")) // any port that is free
            words[i].remove(0, 2);
    }
    return shellLine(words);
}

/// What the file means: its findings, and each service as the command that makes the like of it.
void config(Program& program, const ComposeListOptions& options)
{
    const auto text = openCompose(options.project->choice());
    if (!text) {
        program.fail(text.error());
        return;
    }
    const auto reading = readCompose(*text);
    QJsonArray services;
    QString commands;
    for (const auto& service :
        reading.findings.hasErrors() ? std::vector<ComposeService>() : reading.project.services) {
        const QString command = commandOf(reading.project, service, program.folders());
        services.append(
            QJsonObject{ { QStringLiteral("name"), service.name }, { QStringLiteral("image"), service.image },
                { QStringLiteral("scale"), static_cast<int>(service.scale) }, { QStringLiteral("command"), command } });
        commands += QStringLiteral("# %1\n%2\n").arg(service.name, command);
    }
    if (program.wantsJson()) {
        QJsonArray findings;
        for (const auto& finding : reading.findings.all())
            findings.append(findingJson(finding));
        program.print(QJsonValue(QJsonObject{ { QStringLiteral("project"), reading.project.name },
            { QStringLiteral("findings"), findings }, { QStringLiteral("services"), services } }));
    } else {
        tellFindings(program, reading);
        if (!options.isQuiet)
            program.print(commands);
    }
    program.finish(reading.findings.hasErrors() ? ExitCode::Usage : ExitCode::Ok);
}

template <typename Options>
void onComposeVerb(
    CLI::App& verb, ChosenVerb& chosen, std::shared_ptr<Options> options, void (*act)(Program&, const Options&))
{
    verb.callback([&chosen, options = std::move(options), act] {
        chosen = { Need::Containers, [options, act](Program& program) { act(program, *options); } };
    });
}

void addUpVerb(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments)
{
    const auto options = std::make_shared<ComposeUpOptions>();
    options->project = arguments;
    auto* verb = compose.add_subcommand("up", "make and start what the file says, and change what is otherwise");
    verb->add_option("SERVICE", options->services, "these, and what they depend on; all by default");
    verb->add_flag("-d,--detach", options->isDetached, "do not stay and show the logs");
    verb->add_flag("--wait", options->wish.waits, "until all with a health check are healthy; not with their logs");
    verb->add_flag("--no-start", options->wish.startsNothing, "only make them");
    verb->add_option("--scale", options->scales, "so many containers of a service")
        ->type_name("SERVICE=N")
        ->allow_extra_args(false);
    verb->add_flag("--build", options->builds, "build images that are there, too");
    auto* all = verb->add_flag("--force-recreate", options->wish.recreatesAll, "also what is as the file says");
    verb->add_flag("--no-recreate", options->wish.recreatesNothing, "leave what is there, whatever the file says")
        ->excludes(all);
    verb->add_flag("--remove-orphans", options->wish.removesOrphans, "containers of services that left the file");
    verb->add_flag("--dry-run", options->isDry, "only tell what would be done");
    onComposeVerb(*verb, chosen, options, &up);
}

void addDownVerb(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments)
{
    const auto options = std::make_shared<ComposeDownOptions>();
    options->project = arguments;
    auto* verb = compose.add_subcommand("down", "stop and remove its containers and networks, for good");
    verb->add_flag("-v,--volumes", options->wish.removesVolumes, "its volumes too, and what is in them");
    verb->add_flag("--remove-orphans", options->wish.removesOrphans, "containers of services that left the file");
    verb->add_flag("--dry-run", options->isDry, "only tell what would be done");
    onComposeVerb(*verb, chosen, options, &down);
}

} // namespace

ComposeChoice ComposeArguments::choice() const
{
    QStringList all = qtTexts(files);
    const QString first = all.isEmpty() ? QString() : all.takeFirst();
    return { first, {}, QString::fromStdString(projectName), qtTexts(environmentFiles), variablesOfThisProcess(), all };
}

QStringList ComposeArguments::chosenProfiles(const ComposeProject& project) const
{
    return qtTexts(profiles) + project.usualProfiles;
}

ComposeWorld worldOf(Program& program)
{
    return { program.folders(), program.images(), *program.containers() };
}

QJsonArray containersJson(const std::vector<WorkloadInfo>& containers)
{
    QJsonArray array;
    for (const auto& info : containers) {
        QJsonObject json = toJson(info);
        json.insert(QStringLiteral("project"), projectOf(info));
        json.insert(QStringLiteral("service"), serviceOf(info));
        json.insert(QStringLiteral("number"), static_cast<int>(numberOf(info)));
        array.append(json);
    }
    return array;
}

std::optional<ComposeProject> openProject(Program& program, const ComposeArguments& arguments, ComposeNeed need)
{
    if (need == ComposeNeed::NameOrFile && arguments.files.empty() && !arguments.projectName.empty()) {
        return projectByLabels(program.folders(), QString::fromStdString(arguments.projectName));
    }
    const auto text = openCompose(arguments.choice());
    if (!text) {
        program.fail(text.error());
        return std::nullopt;
    }
    auto reading = readCompose(*text);
    if (need == ComposeNeed::File || reading.findings.hasErrors())
        tellFindings(program, reading);
    if (!reading.findings.hasErrors())
        return std::move(reading.project);
    program.fail(Error{
        ErrorCode::InvalidArgument, text->file.toStdString() + " cannot be run", 0, "Correct the lines above." });
    return std::nullopt;
}

void addComposeVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* compose = app.add_subcommand("compose", "applications of several containers, of a Compose file");
    compose->require_subcommand(1);
    compose->fallthrough();
    const auto arguments = std::make_shared<ComposeArguments>();
    compose
        ->add_option("-f,--file", arguments->files,
            "by default those of COMPOSE_FILE, else compose.yaml or docker-compose.yml of this folder; each further "
            "file stands above those before")
        ->type_name("FILE")
        ->allow_extra_args(false);
    compose->add_option("-p,--project-name", arguments->projectName, "by default the file's name, or its folder's")
        ->type_name("NAME");
    compose->add_option("--profile", arguments->profiles, "services of this profile, too")
        ->type_name("NAME")
        ->allow_extra_args(false);
    compose->add_option("--env-file", arguments->environmentFiles, "variables for the file, in place of .env")
        ->type_name("FILE")
        ->allow_extra_args(false);
    addUpVerb(*compose, chosen, arguments);
    addDownVerb(*compose, chosen, arguments);
    const auto listing = std::make_shared<ComposeListOptions>();
    listing->project = arguments;
    auto* psVerb = compose->add_subcommand("ps", "its containers");
    psVerb->add_option("SERVICE", listing->services, "of these; all by default");
    psVerb->add_flag("-q,--quiet", listing->isQuiet, "ids only, one a line");
    onComposeVerb(*psVerb, chosen, listing, &ps);
    addComposePowerVerbs(*compose, chosen, arguments);
    addComposeScaleVerb(*compose, chosen, arguments);
    addComposeLogsVerb(*compose, chosen, arguments);
    const auto configuring = std::make_shared<ComposeListOptions>();
    configuring->project = arguments;
    auto* configVerb = compose->add_subcommand("config", "check the file, and show what it means");
    configVerb->add_flag("-q,--quiet", configuring->isQuiet, "only check");
    onComposeVerb(*configVerb, chosen, configuring, &config);
}

} // namespace twinhull
