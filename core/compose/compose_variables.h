// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QMap>
#include <QStringList>

namespace twinhull {

/// Names and values that a Compose file may ask for: those of the environment above those of .env.
using ComposeVariables = QMap<QString, QString>;

/// The environment of this process.
ComposeVariables variablesOfThisProcess();

/// A text with its variables put in: $NAME, ${NAME}, ${NAME:-if unset or empty}, ${NAME-if unset}, ${NAME:?complaint},
/// ${NAME?complaint}, ${NAME:+if set}, ${NAME+if set}, nested, and $$ for a dollar, which stays one before no name
/// (https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md). `unset` gets the names that nobody
/// gave a value and that became empty. InvalidArgument for what is none of these, and for what ? complains of.
Result<QString> interpolated(const QString& text, const ComposeVariables& variables, QStringList& unset);

constexpr qsizetype kLongestInterpolation = 256 << 10; ///< characters

/// The lines of an .env file: KEY=VALUE with an optional "export", 'as it is' (\' is a quote) and "with $variables and
/// \n" in quotes (which may go over several lines), " #" begins a comment. A line KEY takes its value from `variables`,
/// and is left out where there is none. Values may use what stands before them, `variables`, which go above that, and
/// those `below`.
Result<QList<QPair<QString, QString>>> environmentFileEntries(
    const QString& text, const ComposeVariables& variables, const ComposeVariables& below = {});

constexpr std::size_t kEnvFileBytes = 1U << 20U;

} // namespace twinhull
