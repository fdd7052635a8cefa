// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/comparison.h"
#include "core/workload/command_runner.h"

namespace twinhull {

constexpr qsizetype kMostPatternCharacters = 500;
constexpr qsizetype kMostUnitCharacters = 24;
/// The end of each output, where tools sum up; what came before is not looked at.
constexpr std::size_t kSearchedBytes = std::size_t(64) << 10U;

/// InvalidArgument for a pattern that is no regular expression (PCRE2, ^ and $ at line ends) or too long, and for a
/// unit that is too long or holds what cannot be printed. An empty pattern is none.
Result<> checkWorkScale(const WorkScale& scale);

/// What the command told of itself: the last match of the pattern in its output, else in its error output; the first
/// group of it that took part, else the whole match. A number may have blanks around it and nothing else. Absent, with
/// what is needed, where nothing was found, and where the search was given up as too long. The output is a stranger's:
/// the time is bounded (a second or two at worst), and what is quoted is printable.
Figure readWorkFigure(const WorkScale& scale, const CommandOutcome& outcome);

/// Where the command says that it failed, though its status may be 0: the last match of that pattern as in
/// readWorkFigure(), printable. Nothing where it says no such thing.
std::optional<QString> readToldFailure(const QString& pattern, const CommandOutcome& outcome);

/// Of a stranger's text its printable part, cut to so many characters: for terminals, pages and files.
QString plainText(QString text, qsizetype most);

/// "higher", "lower", and an empty text for what nobody told.
QString nameOf(Better better);
std::optional<Better> betterNamed(const QString& name);

} // namespace twinhull
