// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/base/result.h"

#include <QByteArray>
#include <QStringList>

namespace twinhull {

constexpr std::size_t kWorkDefinitionLimitBytes = std::size_t(64) << 10U;

/// A known tool as work, without code. A JSON object of: `name` (a-z, 0-9 and "-", 40 at most, none of ours), `title`
/// (what it does, without the name), `command` (words; the first is looked up in the workload's PATH), and where wanted
/// `prepare` and `clean_up` (commands before the work, and after all figures were read), `figure` {pattern, unit,
/// better: "higher"|"lower"} of what the command tells of itself (work_figure.h), `needs` (a program that must be
/// inside), `caches` (what it does to them, in one sentence). A tool that asks a server inside, be it the image's own
/// or one that `prepare` leaves behind, names its TCP port as `awaits_port`: the work begins when somebody listens
/// there. `failure` is a pattern of what a tool prints that ends with status 0 and has not done the work. Nothing else.
struct WorkDefinition {
    enum class Origin { Shipped, Person };

    QString name;
    QString title;
    QStringList command;
    QStringList prepare; ///< its CPU time counts as the side's, its duration not as the work's
    QStringList cleanUp;
    std::optional<WorkScale> figure;
    QString needs;
    QString caches;
    QString failure; ///< empty: its status alone counts
    std::uint16_t awaitsPort = 0; ///< 0: it asks nobody
    Origin origin = Origin::Shipped;
};

/// Corrupt, with the key in question by its name.
Result<WorkDefinition> parseWorkDefinition(const QByteArray& json);

struct WorkDefinitions {
    std::vector<WorkDefinition> definitions; ///< by name
    std::vector<Error> refused; ///< of files that are none; each names its file

    /// Null when there is none of that name.
    const WorkDefinition* find(const QString& name) const;
};

/// Ours and the person's: the files *.json of that folder (DataFolders::workloads()), which may be missing. A person's
/// takes the place of one of ours of the same name. Blocks for small files.
WorkDefinitions readWorkDefinitions(const std::string& folder);

} // namespace twinhull
