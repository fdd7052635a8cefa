// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/root_form.h"

#include "core/base/files.h"
#include "core/base/fuse_overlay_program.h"
#include "core/images/overlay_probe.h"
#include "core/images/worker_client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <mutex>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kRootFormLimitBytes = 8192;
constexpr std::size_t kBecauseLimit = 1024;
constexpr std::array<std::string_view, 3> kRootKindWords{ "overlay", "fuse", "copy" }; // as RootKind
constexpr std::chrono::seconds kFuseProbeDeadline{ 30 };

/// A form, and the fuse-overlayfs that there was then: another one may do what that did not. Not looked for where the
/// kernel makes the overlay.
struct FoundRootForm {
    RootForm form;
    std::string program = {};

    bool holds() const { return form.kind == RootKind::Overlay || program == fuseOverlayProgram(); }
};

std::mutex rootFormsLock;
std::map<std::string, FoundRootForm> rootForms; ///< by rootFormKey()

/// Another file system mounted there is another store.
std::optional<std::string> rootFormKey(const DataFolders& folders)
{
    struct stat info { };
    if (::stat(folders.layers().c_str(), &info) != 0)
        return {};
    return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) + ":" + std::to_string(::geteuid()) + " "
        + folders.layers();
}

std::string rootFormNote(const DataFolders& folders)
{
    return folders.runtime + "/root-form";
}

/// Another kernel may judge otherwise.
std::string rootFormBoot()
{
    const auto text = readFile("/proc/sys/kernel/random/boot_id", 64);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

/// Four lines: of which boot and store, the form, why, the program.
std::optional<FoundRootForm> keptRootForm(const DataFolders& folders, const std::string& key)
{
    const auto file = openPath(rootFormNote(folders), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    struct stat info { };
    if (!file || ::fstat(file->fd(), &info) != 0 || info.st_uid != ::geteuid())
        return {}; // none, or another's: the runtime folder may be in /tmp
    const auto text = readAll(*file, kRootFormLimitBytes);
    std::istringstream lines(text ? *text : std::string());
    std::string of;
    std::string word;
    FoundRootForm found;
    if (!std::getline(lines, of) || !std::getline(lines, word) || of != rootFormBoot() + " " + key)
        return {};
    const auto known = std::find(kRootKindWords.begin(), kRootKindWords.end(), word);
    if (known == kRootKindWords.end())
        return {};
    found.form.kind = static_cast<RootKind>(known - kRootKindWords.begin());
    std::getline(lines, found.form.because);
    std::getline(lines, found.program);
    return found;
}

void rememberRootForm(const std::string& key, const FoundRootForm& found)
{
    const std::lock_guard guard(rootFormsLock);
    rootForms[key] = found;
}

void keepRootForm(const DataFolders& folders, const std::string& key, const FoundRootForm& found)
{
    const std::string text = rootFormBoot() + " " + key + "\n"
        + std::string(kRootKindWords[static_cast<std::size_t>(found.form.kind)]) + "\n" + found.form.because + "\n"
        + found.program + "\n";
    if (makeFolders(folders.runtime))
        (void)writeFileAtomically(rootFormNote(folders), text); // else the next process tries it out again
}

std::string reasonLine(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
    text.resize(std::min(text.size(), kBecauseLimit));
    return text;
}

Result<> probeFuseInTime(const DataFolders& folders, const std::string& program)
{
    const auto until = std::chrono::steady_clock::now() + kFuseProbeDeadline;
    WorkerObserver observer;
    observer.isCancelled = [until] { return std::chrono::steady_clock::now() >= until; };
    auto probed = runImageWorker({ "probe-fuse", folders.layers(), program }, observer);
    if (!probed && probed.error().code == ErrorCode::Cancelled)
        return Error{ ErrorCode::Timeout, "fuse-overlayfs: it did not answer within 30 s", ETIMEDOUT, {} };
    return probed;
}

/// Where the kernel's overlay is refused.
FoundRootForm formWithout(const DataFolders& folders, const std::string& refusal)
{
    FoundRootForm found{ { RootKind::Copy, folders.data + ": " + refusal.substr(kOverlayRefused.size()) },
        fuseOverlayProgram() };
    RootForm& form = found.form;
    if (found.program.empty()) {
        form.because += "; fuse-overlayfs is not installed";
    } else if (const auto probed = probeFuseInTime(folders, found.program); probed) {
        form.kind = RootKind::FuseOverlay;
    } else {
        form.because += "; " + probed.error().message;
        form.mayPass = probed.error().message.find(kOverlayRefused) == std::string::npos;
    }
    form.because = reasonLine(form.because);
    return found;
}

} // namespace

std::optional<RootForm> knownRootForm(const DataFolders& folders)
{
    const auto key = rootFormKey(folders);
    if (!key)
        return {};
    {
        const std::lock_guard guard(rootFormsLock);
        if (const auto found = rootForms.find(*key); found != rootForms.end() && found->second.holds())
            return found->second.form;
    }
    const auto kept = keptRootForm(folders, *key);
    if (!kept || !kept->holds())
        return {};
    rememberRootForm(*key, *kept);
    return kept->form;
}

Result<RootForm> findRootForm(const DataFolders& folders)
{
    if (auto made = makeFolders(folders.layers()); !made)
        return std::move(made).error();
    if (auto known = knownRootForm(folders); known && !known->mayPass)
        return *std::move(known);
    const auto probed = runImageWorker({ "probe", folders.layers() }, {});
    const bool isRefused = !probed && probed.error().message.starts_with(kOverlayRefused);
    if (!probed && !isRefused)
        return RootForm(); // whatever stands in the way stands in the way of a container too, which says it
    const auto key = rootFormKey(folders);
    FoundRootForm found;
    if (isRefused)
        found = formWithout(folders, probed.error().message);
    if (key)
        rememberRootForm(*key, found);
    const bool canBeMended = isRefused && probed.error().sysErrno == ENODEV; // by loading the kernel's module
    if (key && !canBeMended && !found.form.mayPass)
        keepRootForm(folders, *key, found);
    return found.form;
}

} // namespace twinhull
