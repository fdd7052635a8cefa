// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/chosen_verb.h"
#include "core/compose/compose_job.h"
#include "core/compose/compose_reader.h"

#include <QJsonArray>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// Which project a verb of "twinhullctl compose" is about, as it was typed.
struct ComposeArguments {
    std::vector<std::string> files; ///< the first one, and those above it
    std::string projectName;
    std::vector<std::string> profiles;
    std::vector<std::string> environmentFiles;

    ComposeChoice choice() const;
    QStringList chosenProfiles(const ComposeProject& project) const; ///< with those of COMPOSE_PROFILES
};

/// What a verb needs of the files.
enum class ComposeNeed {
    File,
    NameOrFile, ///< with --project-name it is about the containers that are there
};

/// The project; its findings are told on standard error. Nothing where it cannot be run: that was told and finished.
std::optional<ComposeProject> openProject(Program& program, const ComposeArguments& arguments, ComposeNeed need);

ComposeWorld worldOf(Program& program);
QJsonArray containersJson(const std::vector<WorkloadInfo>& containers); ///< with project, service and number

/// What would be done, one step a line.
void printSteps(Program& program, const QStringList& texts);
void printUpSteps(Program& program, const ComposeProject& project, const UpWish& wish, const ImageWish& images);
void printBuildOutput(std::string_view bytes); ///< to standard error

/// The joint log of a project: prints it and, with `follows`, goes on until all have ended or a signal arrives.
struct JointLogWish {
    bool follows = false;
    bool hasTimes = false;
    bool hasColors = true; ///< on a terminal
    std::string tail; ///< lines of each; empty or "all": all
    std::string since; ///< as logTime() writes it
};
void printJointLog(Program& program, const std::vector<WorkloadInfo>& containers, const JointLogWish& wish,
    const std::function<void()>& then);

void addComposeLogsVerb(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments);
void addComposeScaleVerb(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments);
void addComposePowerVerbs(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments);

} // namespace twinhull
