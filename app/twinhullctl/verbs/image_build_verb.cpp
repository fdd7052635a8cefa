// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"

#include <cstdio>

namespace twinhull {

namespace {

struct BuildOptions {
    BuildPlan plan;
    std::string platform;
    std::vector<std::string> names;
    bool hasNoCache = false;
    bool isQuiet = false;
    AccessOptions access;
};

void showOutput(std::string_view bytes)
{
    (void)std::fwrite(bytes.data(), 1, bytes.size(), stderr); // nobody reads it: the build goes on
}

void build(Program& program, const BuildOptions& options)
{
    BuildPlan plan = options.plan;
    if (!options.platform.empty()) {
        auto platform = parsePlatform(options.platform);
        if (!platform) {
            program.fail(platform.error());
            return;
        }
        plan.platform = *std::move(platform);
    }
    for (const auto& name : options.names) {
        auto reference = normalizedReference(name);
        if (!reference) {
            program.fail(reference.error());
            return;
        }
        plan.references.push_back(*std::move(reference));
    }
    plan.usesCache = !options.hasNoCache;
    plan.access = options.access.access();
    if (!options.isQuiet)
        plan.output = &showOutput;
    const auto made = std::make_shared<QString>();
    program.run(buildJob(program.images(), plan, made), [&program, made] { printImage(program, *made); });
}

} // namespace

void addImageBuildVerb(CLI::App& images, ChosenVerb& chosen)
{
    const auto options = std::make_shared<BuildOptions>();
    auto* verb = images.add_subcommand("build", "build an image of a Containerfile, through buildah");
    verb->add_option("CONTEXT", options->plan.contextFolder, "folder that COPY and ADD read")->required();
    verb->add_option("-t,--tag", options->names, "like team/web:1")->type_name("NAME")->allow_extra_args(false);
    verb->add_option("-f,--file", options->plan.containerfile, "Containerfile or Dockerfile of CONTEXT by default")
        ->type_name("FILE");
    verb->add_option("--build-arg", options->plan.arguments, "for an ARG in it")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--target", options->plan.target, "the stage to stop at")->type_name("STAGE");
    verb->add_option("--platform", options->platform, "OS/ARCH[/VARIANT] instead of this computer's");
    verb->add_option("--network", options->plan.network, "of RUN commands")->check(CLI::IsMember({ "host", "none" }));
    verb->add_flag("--no-cache", options->hasNoCache, "run every step again");
    verb->add_flag("--pull", options->plan.pullsAlways, "ask the registry for base images that are here too");
    verb->add_flag("-q,--quiet", options->isQuiet, "without what the steps say");
    addAccessOptions(*verb, options->access);
    onVerb(*verb, chosen, options, Need::Images, &build);
}

} // namespace twinhull
