// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_worker.h"

#include "core/images/copy_changes.h"
#include "core/images/disk_builder.h"
#include "core/images/id_mapping.h"
#include "core/images/layer_changes.h"
#include "core/images/layer_job.h"
#include "core/images/layer_packer.h"
#include "core/images/overlay_probe.h"
#include "core/images/partial_path.h"
#include "core/images/worker_report.h"

#include "core/base/files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <clocale>
#include <optional>

namespace twinhull {

namespace {

constexpr int kBadUsage = 2;

using Arguments = std::vector<std::string>;

void tell(const std::string& lines)
{
    (void)!::write(STDOUT_FILENO, lines.data(), lines.size()); // nobody listens any more: the work goes on
}

/// As often as a person could tell the difference, not as often as a block is read.
ProgressFunction progressTeller()
{
    return [last = std::uint64_t{ 0 }](std::uint64_t done, std::uint64_t total) mutable {
        if (done != total && done - last < total / 100)
            return;
        last = done;
        tell(progressLine(done, total));
    };
}

/// Root of the machine keeps the image's own ids; anybody else becomes root of a namespace of their own ids.
Result<OverlayAttributes> becomeOwner(const KeptIds& kept)
{
    if (::geteuid() == 0)
        return OverlayAttributes::Trusted;
    auto mappings = subordinateMappings();
    if (!mappings)
        return std::move(mappings).error();
    if (auto entered = enterUserNamespace(mappingsKeeping(kept, *mappings)); !entered)
        return std::move(entered).error();
    return OverlayAttributes::User;
}

Result<UnpackedLayer> layerNamed(const std::string& name, const KeptIds& kept)
{
    auto layer = UnpackedLayer::fromFolderName(name);
    if (!layer || layer->kept != KeptIds())
        return Error{ ErrorCode::InvalidArgument, "image-worker: \"" + name + "\" names no layer", 0, {} };
    layer->kept = kept;
    return *std::move(layer);
}

Result<> unpackVerb(const Arguments& arguments, const KeptIds& kept, OverlayAttributes attributes)
{
    auto layer = layerNamed(arguments.at(2), kept);
    if (!layer)
        return std::move(layer).error();
    return unpackLayer(arguments.at(1), *layer, arguments.at(3), attributes, progressTeller());
}

Result<> diskVerb(const Arguments& arguments, OverlayAttributes attributes)
{
    auto digest = Digest::fromHex(arguments.at(2));
    if (!digest)
        return std::move(digest).error();
    DiskPlan plan{ arguments.at(1), *std::move(digest), arguments.at(3), {} };
    for (std::size_t i = 4; i < arguments.size(); ++i) {
        auto layer = layerNamed(arguments[i], {});
        if (!layer)
            return std::move(layer).error();
        plan.diffIds.push_back(std::move(layer->diffId));
        plan.form = layer->form;
    }
    return buildDisk(plan, attributes, progressTeller());
}

Result<> removeVerb(const Arguments& arguments)
{
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (auto removed = removeTree(arguments[i]); !removed)
            return removed;
    }
    return {};
}

/// For a caller who holds the folder's lock.
Result<> cleanVerb(const Arguments& arguments)
{
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        for (const auto& stale : stalePartials(arguments[i])) {
            if (auto removed = removeTree(stale); !removed)
                return removed;
        }
    }
    return {};
}

Result<> sweepVerb(const Arguments& arguments)
{
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (auto removed = removeIdlePartials(arguments[i]); !removed)
            return removed;
    }
    return {};
}

Result<> measureVerb(const Arguments& arguments)
{
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        auto bytes = allocatedBytes(arguments[i]);
        if (!bytes && bytes.error().code != ErrorCode::NotFound) // removed meanwhile
            return std::move(bytes).error();
        tell(sizeLine(bytes ? *bytes : 0));
    }
    return {};
}

std::optional<unsigned> idOf(const std::string& text)
{
    unsigned number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

Result<> ownVerb(const Arguments& arguments)
{
    const auto user = idOf(arguments[1]);
    const auto group = idOf(arguments[2]);
    if (!user || !group)
        return Error{ ErrorCode::InvalidArgument, "image-worker: own takes numbers", 0, {} };
    for (std::size_t i = 3; i < arguments.size(); ++i) {
        auto file = openPath(arguments[i], O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        if (!file)
            return std::move(file).error();
        if (::fchown(file->fd(), *user, *group) != 0)
            return Error::fromErrno(errno, "give " + arguments[i] + " to user " + arguments[1]);
    }
    return {};
}

/// The file is the person's, whoever that is here.
Result<> packVerb(const Arguments& arguments, const KeptIds& kept)
{
    const Arguments layers(arguments.begin() + 3, arguments.end());
    auto packed = layers.empty() ? packLayer(arguments[1], arguments[2], progressTeller())
                                 : packCopy(arguments[1], layers, arguments[2], progressTeller());
    if (packed && ::lchown(arguments[2].c_str(), kept.user, kept.group) != 0)
        return Error::fromErrno(errno, "give away " + arguments[2]);
    return packed;
}

Result<> changesVerb(const Arguments& arguments)
{
    const Arguments layers(arguments.begin() + 2, arguments.end());
    const auto teller = [](const LayerChange& change) { tell(changeLine(change)); };
    if (arguments[0] == "copy-changes")
        return findCopyChanges(arguments[1], layers, teller);
    return findLayerChanges(
        arguments[1], layers, teller, arguments[0] == "fuse-changes" ? UpperForm::FuseOverlay : UpperForm::Overlay);
}

/// A tree is removed with a descriptor a level, and an image may be deep.
void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit); // the usual limit does for usual images
}

/// Verbs that say something.
Result<> runReader(const Arguments& arguments, OverlayAttributes attributes)
{
    if (arguments[0] == "measure")
        return measureVerb(arguments);
    const bool isAboutChanges
        = arguments[0] == "changes" || arguments[0] == "copy-changes" || arguments[0] == "fuse-changes";
    if (isAboutChanges && arguments.size() >= 2)
        return changesVerb(arguments);
    if (arguments[0] == "probe" && arguments.size() == 2)
        return probeOverlay(arguments[1], attributes);
    if (arguments[0] == "probe-fuse" && arguments.size() == 3)
        return probeFuseOverlay(arguments[1], arguments[2]);
    return Error{ ErrorCode::InvalidArgument, "image-worker: no such verb or wrong arguments", 0, {} };
}

Result<> run(const Arguments& arguments, const KeptIds& kept)
{
    auto attributes = becomeOwner(kept);
    if (!attributes)
        return std::move(attributes).error();
    if (arguments[0] == "unpack" && arguments.size() == 4)
        return unpackVerb(arguments, kept, *attributes);
    if (arguments[0] == "disk" && arguments.size() >= 5)
        return diskVerb(arguments, *attributes);
    if (arguments[0] == "remove")
        return removeVerb(arguments);
    if (arguments[0] == "clean")
        return cleanVerb(arguments);
    if (arguments[0] == "sweep")
        return sweepVerb(arguments);
    if (arguments[0] == "pack" && arguments.size() >= 3)
        return packVerb(arguments, kept);
    if (arguments[0] == "own" && arguments.size() >= 4)
        return ownVerb(arguments);
    if (arguments[0] == "restore" && arguments.size() == 3)
        return restoreTree(arguments[1], arguments[2], *attributes, progressTeller());
    if (arguments[0] == "copy" && arguments.size() >= 3)
        return copyRoot(arguments[1], { arguments.begin() + 2, arguments.end() }, progressTeller());
    return runReader(arguments, *attributes);
}

/// Takes "as UID-GID" off the front, where it is there.
Result<> run(Arguments arguments)
{
    if (arguments[0] != "as")
        return run(arguments, {});
    const auto kept = arguments.size() > 2 ? keptIdsFrom(arguments[1]) : std::nullopt;
    if (!kept)
        return Error{ ErrorCode::InvalidArgument, "image-worker: as takes UID-GID and a verb", 0, {} };
    arguments.erase(arguments.begin(), arguments.begin() + 2);
    return run(arguments, *kept);
}

} // namespace

int imageWorkerMain(const std::vector<std::string>& arguments)
{
    if (arguments.empty())
        return kBadUsage;
    (void)::setpgid(0, 0); // whoever cancels ends our children with us; fails only where we lead a group already
    raiseDescriptorLimit();
    ::umask(0); // permissions come from the archive
    (void)std::setlocale(LC_CTYPE, "C.UTF-8"); // file names in archives
    auto done = run(arguments);
    if (done)
        return 0;
    tell(errorLines(done.error()));
    return 1;
}

} // namespace twinhull
