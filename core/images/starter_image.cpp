// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/starter_image.h"

#include "core/base/subprocess.h"
#include "core/images/archive_writer.h"
#include "core/images/blob_staging.h"
#include "core/images/elf_image.h"
#include "core/images/image_catalog.h"
#include "core/images/image_platform.h"
#include "core/jobs/thread_job.h"

#include <QDirIterator>
#include <QFile>

#include <algorithm>
#include <set>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kBusyboxLimitBytes = 64U << 20U;
constexpr uid_t kStarterUid = 1000;
const QString kRecipe = QStringLiteral(":/starter/rootfs/");

struct Folder {
    const char* path;
    ArchiveOwner owner;
};

constexpr Folder kFolders[] = {
    { "bin", { 0755, 0, 0 } },
    { "dev", { 0755, 0, 0 } },
    { "etc", { 0755, 0, 0 } },
    { "proc", { 0555, 0, 0 } },
    { "root", { 0700, 0, 0 } },
    { "run", { 0755, 0, 0 } },
    { "srv", { 0755, 0, 0 } },
    { "srv/www", { 0755, 0, 0 } },
    { "srv/www/cgi-bin", { 0755, 0, 0 } },
    { "sys", { 0555, 0, 0 } },
    { "tmp", { 01777, 0, 0 } },
    { "usr", { 0755, 0, 0 } },
    { "var", { 0755, 0, 0 } },
    { "var/lib", { 0755, 0, 0 } },
    { "var/lib/starter", { 0755, kStarterUid, kStarterUid } },
};

Error needsBusybox(Error error)
{
    return std::move(error).withHint("Install Debian's package busybox-static: sudo apt install busybox-static");
}

Result<std::string> readBusybox(const std::string& path)
{
    auto bytes = readFile(path, kBusyboxLimitBytes);
    if (!bytes)
        return needsBusybox(std::move(bytes).error());
    auto elf = ElfImage::parse(*bytes);
    if (!elf)
        return needsBusybox(std::move(elf).error().withContext(path));
    if (elf->hasInterpreter())
        return needsBusybox(
            Error{ ErrorCode::Unsupported, path + " is not a static program: it would not run in an image", 0, {} });
    return bytes;
}

/// In a fixed order, whatever the program prints.
Result<std::set<std::string>> appletsOf(const std::string& busybox)
{
    auto text = runChecked({ { busybox, "--list" }, {}, {} }, std::chrono::seconds(10));
    if (!text)
        return needsBusybox(std::move(text).error());
    std::set<std::string> applets;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.find('/') == std::string::npos && line != "busybox")
            applets.insert(line);
    }
    return applets;
}

Result<> addRecipe(ArchiveWriter& layer)
{
    QStringList paths;
    for (QDirIterator files(kRecipe, QDir::Files, QDirIterator::Subdirectories); files.hasNext();)
        paths.append(files.next());
    paths.sort();
    for (const QString& path : paths) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return Error{ ErrorCode::Io, "read recipe " + path.toStdString(), 0, {} };
        const QByteArray content = file.readAll();
        const mode_t permissions = content.startsWith("#!") ? 0755 : 0644;
        const std::string name = path.mid(kRecipe.size()).toStdString();
        if (auto added = layer.addFile(name, content.toStdString(), { permissions, 0, 0 }); !added)
            return added;
    }
    return {};
}

Result<> addApplets(ArchiveWriter& layer, const std::set<std::string>& applets)
{
    for (const auto& applet : applets) {
        if (auto added = layer.addSymlink("bin/" + applet, "busybox"); !added)
            return added;
    }
    for (const auto& [path, target] : { std::pair("sbin", "bin"), std::pair("usr/bin", "../bin") }) {
        if (auto added = layer.addSymlink(path, target); !added)
            return added;
    }
    return {};
}

Result<std::string> packLayer(const std::string& busyboxPath)
{
    auto busybox = readBusybox(busyboxPath);
    if (!busybox)
        return busybox;
    auto applets = appletsOf(busyboxPath);
    if (!applets)
        return std::move(applets).error();
    ArchiveWriter layer(ArchiveWriter::Format::Tar);
    for (const auto& folder : kFolders) {
        if (auto added = layer.addFolder(folder.path, folder.owner); !added)
            return std::move(added).error();
    }
    if (auto added = layer.addFile("bin/busybox", *busybox, { 0755, 0, 0 }); !added)
        return std::move(added).error();
    for (const char* mountPoint : { "etc/hostname", "etc/hosts", "etc/resolv.conf" }) {
        if (auto added = layer.addFile(mountPoint, {}, {}); !added)
            return std::move(added).error();
    }
    if (auto added = addRecipe(layer); !added)
        return std::move(added).error();
    if (auto added = addApplets(layer, *applets); !added)
        return std::move(added).error();
    return std::move(layer).finish();
}

ImageConfig starterConfig(const Digest& layer)
{
    ImageConfig config;
    config.architecture = hostArchitecture();
    config.os = "linux";
    config.entrypoint = { "/bin/starter" };
    config.environment = { "PATH=/bin:/sbin:/usr/bin" };
    config.workingFolder = "/srv/www";
    config.user = "1000:1000";
    config.exposedPorts = { "8080/tcp" };
    config.labels = { { "org.opencontainers.image.title", "Twinhull starter" },
        { "org.twinhull.work.http", "8080/cgi-bin/work" }, { "org.twinhull.work.command", "/bin/work" } };
    config.stopSignal = "SIGTERM";
    config.diffIds = { layer };
    config.history
        = { { {}, "twinhull images starter", "busybox and a web page", false } }; // buildah wants one a layer
    return config;
}

Result<> storeImage(const ImageLayout& layout, BlobStaging& staging, const std::string& layerTar)
{
    auto layer = staging.add(sourceOf(std::string_view(layerTar)));
    if (!layer)
        return std::move(layer).error();
    const std::string configText = encodeImageConfig(starterConfig(layer->digest));
    auto config = staging.add(sourceOf(std::string_view(configText)));
    if (!config)
        return std::move(config).error();
    const ImageManifest manifest{ { std::string(kMediaTypeConfig), config->digest, config->bytes, {}, {} },
        { { std::string(kMediaTypeLayerTar), layer->digest, layer->bytes, {}, {} } } };
    const std::string manifestText = encodeImageManifest(manifest);
    auto blob = staging.add(sourceOf(std::string_view(manifestText)));
    if (!blob)
        return std::move(blob).error();
    auto lock = layout.lock();
    if (!lock)
        return std::move(lock).error();
    if (auto published = staging.publish({ layer->digest, config->digest, blob->digest }); !published)
        return published;
    return addToIndex(layout,
        { { { std::string(kMediaTypeManifest), blob->digest, blob->bytes, {}, {} },
            { std::string(kStarterReference) } } });
}

Result<> build(const ImageLayout& layout, const std::string& busyboxPath)
{
    auto layer = packLayer(busyboxPath);
    if (!layer)
        return std::move(layer).error().withContext("build the starter image");
    auto staging = BlobStaging::make(layout);
    if (!staging)
        return std::move(staging).error().withContext("build the starter image");
    return storeImage(layout, *staging, *layer).withContext("build the starter image");
}

} // namespace

QString starterBusybox()
{
    const std::string found = findExecutable("busybox");
    return found.empty() ? QStringLiteral("/bin/busybox") : QString::fromStdString(found);
}

std::unique_ptr<Job> buildStarterImage(const DataFolders& folders, const QString& busyboxPath)
{
    return std::make_unique<ThreadJob>(QObject::tr("Build the starter image"), QThreadPool::globalInstance(),
        [layout = ImageLayout(folders.images()), path = busyboxPath.toStdString()](
            JobContext&) { return build(layout, path); });
}

} // namespace twinhull
