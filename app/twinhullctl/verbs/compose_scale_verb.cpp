// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/compose_verbs.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_scale.h"

namespace twinhull {

namespace {

struct ComposeScaleOptions {
    std::shared_ptr<ComposeArguments> project;
    std::vector<std::string> scales;
    bool isDry = false;
};

void scaleServices(Program& program, const ComposeScaleOptions& options)
{
    const auto project = openProject(program, *options.project, ComposeNeed::File);
    if (!project)
        return;
    QStringList texts;
    for (const auto& text : options.scales)
        texts << QString::fromStdString(text);
    const auto scales = scalesFromTexts(texts, *project);
    if (!scales) {
        program.fail(scales.error());
        return;
    }
    UpWish wish = scaleWish(*project, program.registry().workloads(), *scales);
    wish.profiles = options.project->chosenProfiles(*project);
    ImageWish images;
    images.output = printBuildOutput;
    if (options.isDry) {
        printUpSteps(program, *project, wish, images);
        return;
    }
    program.run(composeUpJob(worldOf(program), *project, wish, images), [&program, name = project->name] {
        if (program.wantsJson())
            program.print(QJsonValue(containersJson(containersOf(program.registry().workloads(), name))));
        program.finish();
    });
}

} // namespace

void addComposeScaleVerb(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments)
{
    const auto options = std::make_shared<ComposeScaleOptions>();
    options->project = arguments;
    auto* verb = compose.add_subcommand(
        "scale", "so many containers of a service, until the next up; others are left as they are");
    verb->add_option("SERVICE", options->scales, "each with its number: web=3")->required();
    verb->add_flag("--dry-run", options->isDry, "only tell what would be done");
    verb->callback([&chosen, options] {
        chosen = { Need::Containers, [options](Program& program) { scaleServices(program, *options); } };
    });
}

} // namespace twinhull
