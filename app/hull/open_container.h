// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/hull/globals.h"
#include "core/runtime/state/container.h"

#include <span>
#include <string>
#include <vector>

namespace twinhull::hull {

/// An existing container, locked, as it is now.
struct OpenContainer {
    runtime::StateFolder folder;
    oci::ContainerRecord record;
    oci::ContainerStatus status;
};

Result<OpenContainer> openContainer(const Globals& globals, const std::string& id);

/// For looking only: waits for nobody.
Result<oci::ContainerView> viewOf(const std::string& root, const std::string& id);

/// For verbs that have one operand and may have options: reads the words and opens the container that they name.
struct Addressed {
    Arguments arguments;
    OpenContainer container;
};
Result<Addressed> openAddressed(
    const Globals& globals, const std::vector<std::string>& words, std::span<const Option> options);

/// "cannot start web: it is running".
Error wrongStatus(const OpenContainer& container, const std::string& what, const std::string& hint);

/// Of all ids, those that the POSIX extended expression finds itself in; sorted.
Result<std::vector<std::string>> idsMatching(const Globals& globals, const std::string& expression);

} // namespace twinhull::hull
