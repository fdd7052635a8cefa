// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/workload_text.h"
#include "core/ipc/container_folder.h"
#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"
#include "core/jobs/sequential_job.h"

namespace twinhull {

namespace {

struct CommitOptions {
    std::string container;
    NewImageWords words;
    bool isPaused = true;
};

/// Frozen meanwhile where it runs and can be frozen, so that no file changes while it is read.
std::unique_ptr<Job> frozenCommit(
    Program& program, const WorkloadInfo& info, const CommitPlan& plan, const std::shared_ptr<QString>& made)
{
    auto all = std::make_unique<SequentialJob>(QObject::tr("Make an image of %1").arg(info.name));
    const auto provider = [&program] { return program.containers(); };
    all->add([provider, id = info.id] { return provider()->pause(id); },
        [provider, id = info.id] { return provider()->resume(id); });
    all->add([&images = program.images(), plan, made] { return commitJob(images, plan, made); });
    all->add([provider, id = info.id] { return provider()->resume(id); });
    return all;
}

void commit(Program& program, const CommitOptions& options)
{
    auto found = findEach(program.registry(), { options.container }, WorkloadKind::Container);
    auto reference = options.words.reference.empty() ? Result<std::string>(std::string())
                                                     : normalizedReference(options.words.reference);
    if (!found || !reference) {
        program.fail(found ? reference.error() : found.error());
        return;
    }
    const WorkloadInfo info = found->front();
    const auto base = Digest::parse(info.imageDigest.toStdString());
    if (!base) {
        program.fail(base.error());
        return;
    }
    CommitPlan plan{ *base, ContainerFolder(program.folders(), info.id.key.toStdString()).upperPath(), options.words };
    plan.words.reference = *reference;
    const auto made = std::make_shared<QString>();
    auto job = options.isPaused && info.capabilities.testFlag(Capability::Pause)
        ? frozenCommit(program, info, plan, made)
        : commitJob(program.images(), plan, made);
    program.run(std::move(job), [&program, made] { printImage(program, *made); });
}

} // namespace

void addCommitVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<CommitOptions>();
    auto* verb = app.add_subcommand("commit", "make an image of a container and what it wrote");
    verb->add_option("CONTAINER", options->container, "name, id or the beginning of an id")->required();
    verb->add_option("IMAGE", options->words.reference, "name of the new image, like team/web:2");
    verb->add_option("-c,--change", options->words.instructions, "CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, USER, WORKDIR …")
        ->allow_extra_args(false);
    verb->add_option("-m,--message", options->words.message, "for its history");
    verb->add_option("-a,--author", options->words.author, "who made it");
    verb->add_flag("-p,--pause,!--no-pause", options->isPaused, "freeze the container meanwhile")
        ->capture_default_str();
    onVerb(*verb, chosen, options, Need::Containers, &commit);
}

} // namespace twinhull
