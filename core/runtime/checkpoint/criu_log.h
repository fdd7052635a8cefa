// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace twinhull::runtime {

/// What went wrong first, from the text of a log of criu's ("(00.189144) Error (criu/vdso.c:381): vdso: Unexpected …"):
/// later errors follow from it. The line without its time and place; empty where there is none.
std::string firstErrorOf(std::string_view log);

/// The same of the file; empty where it cannot be read.
std::string firstErrorIn(const std::string& path);

/// A next step for errors of criu's that an option of hull, or a package, answers; else where the whole log stands.
std::string hintFor(std::string_view error, const std::string& logPath);

} // namespace twinhull::runtime
