// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_findings.h"
#include "core/compose/compose_project.h"
#include "core/compose/compose_variables.h"

#include <string>
#include <vector>

namespace twinhull {

/// What a person says of a Compose file.
struct ComposeChoice {
    QString file; ///< empty: those of COMPOSE_FILE, else compose.y(a)ml or docker-compose.y(a)ml of the folder
    QString folder; ///< where it is looked for; empty: the working folder
    QString projectName; ///< empty: what the file or COMPOSE_PROJECT_NAME says, else the name of its folder
    QStringList environmentFiles; ///< in place of .env beside the file; empty: those of COMPOSE_ENV_FILES
    ComposeVariables environment; ///< above those files
    QStringList otherFiles
        = {}; ///< above `file`, the last one topmost; paths in them are relative to that one's folder
};

/// A file that says more, above the first one.
struct ComposeLayer {
    QString file; ///< absolute
    std::string text;
};

/// A Compose file before it is understood.
struct ComposeText {
    QString file; ///< absolute
    std::string text;
    ComposeVariables variables;
    QString projectName; ///< that was asked for
    std::vector<ComposeLayer> layers = {}; ///< those that were named, or compose.override.yaml beside it
    QStringList environmentFiles = {}; ///< absolute; that were named, not .env
};

/// A project, and what is wrong with it; it can be run where nothing of that is an error.
struct ComposeReading {
    ComposeProject project;
    ComposeFindings findings; ///< sorted
};

/// Finds and reads the files. NotFound where there is none; Corrupt for one that is too large. Blocks.
Result<ComposeText> openCompose(const ComposeChoice& choice);

/// Understands it. Reads the files of env_file, extends and include, and looks whether files of secrets and configs are
/// there; blocks.
ComposeReading readCompose(const ComposeText& text);

} // namespace twinhull
