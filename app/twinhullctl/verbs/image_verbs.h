// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/chosen_verb.h"
#include "core/images/skopeo.h"

#include <QJsonObject>

#include <memory>
#include <optional>

namespace twinhull {

// The verbs of "twinhullctl images", one function a group.
void addImageInspectVerbs(CLI::App& images, ChosenVerb& chosen); ///< inspect, history, files, df
void addImageChangeVerbs(CLI::App& images, ChosenVerb& chosen); ///< tag, untag, save, import, prune
void addImageBuildVerb(CLI::App& images, ChosenVerb& chosen); ///< build
void addImageRegistryVerbs(CLI::App& images, ChosenVerb& chosen); ///< pull, push, copy, login, logout, search

/// One image as "images --json" tells it.
QJsonObject imageJson(const ImageInfo& image);
void listImages(Program& program);
/// One image: its JSON, or its digest on a line.
void printImage(Program& program, const QString& words);
/// Runs the job, then shows the images it left.
void runAndList(Program& program, std::unique_ptr<Job> job);
/// The image these words choose; the failure is told where there is none.
std::optional<ImageInfo> chosenImage(Program& program, const std::string& words);

/// podman's --tls-verify and --authfile.
struct AccessOptions {
    std::string tlsVerify; ///< "", "true" or "false"
    std::string authFile;

    RegistryAccess access() const
    {
        return { tlsVerify.empty() ? std::optional<bool>() : std::optional(tlsVerify == "true"), authFile };
    }
};
void addAccessOptions(CLI::App& verb, AccessOptions& options);

/// What chooses the verb's work; the options live as long as the function does.
template <typename Options>
void onVerb(CLI::App& verb, ChosenVerb& chosen, std::shared_ptr<Options> options, Need need,
    void (*act)(Program&, const Options&))
{
    verb.callback([&chosen, options = std::move(options), need, act] {
        chosen = { need, [options, act](Program& program) { act(program, *options); } };
    });
}

} // namespace twinhull
