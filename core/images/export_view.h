// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"
#include "core/images/partial_path.h"

#include <memory>
#include <string>

namespace twinhull {

/// A layout of one image beside the store, its blobs those of the store: what other programs read, as "oci:.:image"
/// from its folder. So no transport's name has a path or a reference of ours in it, and nobody else locks or writes
/// where the store is. Removed at the end of its life.
class ExportView {
public:
    static Result<ExportView> make(const ImageLayout& layout, const Digest& image);

    const std::string& folder() const { return m_guard->path(); }
    const ImageRecord& record() const { return m_record; }

private:
    ExportView(std::string folder, ImageRecord record);

    std::unique_ptr<PartialGuard> m_guard;
    ImageRecord m_record;
};

} // namespace twinhull
