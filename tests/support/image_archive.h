// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "tests/support/tar_builder.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <string>
#include <vector>

namespace twinhull::test {

inline std::string sha256(const std::string& bytes)
{
    return QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha256).toHex().toStdString();
}

inline std::string quotedList(const std::vector<std::string>& texts)
{
    std::string list;
    for (const auto& text : texts)
        list += (list.empty() ? "\"" : ",\"") + text + "\"";
    return "[" + list + "]";
}

/// A docker-archive ("docker save") of these layer tars, lowest first.
inline std::string dockerArchive(const std::string& reference, const std::vector<std::string>& layers)
{
    TarBuilder archive;
    std::vector<std::string> diffIds;
    std::vector<std::string> paths;
    for (const auto& layer : layers) {
        diffIds.push_back("sha256:" + sha256(layer));
        paths.push_back(std::to_string(paths.size()) + "/layer.tar");
        archive.file(paths.back(), layer);
    }
    const std::string config
        = R"({"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/true"]},"rootfs":{"type":"layers","diff_ids":)"
        + quotedList(diffIds) + "}}";
    archive.file("config.json", config);
    archive.file("manifest.json",
        R"([{"Config":"config.json","RepoTags":)" + quotedList({ reference }) + R"(,"Layers":)" + quotedList(paths)
            + "}]");
    return archive.build();
}

/// An OCI layout whose only entry, "many", is an index of one image for each architecture, all of this layer.
inline bool writeIndexedLayout(
    const std::string& folder, const std::vector<std::string>& architectures, const std::string& layer)
{
    bool isWritten = makeFolders(folder + "/blobs/sha256")
        && writeFileAtomically(folder + "/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    const auto put = [&](const std::string& text) {
        isWritten = isWritten && writeFileAtomically(folder + "/blobs/sha256/" + sha256(text), text);
        return R"("digest":"sha256:)" + sha256(text) + R"(","size":)" + std::to_string(text.size());
    };
    std::string manifests;
    for (const auto& architecture : architectures) {
        const std::string config = put(R"({"architecture":")" + architecture
            + R"(","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:)" + sha256(layer) + R"("]}})");
        const std::string manifest = put(
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",)"
            + config + R"(},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",)" + put(layer) + "}]}");
        manifests += (manifests.empty() ? "" : ",")
            + (R"({"mediaType":"application/vnd.oci.image.manifest.v1+json",)" + manifest
                + R"(,"platform":{"os":"linux","architecture":")" + architecture + "\"}}");
    }
    const std::string index = put(
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" + manifests + "]}");
    return isWritten
        && writeFileAtomically(folder + "/index.json",
            R"({"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",)" + index
                + R"(,"annotations":{"org.opencontainers.image.ref.name":"many"}}]})");
}

} // namespace twinhull::test
