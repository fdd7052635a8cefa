// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/images/image_info.h"
#include "core/images/root_form.h"
#include "core/images/unpacked_layer.h"
#include "core/jobs/job.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

class JobContext;

/// The images of this person: an OCI layout, layers unpacked once each, root disks made once per image. GUI thread; the
/// work is in jobs. A broken download never becomes visible: blobs are written beside, verified, fsynced and renamed
/// before index.json names them.
class ImageStore : public QObject {
    Q_OBJECT

public:
    explicit ImageStore(DataFolders folders, QObject* parent = nullptr);
    ~ImageStore() override;

    /// Reads index.json again (another program may have written it) and tells the differences. Cheap; blocks for the
    /// size of that file.
    void refresh();

    std::vector<ImageInfo> images() const;
    /// By reference (a missing tag means ":latest"; "starter" finds "twinhull/starter:latest" where that is the only
    /// one), digest, or a digest's unique prefix of 8 hex digits.
    std::optional<ImageInfo> find(const QString& referenceOrDigest) const;

    /// A job whose work changes the store: it is read again when that ends. See image_jobs.h for what there is.
    using Work = std::function<Result<>(const DataFolders&, JobContext&)>;
    std::unique_ptr<Job> work(const QString& title, Work work);

    /// An OCI layout folder, an OCI archive or a docker-archive (plain, gzip, zstd). `reference` names it where the
    /// archive does not; may be empty.
    std::unique_ptr<Job> load(const QString& path, const QString& reference = {});
    /// Removes the reference, or the image with everything made of it when a digest is given. Refused (Busy) by the
    /// caller's `isUsed` answer only; blobs shared with others stay.
    std::unique_ptr<Job> remove(const QString& referenceOrDigest);

    /// Unpacks each layer that is not there yet, owned as the container will see it (root: the image's uids; else
    /// inside the person's subordinate range, with the person as wish.kept), in the form that the store needs, which is
    /// found out.
    std::unique_ptr<Job> unpack(const QString& digest, const LayerWish& wish = {});
    /// Absolute paths of the unpacked layers, highest first (the order of overlayfs lowerdir). Error when unpack() has
    /// not finished for it.
    Result<QStringList> layerPaths(const QString& digest, const LayerWish& wish = {}) const;

    /// How containers get their root here, as far as it was found out.
    std::optional<RootForm> rootForm() const;

    /// Makes the read-only root disk (erofs) of an image for VMs, once per digest.
    std::unique_ptr<Job> makeDisk(const QString& digest);
    /// Absolute path of the disk, whether it exists or not.
    QString diskPath(const QString& digest) const;

Q_SIGNALS:
    void added(const twinhull::ImageInfo& info);
    void removed(const QString& digest);
    void changed(const twinhull::ImageInfo& info); ///< its references

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
