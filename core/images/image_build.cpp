// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_build.h"

#include "core/base/subprocess.h"
#include "core/images/build_step.h"
#include "core/images/containerfile.h"
#include "core/images/export_view.h"
#include "core/images/image_pull.h"
#include "core/images/image_reference.h"
#include "core/images/image_source.h"
#include "core/images/worker_client.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace twinhull {

namespace {

constexpr std::size_t kContainerfileLimitBytes = 1U << 20U;
constexpr std::size_t kCauseLimitBytes = 400;
constexpr auto kGrace = std::chrono::seconds(10); ///< for buildah to end the command that runs inside

/// buildah with storage of its own, one at a time: what a killed one left is removed by the next.
class Workshop {
public:
    static Result<Workshop> open(const ImageLayout& layout, JobContext& context)
    {
        const std::string folder = buildFolder(layout);
        if (auto made = makeFolders(folder); !made)
            return std::move(made).error();
        context.setStep(QObject::tr("Waiting for another build"));
        auto lock = FileLock::tryAcquire(folder + ".lock");
        while (!lock && lock.error().code == ErrorCode::Busy && !context.isCancelled()) {
            (void)::poll(nullptr, 0, 200); // neither a lock nor a cancel has a descriptor
            lock = FileLock::tryAcquire(folder + ".lock");
        }
        if (!lock)
            return context.isCancelled() ? Error{ ErrorCode::Cancelled, "cancelled", 0, {} } : std::move(lock).error();
        return Workshop(folder, *std::move(lock), context);
    }

    /// What buildah writes to standard output, its lines and those of its standard error going to `hear` as well.
    Result<std::string> run(const std::vector<std::string>& arguments, const std::string& workingFolder,
        const std::function<void(std::string_view)>& hear = {}) const
    {
        Command command{ {}, {}, workingFolder };
        if (::geteuid() == 0) // as others have it: what it mounts ends with it
            command.arguments = { "unshare", "--mount", "--propagation", "private" };
        command.arguments.insert(
            command.arguments.end(), { "buildah", "--root", m_folder + "/storage", "--runroot", m_runFolder });
        command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
        CommandRun run{ std::chrono::hours(24) };
        run.isCancelled = [this] { return m_context->isCancelled(); };
        run.grace = kGrace;
        std::string errors;
        if (hear) {
            run.output = [&](std::string_view bytes) {
                hear(bytes);
                return Result<>();
            };
            run.errorOutput = [&](std::string_view bytes) {
                hear(bytes);
                errors.append(bytes);
                errors.erase(0, errors.size() - std::min(errors.size(), kCauseLimitBytes * 4));
                return Result<>();
            };
        }
        auto output = runCommand(command, run);
        if (!output)
            return std::move(output).error();
        if (output->exitStatus == 0)
            return std::move(output->standardOutput);
        return complaint(hear ? errors : output->standardError);
    }

private:
    Workshop(std::string folder, FileLock lock, JobContext& context)
        : m_folder(std::move(folder))
        , m_runFolder(DataFolders::fromEnvironment().runtime + "/build")
        , m_lock(std::move(lock))
        , m_context(&context)
    {
    }

    static Error complaint(const std::string& text)
    {
        const auto end = text.find_last_not_of(" \r\n");
        std::string cause = end == std::string::npos ? "it says nothing" : text.substr(0, end + 1);
        cause = cause.substr(cause.find_last_of('\n') + 1).substr(0, kCauseLimitBytes);
        std::replace_if(
            cause.begin(), cause.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
        if (cause.starts_with("Error: "))
            cause.erase(0, 7);
        if (cause.find("no space left") != std::string::npos)
            return Error{ ErrorCode::OutOfSpace, cause, 0,
                "Free some space, or remove the cache of builds: twinhullctl images prune --build-cache" };
        return Error{ ErrorCode::InvalidArgument, cause, 0, {} };
    }

    std::string m_folder;
    std::string m_runFolder;
    FileLock m_lock;
    JobContext* m_context;
};

/// Its path; empty where the plan has the text itself.
Result<std::string> containerfileOf(const BuildPlan& plan)
{
    std::error_code failure; // of what cannot be looked at: opening it tells why
    const std::filesystem::path context = plan.contextFolder;
    if (!std::filesystem::is_directory(context, failure))
        return Error{ ErrorCode::NotFound, plan.contextFolder + " is no folder", 0,
            "Give the folder whose files the image is made of." };
    if (!plan.containerfileText.empty())
        return std::string();
    if (!plan.containerfile.empty())
        return std::filesystem::absolute(plan.containerfile).string();
    for (const char* name : { "Containerfile", "Dockerfile" }) {
        if (std::filesystem::is_regular_file(context / name, failure))
            return std::filesystem::absolute(context / name).string();
    }
    return Error{ ErrorCode::NotFound, "there is neither a Containerfile nor a Dockerfile in " + plan.contextFolder, 0,
        "Write one, or name it with --file." };
}

/// The image of the store that these words mean.
Result<std::optional<Digest>> storedImage(const ImageLayout& layout, const std::string& words)
{
    auto index = layout.readIndex();
    if (!index)
        return std::move(index).error();
    std::vector<ImageInfo> infos;
    for (const auto& entry : catalogEntries(*index)) {
        ImageInfo info;
        info.digest = QString::fromStdString(entry.digest.toString());
        info.references = entry.references;
        infos.push_back(std::move(info));
    }
    const auto match = matchImage(infos, QString::fromStdString(words));
    if (!match)
        return std::optional<Digest>();
    auto digest = Digest::parse(match->info.digest.toStdString());
    return digest ? Result<std::optional<Digest>>(*std::move(digest)) : std::move(digest).error();
}

Result<Digest> baseImage(
    const ImageLayout& layout, const std::string& words, const BuildPlan& plan, JobContext& context)
{
    auto stored = storedImage(layout, words);
    if (!stored || (*stored && !plan.pullsAlways))
        return stored ? Result<Digest>(**stored) : std::move(stored).error();
    auto name = RegistryReference::parse(words);
    if (!name)
        return std::move(name).error();
    PullPlan pulling{ *name, plan.platform, plan.access };
    if (auto pulled = pullImage(layout, pulling, context); !pulled)
        return std::move(pulled).error();
    stored = storedImage(layout, name->digest ? name->digest->toString() : name->storeName());
    if (stored && !*stored)
        return Error{ ErrorCode::NotFound, "the image was removed meanwhile", 0, "Try again." };
    return stored ? Result<Digest>(**stored) : std::move(stored).error();
}

/// Puts an image of the store where buildah finds it under the name that the Containerfile has for it.
Result<> offerBase(const ImageLayout& layout, const Digest& image, const std::string& name, const Workshop& workshop)
{
    auto view = ExportView::make(layout, image);
    if (!view)
        return std::move(view).error();
    // buildah names what it takes after the path, so the path is one that can be a name.
    const std::filesystem::path folder = view->folder();
    const std::string leaf = folder.filename().string();
    auto id = workshop.run({ "pull", "--quiet", "oci:" + leaf + ":image" }, folder.parent_path().string());
    if (!id)
        return std::move(id).error();
    id->erase(id->find_last_not_of(" \r\n") + 1);
    auto tagged = workshop.run({ "tag", *id, name }, {});
    auto cleared = tagged ? workshop.run({ "rmi", "localhost/" + leaf }, {}) : std::move(tagged);
    return cleared ? Result<>() : std::move(cleared).error();
}

/// Takes the lines that begin a step out of what comes.
class Listener {
public:
    Listener(const BuildPlan& plan, JobContext& context) : m_plan(plan), m_context(context) { }

    void hear(std::string_view bytes)
    {
        if (m_plan.output)
            m_plan.output(bytes);
        for (const char c : bytes) {
            if (c != '\n') {
                if (m_line.size() < kCauseLimitBytes)
                    m_line += c;
                continue;
            }
            if (const auto step = BuildStep::parse(m_line)) {
                m_context.setStep(QString::fromStdString(step->text));
                m_context.setProgress(step->number - 1, step->count);
            }
            m_line.clear();
        }
    }

private:
    const BuildPlan& m_plan;
    JobContext& m_context;
    std::string m_line;
};

std::vector<std::string> buildArguments(
    const BuildPlan& plan, const std::string& containerfile, const std::string& idFile)
{
    std::vector<std::string> words{ "build", "--format", "oci", "--file", containerfile, "--iidfile", idFile,
        "--pull=false" };
    if (platformText(plan.platform) != platformText(hostPlatform()))
        words.insert(words.end(), { "--platform", platformText(plan.platform) });
    words.emplace_back(plan.usesCache ? "--layers" : "--no-cache");
    for (const auto& argument : plan.arguments)
        words.insert(words.end(), { "--build-arg", argument });
    for (const auto& label : plan.labels)
        words.insert(words.end(), { "--label", label });
    if (!plan.target.empty())
        words.insert(words.end(), { "--target", plan.target });
    if (!plan.network.empty())
        words.insert(words.end(), { "--network", plan.network });
    if (const std::string hull = findProgram("hull"); !hull.empty())
        words.insert(words.end(), { "--runtime", hull });
    words.push_back(std::filesystem::absolute(plan.contextFolder).string());
    return words;
}

/// Takes what buildah wrote to `folder`, an OCI layout of one image, into the store.
Result<Digest> takeIn(const ImageLayout& layout, const std::string& folder, const BuildPlan& plan, BlobStaging& staging,
    const JobContext& context)
{
    auto text = readFile(folder + "/index.json", kDocumentLimitBytes);
    if (!text)
        return std::move(text).error();
    auto index = decodeImageIndex(*text);
    if (!index)
        return std::move(index).error();
    const FetchBlob fetch = [&](const ImageDescriptor& wanted) -> Result<StagedBlob> {
        auto blob = staging.adopt(folder + "/blobs/sha256/" + wanted.digest.hex());
        if (blob && blob->digest != wanted.digest)
            return Error{ ErrorCode::Corrupt, "blob " + wanted.digest.toString() + " is damaged", 0,
                "Build it again." };
        return blob;
    };
    auto found = findOciImages(*index, fetch, staging, plan.platform);
    if (!found)
        return std::move(found).error();
    if (found->images.size() != 1)
        return Error{ ErrorCode::Corrupt, "buildah made no single image", 0, {} };
    found->images.front().references = plan.references;
    const Digest made = found->images.front().manifest.digest;
    if (auto published = publishImages(layout, *found, staging, context); !published)
        return std::move(published).error();
    return made;
}

Result<Digest> build(const ImageLayout& layout, const BuildPlan& plan, JobContext& context)
{
    if (auto there = buildAvailability(); !there)
        return std::move(there).error();
    auto containerfile = containerfileOf(plan);
    if (!containerfile)
        return std::move(containerfile).error();
    const bool isInline = containerfile->empty();
    auto text
        = isInline ? Result<std::string>(plan.containerfileText) : readFile(*containerfile, kContainerfileLimitBytes);
    if (!text || text->size() > kContainerfileLimitBytes)
        return text ? Error{ ErrorCode::InvalidArgument, "a Containerfile that is too long", 0, {} }
                    : std::move(text).error();
    auto prepared = layout.prepare();
    auto workshop = prepared ? Workshop::open(layout, context) : Result<Workshop>(std::move(prepared).error());
    if (!workshop)
        return std::move(workshop).error();
    auto cleared = workshop->run({ "rm", "--all" }, {});
    if (!cleared)
        return std::move(cleared).error();
    for (const auto& name : imagesNamedIn(*text, plan.arguments)) {
        if (name.find('@') != std::string::npos) // our store does not keep a registry's digest: buildah pulls it
            continue;
        auto base = baseImage(layout, name, plan, context);
        auto offered = base ? offerBase(layout, *base, name, *workshop) : Result<>(std::move(base).error());
        if (!offered)
            return std::move(offered).error().withContext("base image " + name);
    }
    auto staging = BlobStaging::make(layout);
    if (!staging)
        return std::move(staging).error();
    if (isInline)
        *containerfile = staging->workPath("Containerfile");
    if (auto written = isInline ? writeFileAtomically(*containerfile, *text, 0600) : Result<>(); !written)
        return written.error();
    const std::string idFile = staging->workPath("id");
    Listener listener(plan, context);
    auto built = workshop->run(buildArguments(plan, *containerfile, idFile), {},
        [&listener](std::string_view bytes) { listener.hear(bytes); });
    auto id = built ? readFile(idFile, 256) : std::move(built);
    if (!id)
        return std::move(id).error();
    context.setStep(QObject::tr("Taking the image into the store"));
    const std::string folder = staging->workPath("built");
    auto pushed = workshop->run({ "push", "--quiet", *id, "oci:" + folder + ":image" }, {});
    return pushed ? takeIn(layout, folder, plan, *staging, context) : std::move(pushed).error();
}

} // namespace

Result<> buildAvailability()
{
    if (!findExecutable("buildah").empty())
        return {};
    return Error{ ErrorCode::Unsupported, "the program buildah, which runs Containerfiles, is not installed", 0,
        "Install it with: sudo apt install buildah" };
}

Result<Digest> buildImage(const ImageLayout& layout, const BuildPlan& plan, JobContext& context)
{
    return build(layout, plan, context).withContext("build image");
}

std::string buildFolder(const ImageLayout& layout)
{
    return layout.folder() + "/build";
}

Result<> removeBuildCache(const ImageLayout& layout)
{
    const std::string folder = buildFolder(layout);
    if (!exists(folder))
        return {};
    auto lock = FileLock::tryAcquire(folder + ".lock");
    if (!lock)
        return lock.error().code == ErrorCode::Busy
            ? Error{ ErrorCode::Busy, "an image is being built just now", 0, "Try again when that has ended." }
            : std::move(lock).error();
    return runImageWorker({ "remove", folder }, {});
}

} // namespace twinhull
