// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_health.h"

#include <QDateTime>
#include <QMap>
#include <QMetaType>
#include <QStringList>

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

/// One image of the store as a value.
struct ImageInfo {
    QString digest; ///< "sha256:…" of the manifest
    QStringList references; ///< "twinhull/starter:latest"; may be empty
    std::uint64_t compressedBytes = 0; ///< config and layers as stored
    QDateTime created; ///< from the config; may be invalid
    QString architecture; ///< "amd64"
    QStringList layerDigests; ///< lowest first, of the compressed blobs

    // The config a workload starts with (image-spec config.md)
    QStringList entrypoint;
    QStringList command;
    QStringList environment; ///< KEY=VALUE
    QString workingFolder; ///< empty: /
    QString user; ///< as written: "", "uid", "uid:gid", "name", "name:group"
    QStringList exposedPorts; ///< "8080/tcp"
    QMap<QString, QString>
        labels; ///< "org.twinhull.work.http" = "8080/cgi-bin/work": a request that does a fixed unit of work
    QString stopSignal; ///< "SIGTERM"; empty: the default
    ImageHealth health;

    QString shortName() const { return references.isEmpty() ? digest.left(19) : references.front(); }
};

} // namespace twinhull

Q_DECLARE_METATYPE(twinhull::ImageInfo)
