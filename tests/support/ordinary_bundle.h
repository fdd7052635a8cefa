// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/hull_bundle.h"
#include "tests/support/ordinary_user.h"

namespace twinhull::test {

/// Gives `bundle`, which lies in the user's home, to that user, who alone is the root of its container: what is run
/// from it is run by that user, with a hull of the user's own.
inline bool giveToUser(HullBundle& bundle, const OrdinaryUser& user)
{
    struct stat info { };
    bundle.program = user.home() + "/hull"; // the build's folder may be closed to others
    const bool isReady = ::stat(user.home().c_str(), &info) == 0
        && runChecked({ { "cp", hullProgram(), bundle.program }, {}, {} }, std::chrono::seconds(20));
    bundle.owner = user.name();
    bundle.prefix = user.prefix();
    auto& linux_ = bundle.spec.linux_;
    linux_.namespaces.insert(linux_.namespaces.begin(), { oci::NamespaceKind::User, {} });
    linux_.uidMappings = { { 0, info.st_uid, 1 } };
    linux_.gidMappings = { { 0, info.st_gid, 1 } };
    user.own(user.home());
    return isReady;
}

} // namespace twinhull::test
