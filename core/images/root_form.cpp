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
#include <map>
#include <mutex>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kRootFormLimitBytes = 8192;
constexpr std::size_t kBecauseLimit = 1024;
constexpr std::array<std::string_view, 3> kRootKindWords{ "overlay", "fuse", "copy" }; // as RootKind

std::mutex rootFormsLock;
std::map<std::string, RootForm> rootForms; ///< by rootFormKey()

/// Another file system mounted there is another store, and another fuse-overlayfs may do what none did.
std::optional<std::string> rootFormKey(const DataFolders& folders)
{
    struct stat info { };
    if (::stat(folders.layers().c_str(), &info) != 0)
        return {};
    return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) + ":" + std::to_string(::geteuid()) + " "
        + folders.layers() + " " + fuseOverlayProgram();
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

/// Three lines: of which boot and store, the form, why.
std::optional<RootForm> keptRootForm(const DataFolders& folders, const std::string& key)
{
    const auto file = openPath(rootFormNote(folders), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    struct stat info { };
    if (!file || ::fstat(file->fd(), &info) != 0 || info.st_uid != ::geteuid())
        return {}; // none, or another's: the runtime folder may be in /tmp
    const auto text = readAll(*file, kRootFormLimitBytes);
    std::istringstream lines(text ? *text : std::string());
    std::string of;
    std::string word;
    RootForm form;
    if (!std::getline(lines, of) || !std::getline(lines, word) || of != rootFormBoot() + " " + key)
        return {};
    const auto known = std::find(kRootKindWords.begin(), kRootKindWords.end(), word);
    if (known == kRootKindWords.end())
        return {};
    form.kind = static_cast<RootKind>(known - kRootKindWords.begin());
    std::getline(lines, form.because);
    return form;
}

void rememberRootForm(const std::string& key, const RootForm& form)
{
    const std::lock_guard guard(rootFormsLock);
    rootForms[key] = form;
}

void keepRootForm(const DataFolders& folders, const std::string& key, const RootForm& form)
{
    const std::string text = rootFormBoot() + " " + key + "\n"
        + std::string(kRootKindWords[static_cast<std::size_t>(form.kind)]) + "\n" + form.because + "\n";
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

/// Where the kernel's overlay is refused.
RootForm formWithout(const DataFolders& folders, const std::string& refusal)
{
    RootForm form{ RootKind::Copy, folders.data + ": " + refusal.substr(kOverlayRefused.size()) };
    const std::string program = fuseOverlayProgram();
    if (program.empty()) {
        form.because += "; fuse-overlayfs is not installed";
    } else if (const auto probed = runImageWorker({ "probe-fuse", folders.layers(), program }, {}); probed) {
        form.kind = RootKind::FuseOverlay;
    } else {
        form.because += "; " + probed.error().message;
    }
    form.because = reasonLine(form.because);
    return form;
}

} // namespace

std::optional<RootForm> knownRootForm(const DataFolders& folders)
{
    const auto key = rootFormKey(folders);
    if (!key)
        return {};
    {
        const std::lock_guard guard(rootFormsLock);
        if (const auto found = rootForms.find(*key); found != rootForms.end())
            return found->second;
    }
    auto form = keptRootForm(folders, *key);
    if (form)
        rememberRootForm(*key, *form);
    return form;
}

Result<RootForm> findRootForm(const DataFolders& folders)
{
    if (auto made = makeFolders(folders.layers()); !made)
        return std::move(made).error();
    if (auto known = knownRootForm(folders))
        return *std::move(known);
    const auto probed = runImageWorker({ "probe", folders.layers() }, {});
    const bool isRefused = !probed && probed.error().message.starts_with(kOverlayRefused);
    if (!probed && !isRefused)
        return RootForm(); // whatever stands in the way stands in the way of a container too, which says it
    const auto key = rootFormKey(folders);
    RootForm form;
    if (isRefused)
        form = formWithout(folders, probed.error().message);
    if (key)
        rememberRootForm(*key, form);
    const bool canBeMended = isRefused && probed.error().sysErrno == ENODEV; // by loading the kernel's module
    if (key && !canBeMended)
        keepRootForm(folders, *key, form);
    return form;
}

} // namespace twinhull
