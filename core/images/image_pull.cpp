// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_pull.h"

#include "core/images/image_download.h"
#include "core/images/image_source.h"
#include "core/images/layer_progress.h"
#include "core/images/watched_file.h"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kDocumentDeadline = std::chrono::seconds(60);
constexpr auto kLongestPause = std::chrono::seconds(30);

struct Wanted {
    Digest digest; ///< of the manifest in the registry
    ImageManifest manifest;
};

Result<std::string> rawDocument(const std::string& name, const PullPlan& plan, const JobContext& context)
{
    SkopeoCall call{ { "inspect", "--raw" } };
    for (auto& argument : accessArguments(plan.access, ""))
        call.arguments.push_back(std::move(argument));
    call.arguments.push_back(name);
    call.deadline = kDocumentDeadline;
    call.isCancelled = [&context] { return context.isCancelled(); };
    auto text = runSkopeo(call, plan.name.host);
    if (!text && text.error().code == ErrorCode::Timeout)
        return Error{ ErrorCode::Timeout, "the registry " + plan.name.host + " does not answer", 0,
            "Check the network and the registry, then try again." };
    return text;
}

Digest digestOf(std::string_view text)
{
    const auto measure = std::make_shared<StreamMeasure>();
    (void)drain(measured(sourceOf(text), measure)); // memory cannot fail
    return measure->digest();
}

Error notForPlatform(const ImageIndex& index, const ImagePlatform& wanted)
{
    std::set<std::string> offered;
    for (const auto& descriptor : index.manifests) {
        if (descriptor.platform && descriptor.platform->os != "unknown") // attestations
            offered.insert(platformText(*descriptor.platform));
    }
    std::string list;
    for (const auto& platform : offered)
        list += (list.empty() ? "" : ", ") + platform;
    return Error{ ErrorCode::Unsupported, "the image is not made for " + platformText(wanted), 0,
        list.empty() ? "Choose another image." : "Choose one of its platforms with --platform: " + list + "." };
}

/// The manifest for the platform, its digest checked on the way through an index.
Result<Wanted> findWanted(const PullPlan& plan, const JobContext& context)
{
    std::string name = plan.name.transport();
    std::optional<Digest> expected = plan.name.digest;
    for (int depth = 0; depth < 3; ++depth) {
        auto text = rawDocument(name, plan, context);
        if (!text)
            return std::move(text).error();
        const Digest digest = digestOf(*text);
        if (expected && digest != *expected)
            return Error{ ErrorCode::Corrupt, "the registry's manifest is not what its digest says", 0,
                "Try again; when it stays so, the registry is damaged." };
        auto index = decodeImageIndex(*text);
        if (!index || index->manifests.empty()) {
            auto manifest = decodeImageManifest(*text);
            return manifest ? Result<Wanted>(Wanted{ digest, *std::move(manifest) }) : std::move(manifest).error();
        }
        const auto fitting = std::find_if(index->manifests.begin(), index->manifests.end(),
            [&](const auto& d) { return d.platform && fitsPlatform(*d.platform, plan.platform); });
        if (fitting == index->manifests.end())
            return notForPlatform(*index, plan.platform);
        expected = fitting->digest;
        name = plan.name.transportOf(*expected);
    }
    return Error{ ErrorCode::Corrupt, "indexes are nested too deeply", 0, {} };
}

/// One run of skopeo, watched.
class Download {
public:
    Download(const PullPlan& plan, const Wanted& wanted, const ImageDownload& place, JobContext& context)
        : m_plan(plan), m_wanted(wanted), m_place(place), m_context(context), m_progress(wanted.manifest)
    {
    }

    Result<> run()
    {
        m_place.dropIncoming();
        for (const auto& row : m_progress.rows()) {
            if (exists(m_place.blobPath(row.digest)))
                m_progress.setThere(row.digest);
        }
        SkopeoCall call{ { "copy", "--format", "oci" } };
        for (auto& argument : accessArguments(m_plan.access, "src-"))
            call.arguments.push_back(std::move(argument));
        call.arguments.push_back(m_plan.name.transportOf(m_wanted.digest));
        call.arguments.emplace_back("oci:.:image");
        call.workingFolder = m_place.folder(); // no path in the name of a transport, for it may have a colon
        call.line = [this](std::string_view line) { m_progress.hear(line); };
        call.isCancelled = [this] { return look(); };
        auto done = runSkopeo(call, m_plan.name.host);
        if (done)
            return {};
        if (m_isStalled)
            return Error{ ErrorCode::Timeout,
                "the registry " + m_plan.name.host + " sent nothing for " + std::to_string(m_plan.stallLimit.count())
                    + " s",
                0, "Check the network and the registry, then try again: layers that are whole are kept." };
        return std::move(done).error();
    }

private:
    /// True when it should end.
    bool look()
    {
        std::map<std::string, std::uint64_t> growing;
        for (const auto& name : m_place.incoming()) {
            struct stat info { };
            if (::stat((m_place.folder() + "/" + name).c_str(), &info) == 0)
                growing[name] = static_cast<std::uint64_t>(info.st_size);
        }
        for (const auto& row : m_progress.rows()) {
            if (row.done < row.bytes && exists(m_place.blobPath(row.digest)))
                m_progress.setWhole(row.digest);
        }
        m_progress.seeGrowing(growing);
        if (growing != m_growing || m_progress.doneBytes() != m_lastDone)
            m_lastChange = Clock::now();
        m_growing = std::move(growing);
        m_lastDone = m_progress.doneBytes();
        m_context.setProgress(static_cast<qint64>(m_lastDone), static_cast<qint64>(m_progress.wholeBytes()));
        m_context.setStep(m_progress.text());
        m_isStalled = Clock::now() - m_lastChange > m_plan.stallLimit;
        return m_isStalled || m_context.isCancelled();
    }

    const PullPlan& m_plan;
    const Wanted& m_wanted;
    const ImageDownload& m_place;
    JobContext& m_context;
    LayerProgress m_progress;
    std::map<std::string, std::uint64_t> m_growing;
    std::uint64_t m_lastDone = 0;
    Clock::time_point m_lastChange = Clock::now();
    bool m_isStalled = false;
};

/// False when the job was cancelled meanwhile.
bool pauseBeforeRetry(unsigned tries, const JobContext& context)
{
    const auto end
        = Clock::now() + std::min<std::chrono::seconds>(std::chrono::seconds(1U << std::min(tries, 5U)), kLongestPause);
    while (Clock::now() < end && !context.isCancelled())
        (void)::poll(nullptr, 0, 100); // a cancel has no descriptor
    return !context.isCancelled();
}

/// Again while it fails for a reason that may pass.
template <typename Try>
auto withRetries(const PullPlan& plan, JobContext& context, Try attempt) -> decltype(attempt())
{
    for (unsigned tries = 0;; ++tries) {
        auto done = attempt();
        if (done || context.isCancelled())
            return done ? std::move(done) : Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        if (!isPassingTrouble(done.error()) || tries >= plan.retries) {
            auto error = std::move(done).error();
            return tries == 0 ? std::move(error)
                              : std::move(error).withContext("tried " + std::to_string(tries + 1) + " times");
        }
        context.setStep(QString::fromStdString(done.error().message) + QStringLiteral(" \u2026"));
        if (!pauseBeforeRetry(tries, context))
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    }
}

/// Blobs that lie in the download; those that the store has as well were checked when they came there.
FetchBlob fromDownload(
    const ImageDownload& place, const ImageLayout& layout, BlobStaging& staging, const JobContext& context)
{
    return [&place, &layout, &staging, &context](const ImageDescriptor& wanted) -> Result<StagedBlob> {
        if (auto go = notCancelled(context); !go)
            return std::move(go).error();
        const std::string path = place.blobPath(wanted.digest);
        struct stat own { };
        struct stat stored { };
        const bool isStored = ::stat(path.c_str(), &own) == 0
            && ::stat(layout.blobPath(wanted.digest).c_str(), &stored) == 0 && own.st_ino == stored.st_ino
            && own.st_dev == stored.st_dev;
        if (isStored && wanted.size > kDocumentLimitBytes)
            return StagedBlob{ wanted.digest, static_cast<std::uint64_t>(stored.st_size) };
        auto blob = staging.adopt(path);
        if (blob && blob->digest != wanted.digest)
            return Error{ ErrorCode::Corrupt, "blob " + wanted.digest.toString() + " is damaged", 0, "Try again." };
        return blob;
    };
}

Result<> takeIn(const ImageLayout& layout, const PullPlan& plan, const ImageDownload& place, JobContext& context)
{
    auto staging = BlobStaging::make(layout);
    if (!staging)
        return std::move(staging).error();
    auto text = readFile(place.folder() + "/index.json", kDocumentLimitBytes);
    if (!text)
        return std::move(text).error();
    auto index = decodeImageIndex(*text);
    if (!index)
        return std::move(index).error();
    auto found = findOciImages(*index, fromDownload(place, layout, *staging, context), *staging, plan.platform);
    if (!found)
        return std::move(found).error();
    for (auto& image : found->images) {
        image.references.clear();
        if (const auto name = plan.name.storeName(); !name.empty())
            image.references.push_back(name);
    }
    return publishImages(layout, *found, *staging, context);
}

Result<> pull(const ImageLayout& layout, const PullPlan& plan, JobContext& context)
{
    if (auto prepared = layout.prepare(); !prepared)
        return prepared;
    context.setStep(QStringLiteral("%1").arg(QString::fromStdString(plan.name.transport())));
    auto wanted = withRetries(plan, context, [&] { return findWanted(plan, context); });
    if (!wanted)
        return std::move(wanted).error();
    auto place = ImageDownload::open(layout, wanted->digest);
    if (!place)
        return std::move(place).error();
    auto blobs = wanted->manifest.layers;
    blobs.push_back(wanted->manifest.config);
    for (const auto& blob : blobs)
        place->offer(layout.blobPath(blob.digest), blob.digest);
    auto downloaded = withRetries(plan, context, [&] { return Download(plan, *wanted, *place, context).run(); });
    if (!downloaded)
        return downloaded;
    auto taken = takeIn(layout, plan, *place, context);
    if (taken || taken.error().code == ErrorCode::Corrupt) // what is damaged must not be gone on with
        place->remove();
    return taken;
}

} // namespace

Result<> pullImage(const ImageLayout& layout, const PullPlan& plan, JobContext& context)
{
    auto pulled = pull(layout, plan, context);
    if (pulled)
        return {};
    return std::move(pulled).error().withContext("pull " + plan.name.transport().substr(9));
}

} // namespace twinhull
