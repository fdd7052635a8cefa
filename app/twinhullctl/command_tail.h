// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// The words after the first "--" of a verb that takes a command; nothing where there is no "--". CLI11 must not see
/// them: it hands "--" and what follows to the verb's parent, which reads options there.
using CommandTail = std::optional<std::vector<std::string>>;

struct CommandLine {
    std::vector<std::string> words; ///< for CLI11, without the program's name
    CommandTail tail;
};

/// `app` has all its verbs. A verb that takes no command keeps its "--": names of its own may follow.
CommandLine cutCommandTail(const CLI::App& app, std::vector<std::string> words);

/// The command that a verb was given, in its callback: what follows NAME or IMAGE, or what follows "--". An option of
/// ours that does not exist ends up there as well, so without "--" the command must not begin with a dash. Throws
/// CLI::ValidationError.
std::vector<std::string> commandAfter(const CLI::App& verb, const CommandTail& tail);

} // namespace twinhull
