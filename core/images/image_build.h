// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"
#include "core/images/image_platform.h"
#include "core/images/skopeo.h"
#include "core/jobs/thread_job.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What a person wants built; podman's words.
struct BuildPlan {
    std::string contextFolder; ///< what COPY and ADD read
    std::string containerfile; ///< empty: Containerfile or Dockerfile in the context
    std::string containerfileText; ///< in its place
    std::vector<std::string> references; ///< normalized; empty: the image has no name
    std::vector<std::string> arguments; ///< KEY=VALUE
    std::vector<std::string> labels; ///< KEY=VALUE, of the image
    std::string target; ///< the stage to stop at; empty: the last
    ImagePlatform platform = hostPlatform();
    std::string network; ///< of RUN: "", "host" or "none"; empty: as buildah has it
    bool usesCache = true;
    bool pullsAlways = false; ///< base images too that are in the store
    RegistryAccess access = {};
    /// What buildah and the commands say, as it comes, on the worker thread; a stranger's bytes.
    std::function<void(std::string_view)> output = {};
};

/// Success where buildah(1) is installed; else Unsupported with how to install it.
Result<> buildAvailability();

/// Builds an image of a Containerfile through buildah(1), its RUN commands in our own runtime. Base images that the
/// store lacks are pulled into it first. buildah keeps its cache in a folder of the store (buildFolder()). Returns the
/// image; all or nothing for the store. Blocks.
Result<Digest> buildImage(const ImageLayout& layout, const BuildPlan& plan, JobContext& context);

/// Where buildah's cache is, owned as images are: only image-worker can remove it.
std::string buildFolder(const ImageLayout& layout);
/// Busy while something is being built. Blocks.
Result<> removeBuildCache(const ImageLayout& layout);

} // namespace twinhull
