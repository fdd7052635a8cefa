// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_digest.h"

#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// The name of an image in a registry: HOST[:PORT]/PATH[:TAG][@DIGEST]. What names no host is of docker.io, and what
/// there has no folder of "library", as docker and skopeo read it.
struct RegistryReference {
    std::string host; ///< "docker.io", "127.0.0.1:5000"
    std::string repository; ///< "library/alpine"
    std::string tag; ///< "latest" where neither tag nor digest is given; empty beside a digest alone
    std::optional<Digest> digest;

    /// A leading "docker://" is taken too. InvalidArgument names what is wrong.
    static Result<RegistryReference> parse(std::string_view text);

    std::string place() const { return host + "/" + repository; }
    /// As skopeo wants it: the digest, where there is one, without the tag.
    std::string transport() const;
    std::string transportOf(const Digest& manifest) const;
    /// The name it gets in our store; empty where only a digest names it.
    std::string storeName() const { return tag.empty() ? std::string() : place() + ":" + tag; }
};

} // namespace twinhull
