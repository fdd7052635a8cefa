// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/workload_text.h"
#include "core/images/image_making.h"

namespace twinhull {

namespace {

struct CommitOptions {
    std::string container;
    NewImageWords words;
    bool isPaused = true;
};

void commit(Program& program, const CommitOptions& options)
{
    const auto found = findEach(program.registry(), { options.container }, WorkloadKind::Container);
    if (!found) {
        program.fail(found.error());
        return;
    }
    CommitRequest request{ QString::fromStdString(options.words.reference), {},
        QString::fromStdString(options.words.message), QString::fromStdString(options.words.author), options.isPaused };
    for (const auto& instruction : options.words.instructions)
        request.instructions.append(QString::fromStdString(instruction));
    const auto made = std::make_shared<QString>();
    program.run(program.containers()->commit(found->front().id, request, made),
        [&program, made] { printImage(program, *made); });
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
