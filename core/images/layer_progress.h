// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_manifest.h"

#include <QString>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// How far each layer of an image is on its way, in bytes.
///
/// skopeo says which blobs it begins with, those that it then finds to be there too, and writes several at once to
/// files whose names tell nothing. A file that is whole bears its digest; one that still grows is taken for the layer
/// that was begun at that turn and has room for it. Layers of like size that come at the same time may so be told for
/// each other until one is whole; their sum is right.
class LayerProgress {
public:
    struct Row {
        Digest digest;
        std::uint64_t bytes = 0; ///< of the whole blob
        std::uint64_t done = 0;
        bool isBegun = false;
        bool wasThere = false; ///< nothing had to come
    };

    explicit LayerProgress(const ImageManifest& manifest); ///< each blob once, the config last

    /// A line that skopeo wrote.
    void hear(std::string_view line);
    /// This blob need not come.
    void setThere(const Digest& digest);
    /// This blob is whole.
    void setWhole(const Digest& digest);
    /// This much of the blob is done; never less than before.
    void setDone(const Digest& digest, std::uint64_t done);
    /// The sizes of files that grow, by name.
    void seeGrowing(const std::map<std::string, std::uint64_t>& files);

    const std::vector<Row>& rows() const { return m_rows; }
    std::uint64_t doneBytes() const;
    std::uint64_t wholeBytes() const;
    /// "2 of 5 layers; c5cd20be79a4 3.1 of 7.6 MiB", for a person.
    QString text() const;

private:
    Row* find(const Digest& digest);
    Row* rowFor(const std::string& file, std::uint64_t size);

    std::vector<Row> m_rows;
    std::vector<std::size_t> m_begun; ///< rows in the order they were begun
    std::map<std::string, std::size_t> m_files; ///< which row a growing file is taken for
};

} // namespace twinhull
