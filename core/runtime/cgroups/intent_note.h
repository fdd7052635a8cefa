// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>

namespace twinhull::runtime {

/// Writes in a container's folder what will be made, before it is made. A later note of the same name replaces it. One
/// symbolic link, so that it is whole or not there.
Result<> writeNote(int stateFolder, const char* name, const std::string& text);

/// Takes it back: what it names was not made. No note is success.
void dropNote(int stateFolder, const char* name);

/// Empty where there is none.
std::string readNote(const UniqueFd& stateFolder, const char* name);

} // namespace twinhull::runtime
