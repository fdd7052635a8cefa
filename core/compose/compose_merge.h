// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_value.h"

namespace twinhull {

/// What two files, or a service and the one that it extends, say together
/// (https://github.com/compose-spec/compose-spec/blob/main/13-merge.md): maps by key, lists one after the other, and of
/// anything else what `above` says. Null says nothing. Of what can be written as a list or as a map, one of each goes
/// together too. !reset and !override of a value go before all of that.

/// Of services: a command or a health check's test stands in place of the other; ports are the same where all of their
/// parts are, and volumes, secrets and configs where their places inside are: then the one of `above` stays.
ComposeValue mergedService(ComposeValue base, ComposeValue above);

/// Of whole files.
ComposeValue mergedProject(ComposeValue base, ComposeValue above);

/// Once no other file stands above or below: what was reset goes.
void settle(ComposeValue& value);

/// With all that is below it.
std::size_t countOf(const ComposeValue& value);

} // namespace twinhull
