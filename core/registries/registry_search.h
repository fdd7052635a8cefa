// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/skopeo.h"
#include "core/jobs/thread_job.h"
#include "core/oci/registry_answers.h"

#include <string>
#include <vector>

namespace twinhull {

/// What a person looks for, and where: "nginx" is asked of docker.io, "quay.io/nginx" and "localhost:5000/web" of the
/// host they name; "localhost:5000/" asks for all.
struct RegistrySearch {
    std::string host = "docker.io";
    std::string words;
    RegistryAccess access = {};

    /// InvalidArgument where there is nothing to look for.
    static Result<RegistrySearch> parse(std::string_view text);
};

/// The repositories that match, with the host in their names, at most a hundred. Asks the search that docker.io and
/// quay.io offer
/// (/v1/search), else goes through the list of all repositories (Docker Registry HTTP API V2, "Listing Repositories"),
/// at most ten thousand of them. Uses the logins that skopeo keeps (containers-auth.json(5)). Unsupported where the
/// registry offers neither; PermissionDenied, Timeout, Unavailable and Cancelled as they are. Blocks.
Result<std::vector<FoundRepository>> searchRegistry(const RegistrySearch& search, JobContext& context);

} // namespace twinhull
