// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

} // namespace twinhull::test
