// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_export.h"

#include "core/images/export_view.h"
#include "core/images/layer_progress.h"
#include "core/images/open_positions.h"
#include "core/images/partial_path.h"
#include "core/images/watched_file.h"

#include <cerrno>
#include <filesystem>

namespace twinhull {

namespace {

/// Runs skopeo copy from the view to `destination`, and follows how far it has read each blob.
Result<> copyOut(
    const ImageLayout& layout, const ExportView& view, SkopeoCall call, const std::string& host, JobContext& context)
{
    LayerProgress progress(view.record().manifest);
    std::error_code failure; // of a folder that is not there: nothing is read from it
    const std::string blobs
        = std::filesystem::canonical(layout.blobsFolder(), failure).string(); // as the kernel names it
    call.workingFolder = view.folder();
    call.line = [&progress](std::string_view line) { progress.hear(line); };
    call.isCancelled = [&] {
        for (const auto& [path, position] : openPositionsBelow(blobs)) {
            if (const auto digest = Digest::fromHex(std::filesystem::path(path).filename().string()))
                progress.setDone(*digest, position);
        }
        context.setProgress(static_cast<qint64>(progress.doneBytes()), static_cast<qint64>(progress.wholeBytes()));
        context.setStep(progress.text());
        return context.isCancelled();
    };
    auto done = runSkopeo(call, host);
    return done ? Result<>() : std::move(done).error();
}

Result<std::string> destinationOf(const SavePlan& plan, const std::string& partial)
{
    const std::string name = plan.reference.empty() ? std::string() : ":" + plan.reference;
    if (partial.find(':') != std::string::npos)
        return Error{ ErrorCode::InvalidArgument, plan.path + " has a colon in it, which skopeo reads as a name's", 0,
            "Save it elsewhere, then rename it." };
    switch (plan.format) {
    case SaveFormat::DockerArchive:
        return "docker-archive:" + partial + name;
    case SaveFormat::OciArchive:
        return "oci-archive:" + partial + name;
    case SaveFormat::OciFolder:
        return "oci:" + partial + name;
    }
    return Error{ ErrorCode::InvalidArgument, "no such format", 0, {} };
}

Result<> save(const ImageLayout& layout, const SavePlan& plan, JobContext& context)
{
    const std::string path = std::filesystem::absolute(plan.path).lexically_normal().string();
    if (exists(path))
        return Error{ ErrorCode::AlreadyExists, path + " is there already", EEXIST,
            "Choose another name, or remove it first." };
    auto view = ExportView::make(layout, plan.image);
    if (!view)
        return std::move(view).error();
    PartialGuard partial(partialPathFor(path));
    auto destination = destinationOf(plan, partial.path());
    if (!destination)
        return std::move(destination).error();
    // The image is ours, whatever the signature policy says of registries.
    SkopeoCall call{ { "--insecure-policy", "copy", "oci:.:image", *destination } };
    if (auto copied = copyOut(layout, *view, std::move(call), {}, context); !copied)
        return copied;
    if (auto renamed = renameNew(partial.path(), path); !renamed)
        return renamed;
    partial.keep();
    return {};
}

Result<> push(const ImageLayout& layout, const PushPlan& plan, JobContext& context)
{
    auto view = ExportView::make(layout, plan.image);
    if (!view)
        return std::move(view).error();
    SkopeoCall call{ { "--insecure-policy", "copy" } };
    for (auto& argument : accessArguments(plan.access, "dest-"))
        call.arguments.push_back(std::move(argument));
    call.arguments.insert(call.arguments.end(), { "oci:.:image", plan.destination.transport() });
    return copyOut(layout, *view, std::move(call), plan.destination.host, context);
}

} // namespace

Result<SaveFormat> parseSaveFormat(std::string_view text)
{
    if (text == "docker-archive")
        return SaveFormat::DockerArchive;
    if (text == "oci-archive")
        return SaveFormat::OciArchive;
    if (text == "oci-dir")
        return SaveFormat::OciFolder;
    return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text.substr(0, 64)) + "\" is not a format", 0,
        "Choose docker-archive, oci-archive or oci-dir." };
}

Result<> saveImage(const ImageLayout& layout, const SavePlan& plan, JobContext& context)
{
    return save(layout, plan, context).withContext("save image");
}

Result<> pushImage(const ImageLayout& layout, const PushPlan& plan, JobContext& context)
{
    return push(layout, plan, context).withContext("push to " + plan.destination.place());
}

} // namespace twinhull
