// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/chosen_verb.h"
#include "core/workload/named_definitions.h"

namespace twinhull {

/// What a group of verbs is about.
struct DefinitionGroup {
    const char* command; ///< "pool"
    /// Null, and the failure told, where libvirt does not answer.
    NamedDefinitions* (*definitions)(Program&);
};

/// "xml" of a group: to read, to edit, to replace.
void addDefinitionVerb(CLI::App& group, ChosenVerb& chosen, const DefinitionGroup& about);

} // namespace twinhull
