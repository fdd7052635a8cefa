// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/registry_reference.h"
#include "core/images/skopeo.h"
#include "core/jobs/thread_job.h"

#include <string>
#include <vector>

namespace twinhull {

/// Logins are skopeo's own (containers-auth.json(5)), so podman and buildah share them. All block.

struct RegistryLogin {
    std::string host; ///< "docker.io", "localhost:5000"
    std::string user;
    std::string password; ///< handed over by a pipe, never in an argument or a file of ours
    RegistryAccess access = {};
};

/// Asks the registry, then keeps the login. PermissionDenied where it refuses.
Result<> loginToRegistry(const RegistryLogin& login, JobContext& context);
/// NotFound where there is no login.
Result<> logoutOfRegistry(const std::string& host, const RegistryAccess& access);

/// The tags of a repository, as the registry lists them.
Result<std::vector<std::string>> listTags(
    const RegistryReference& repository, const RegistryAccess& access, JobContext& context);

struct RegistryCopy {
    RegistryReference from;
    RegistryReference to;
    RegistryAccess fromAccess = {};
    RegistryAccess toAccess = {};
    bool takesAllPlatforms = false; ///< else the one of this computer
};

/// From registry to registry, not through our store.
Result<> copyBetweenRegistries(const RegistryCopy& copy, JobContext& context);

} // namespace twinhull
