// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/vms/making/ovf_document.h"

#include <QCryptographicHash>
#include <QMap>

#include <memory>
#include <optional>

namespace twinhull {

/// Where the content of an appliance's file is.
struct ApplianceFile {
    std::shared_ptr<const UniqueFd> file;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    bool isWhole = false; ///< it is all of that file
};

/// What a manifest says of a file.
struct ManifestDigest {
    QString algorithm; ///< "SHA1", "SHA256", "SHA512"
    QByteArray hex; ///< lower case
};

/// An OVA (a tar of a description and its files) or the description itself with its files beside it. Only files that
/// the description names are ever read, and none by a path; the description is as the manifest says, where there is
/// one. Reads headers only.
class Appliance {
public:
    /// Corrupt names what is wrong. Blocks.
    static Result<Appliance> open(const QString& path);

    const OvfDocument& document() const { return m_document; }
    /// NotFound where it is not there.
    Result<ApplianceFile> file(const QString& name) const;
    /// Nothing where there is no manifest.
    Result<std::optional<ManifestDigest>> digestOf(const QString& name) const;

private:
    Result<> readArchive(const QString& path);
    Result<> readFolder(const QString& path);
    Result<> readManifest(const QByteArray& text);
    Result<> readDescription(const QString& descriptionName, const QString& manifestName);

    OvfDocument m_document;
    std::shared_ptr<const UniqueFd> m_folder; ///< of a description that stands alone
    QMap<QString, ApplianceFile> m_members; ///< of an archive
    QMap<QString, ManifestDigest> m_digests;
    bool m_hasManifest = false;
};

/// The bytes of a file, at most so many. Corrupt where it has more.
Result<QByteArray> readWhole(const ApplianceFile& file, std::uint64_t limitBytes);

QCryptographicHash::Algorithm hashNamed(const QString& algorithm);

/// Corrupt, with the name, where that is not what the manifest says.
Result<> checkDigest(const QString& name, const QByteArray& foundHex, const ManifestDigest& said);

} // namespace twinhull
