// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/export_view.h"

#include "core/images/image_catalog.h"

#include <unistd.h>

#include <cerrno>

namespace twinhull {

ExportView::ExportView(std::string folder, ImageRecord record)
    : m_guard(std::make_unique<PartialGuard>(std::move(folder))), m_record(std::move(record))
{
}

Result<ExportView> ExportView::make(const ImageLayout& layout, const Digest& image)
{
    auto record = layout.readRecord(image);
    auto manifest = layout.readDocument(image);
    if (!record || !manifest)
        return record ? std::move(manifest).error() : std::move(record).error();
    ExportView view(partialPathFor(layout.folder() + "/export"), *std::move(record));
    if (auto made = view.m_guard->makeFolder(); !made)
        return std::move(made).error();
    const ImageIndex index{ { { std::string(kMediaTypeManifest), image, manifest->size(),
        { { std::string(kAnnotationRefName), "image" } }, {} } } };
    if (::symlink("../blobs", (view.folder() + "/blobs").c_str()) != 0)
        return Error::fromErrno(errno, "link the blobs");
    if (auto written = writeFileAtomically(view.folder() + "/index.json", encodeImageIndex(index)); !written)
        return std::move(written).error();
    auto marked = writeFileAtomically(view.folder() + "/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    return marked ? Result<ExportView>(std::move(view)) : std::move(marked).error();
}

} // namespace twinhull
