// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/half_plan.h"
#include "core/twin/network_work.h"
#include "core/twin/work_definition.h"

#include <chrono>
#include <vector>

namespace twinhull {

constexpr std::chrono::seconds kIdleTime{ 5 }; ///< the "work" where none was asked for

/// How both halves are kept busy: one HTTP request, a command inside that runs to its end, or rest for a stated time.
struct ComparedWork {
    std::optional<HttpWorkload> http;
    bool asksAgain = false; ///< `http` over and over: how many answers a second (http_rate.h)
    const NetworkWork* network = nullptr; ///< against a server of ours inside; null: none
    QStringList command; ///< its first word is looked up in the workload's PATH; empty: none
    QString commandText; ///< as the person wrote it
    QString load; ///< a load of core/load, whose program is run as `command`; empty: the image's own program
    std::optional<WorkScale> scale; ///< of the figure that it tells of itself
    QString title; ///< of a definition: what it does
    QStringList prepare; ///< a command before the work; empty: none
    QStringList cleanUp; ///< a command after all figures were read
    QString needs; ///< a program that must be inside; empty: nothing is looked for
    QString caches; ///< what it does to them
    QString failure; ///< a pattern of what the command prints when it failed with status 0; empty: there is none
    std::uint16_t awaitsPort = 0; ///< on which somebody inside listens before the work begins; 0: nobody is asked

    QString sentence() const; ///< for Comparison::work
};

/// Which work a person asked for by name: "image" or empty (what the image's label names, else rest), "http" (the
/// label's; NotFound where there is none), "http:PORT/PATH", the same as "http-rate…" for its rate, "idle",
/// "command:WORDS", or a load of ours by its name
/// ("cpu", "memory" …: loadKinds() with a unit), whose program is brought along and need not be in the image.
Result<ComparedWork> comparedWork(const QString& name, const ImageInfo& image);
ComparedWork comparedWork(const WorkDefinition& definition);
/// The command with a figure that it tells of itself; InvalidArgument for other works and as checkWorkScale().
Result<ComparedWork> withFigure(ComparedWork work, const WorkScale& scale);
/// The name of a command as work; it is cut by commandWords().
QString commandWorkName(const QString& command);

/// A load of ours that is work, for people who choose one.
struct WorkChoice {
    QString name; ///< as comparedWork() takes it
    QString meaning; ///< what it does, without its name
    WorkScale scale;
};
std::vector<WorkChoice> workChoices();

/// Success where comparedWork() may know the name; what can be said before there is an image.
Result<> checkWorkName(const QString& name);

} // namespace twinhull
