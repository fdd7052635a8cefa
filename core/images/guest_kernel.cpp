// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/guest_kernel.h"

#include "core/base/files.h"
#include "core/images/archive_reader.h"
#include "core/images/archive_writer.h"
#include "core/images/file_lock.h"
#include "core/images/kernel_image.h"
#include "core/images/kernel_modules.h"
#include "core/images/kernel_package.h"
#include "core/images/partial_path.h"
#include "core/jobs/thread_job.h"

#include <QDir>

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kFileLimitBytes = 256U << 20U;
constexpr std::size_t kVersionLimit = 100;
constexpr std::string_view kVmlinuzPrefix = "boot/vmlinuz-";

std::string vmlinuxIn(const std::string& folder)
{
    return folder + "/vmlinux";
}
std::string initramfsIn(const std::string& folder)
{
    return folder + "/initramfs";
}
/// An emulated processor takes a tenth of the whole boot to check what this program packed itself.
std::string emulatedInitramfsIn(const std::string& folder)
{
    return folder + "/initramfs-emulated";
}
std::string modulesIn(const std::string& folder)
{
    return folder + "/modules";
}

enum class Signatures { Kept, Left };

/// What the first reading of a package finds.
struct KernelContents {
    std::string version;
    std::string vmlinuz;
    std::map<std::string, ModuleInfo> modules;
    std::set<std::string> builtIn;
};

Result<> isWanted(const JobContext& context)
{
    return context.isCancelled() ? Error{ ErrorCode::Cancelled, "cancelled", 0, {} } : Result<>();
}

Result<std::string> readModule(const ByteSource& content)
{
    auto plain = decompressed(content);
    if (!plain)
        return std::move(plain).error();
    return readAll(*plain, kFileLimitBytes);
}

/// A version becomes a folder's name.
bool isVersion(const std::string& text)
{
    return !text.empty() && text.size() <= kVersionLimit && text.front() != '.'
        && std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == '+' || c == '~';
           });
}

Result<> takeFile(const std::string& path, const ByteSource& content, KernelContents& found)
{
    if (path.starts_with(kVmlinuzPrefix)) {
        found.version = path.substr(kVmlinuzPrefix.size());
        auto bytes = readAll(content, kFileLimitBytes);
        if (!bytes)
            return std::move(bytes).error();
        found.vmlinuz = *std::move(bytes);
    } else if (path.ends_with("/modules.builtin")) {
        auto text = readAll(content, kFileLimitBytes);
        if (!text)
            return std::move(text).error();
        std::istringstream lines(*text);
        for (std::string line; std::getline(lines, line);)
            found.builtIn.insert(moduleNameOf(line));
    } else if (const std::string name = moduleNameOf(path); !name.empty()) {
        auto bytes = readModule(content);
        if (!bytes)
            return std::move(bytes).error();
        auto info = readModuleInfo(*bytes);
        if (!info)
            return std::move(info).error().withContext(path);
        found.modules[name] = *std::move(info);
    }
    return {};
}

Result<KernelContents> readContents(const KernelPackage& package, JobContext& context)
{
    KernelContents found;
    auto read = package.forEachFile([&](const std::string& path, const ByteSource& content) -> Result<> {
        if (auto go = isWanted(context); !go)
            return go;
        return takeFile(path, content, found);
    });
    if (!read)
        return std::move(read).error();
    if (!isVersion(found.version))
        return Error{ ErrorCode::Corrupt, "no kernel (boot/vmlinuz-VERSION) in it", 0,
            "Give a package file linux-image-VERSION-cloud-amd64, or a folder into which it was unpacked." };
    return found;
}

/// The chosen modules as plain files, and the order in which they load.
Result<> writeModules(
    const KernelPackage& package, const std::vector<std::string>& order, const std::string& folder, JobContext& context)
{
    if (auto made = makeFolders(folder); !made)
        return made;
    const std::set<std::string> chosen(order.begin(), order.end());
    auto read = package.forEachFile([&](const std::string& path, const ByteSource& content) -> Result<> {
        const std::string name = moduleNameOf(path);
        if (!chosen.contains(name))
            return isWanted(context);
        auto bytes = readModule(content);
        return bytes ? writeFileAtomically(folder + "/" + name + ".ko", *bytes, 0644) : Result<>(bytes.error());
    });
    if (!read)
        return read;
    std::string load;
    for (const auto& name : order)
        load += name + ".ko\n";
    return writeFileAtomically(folder + "/load", load, 0644);
}

/// The contract with guest-init: /init, /modules/NAME.ko, /modules/load with a file name a line in load order, and the
/// empty folders it mounts on.
Result<std::string> packInitramfs(const std::string& modulesFolder, const std::string& guestInit, Signatures signatures)
{
    auto init = readFile(guestInit, kFileLimitBytes);
    if (!init)
        return std::move(init).error().withHint("Build or install Twinhull completely: guest-init is part of it.");
    auto load = readFile(modulesFolder + "/load");
    if (!load)
        return load;
    ArchiveWriter archive(ArchiveWriter::Format::CpioNewc);
    for (const char* folder : { "dev", "modules", "newroot", "proc", "sys" }) {
        if (auto added = archive.addFolder(folder, { 0755, 0, 0 }); !added)
            return std::move(added).error();
    }
    if (auto added = archive.addFile("init", *init, { 0755, 0, 0 }); !added)
        return std::move(added).error();
    if (auto added = archive.addFile("modules/load", *load, {}); !added)
        return std::move(added).error();
    std::istringstream names(*load);
    for (std::string name; std::getline(names, name);) {
        auto bytes = readFile(modulesFolder + "/" + name, kFileLimitBytes);
        if (!bytes)
            return bytes;
        const auto module = signatures == Signatures::Kept ? std::string_view(*bytes) : withoutSignature(*bytes);
        if (auto added = archive.addFile("modules/" + name, module, {}); !added)
            return std::move(added).error();
    }
    return std::move(archive).finish();
}

Result<> writeInitramfs(const std::string& folder, const std::string& guestInit)
{
    for (const auto& [path, signatures] : { std::pair(emulatedInitramfsIn(folder), Signatures::Left),
             std::pair(initramfsIn(folder), Signatures::Kept) }) { // last the one that tells how new both are
        auto archive = packInitramfs(modulesIn(folder), guestInit, signatures);
        if (!archive)
            return std::move(archive).error().withContext("pack the initramfs");
        if (auto written = writeFileAtomically(path, *archive, 0644); !written)
            return written;
    }
    return {};
}

bool isNewer(const std::string& first, const std::string& second)
{
    struct stat a { };
    struct stat b { };
    if (::stat(first.c_str(), &a) != 0 || ::stat(second.c_str(), &b) != 0)
        return true;
    return std::pair(a.st_mtim.tv_sec, a.st_mtim.tv_nsec) > std::pair(b.st_mtim.tv_sec, b.st_mtim.tv_nsec);
}

Result<> refreshInitramfs(const std::string& folder, const std::string& guestInit)
{
    const bool isOld = isNewer(guestInit, initramfsIn(folder)) || !exists(emulatedInitramfsIn(folder));
    return isOld ? writeInitramfs(folder, guestInit) : Result<>();
}

bool isComplete(const std::string& folder)
{
    return exists(vmlinuxIn(folder)) && exists(initramfsIn(folder)) && exists(modulesIn(folder) + "/load");
}

Result<> makeKernel(const std::string& kernels, const KernelPackage& package, const std::string& guestInit,
    const KernelContents& contents, JobContext& context)
{
    const std::string target = kernels + "/" + contents.version;
    PartialGuard partial(partialPathFor(target));
    if (auto made = makeFolders(partial.path()); !made)
        return made;
    auto vmlinux = extractVmlinux(contents.vmlinuz);
    if (!vmlinux)
        return std::move(vmlinux).error();
    if (auto written = writeFileAtomically(vmlinuxIn(partial.path()), *vmlinux, 0644); !written)
        return written;
    auto order = loadOrder(contents.modules, contents.builtIn, guestModuleWishes());
    if (!order)
        return std::move(order).error();
    if (auto written = writeModules(package, *order, modulesIn(partial.path()), context); !written)
        return written;
    if (auto written = writeInitramfs(partial.path(), guestInit); !written)
        return written;
    auto lock = FileLock::acquire(kernels + "/.lock");
    if (!lock)
        return std::move(lock).error();
    if (auto removed = removeTree(target); !removed)
        return removed;
    if (std::rename(partial.path().c_str(), target.c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + target);
    partial.keep();
    return {};
}

/// "6.1.0-56-cloud-amd64" of a file name like linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb; empty otherwise.
std::string versionInName(const std::string& path)
{
    constexpr std::string_view kPrefix = "linux-image-";
    const std::string name = path.substr(path.find_last_of('/') + 1);
    if (!name.starts_with(kPrefix))
        return {};
    const std::string version = name.substr(kPrefix.size(), name.find('_') - kPrefix.size());
    return isVersion(version) ? version : std::string();
}

Result<> prepare(
    const std::string& kernels, const std::string& source, const std::string& guestInit, JobContext& context)
{
    if (!exists(source))
        return Error::fromErrno(ENOENT, source).withHint("Fetch a kernel package with installer/fetch-kernel.sh.");
    const std::string version = versionInName(source);
    const std::string known = kernels + "/" + version;
    if (!version.empty() && isComplete(known) && !isNewer(source, vmlinuxIn(known)))
        return refreshInitramfs(known, guestInit);
    if (auto made = makeFolders(kernels); !made)
        return made;
    for (const auto& stale : stalePartials(kernels))
        (void)removeTree(stale); // not in anybody's way
    const KernelPackage package(source);
    auto contents = readContents(package, context);
    if (!contents)
        return std::move(contents).error();
    return makeKernel(kernels, package, guestInit, *contents, context);
}

} // namespace

std::optional<GuestKernel> findGuestKernel(const DataFolders& folders)
{
    const QDir kernels(QString::fromStdString(folders.kernels()));
    QStringList versions = kernels.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    std::sort(versions.begin(), versions.end(), [](const QString& a, const QString& b) {
        return ::strverscmp(a.toUtf8().constData(), b.toUtf8().constData()) > 0;
    });
    for (const QString& version : versions) {
        const std::string folder = kernels.filePath(version).toStdString();
        if (!version.endsWith(QStringLiteral(".partial")) && isComplete(folder))
            return GuestKernel{ version, QString::fromStdString(vmlinuxIn(folder)),
                QString::fromStdString(initramfsIn(folder)),
                QString::fromStdString( // an earlier version made none
                    exists(emulatedInitramfsIn(folder)) ? emulatedInitramfsIn(folder) : initramfsIn(folder)) };
    }
    return {};
}

Result<GuestKernel> requireGuestKernel(const DataFolders& folders)
{
    if (auto kernel = findGuestKernel(folders))
        return *std::move(kernel);
    return Error{ ErrorCode::NotFound, "there is no kernel for VMs made from images", 0,
        "Fetch one with installer/fetch-kernel.sh, or give a Debian kernel package to: twinhullctl kernel prepare" };
}

std::unique_ptr<Job> prepareGuestKernel(
    const DataFolders& folders, const QString& debOrFolder, const QString& guestInitPath)
{
    const auto known = debOrFolder.isEmpty() ? findGuestKernel(folders) : std::nullopt;
    const std::string knownFolder = known ? folders.kernels() + "/" + known->version.toStdString() : std::string();
    return std::make_unique<ThreadJob>(QObject::tr("Prepare the guest kernel"), QThreadPool::globalInstance(),
        [knownFolder, kernels = folders.kernels(), source = debOrFolder.toStdString(),
            guestInit = guestInitPath.toStdString()](JobContext& context) {
            if (!knownFolder.empty())
                return refreshInitramfs(knownFolder, guestInit).withContext("prepare the guest kernel");
            return prepare(kernels, source, guestInit, context).withContext("prepare the guest kernel");
        });
}

} // namespace twinhull
