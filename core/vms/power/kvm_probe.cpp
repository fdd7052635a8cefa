// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/kvm_probe.h"

#include "core/base/files.h"
#include "core/vms/power/kvm_guest_run.h"
#include "core/vms/disks/vm_folder.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <sstream>

namespace twinhull {

namespace {

constexpr int kCacheVersion = 1;
constexpr std::size_t kCpuinfoLimit = 4U << 20U;

QString tr(const char* text)
{
    return QCoreApplication::translate("KvmProbe", text);
}

/// The value of the first line "name : value".
std::string cpuinfoValue(const std::string& cpuinfo, const std::string& name)
{
    std::istringstream lines(cpuinfo);
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(':');
        if (line.compare(0, name.size(), name) == 0 && colon != std::string::npos)
            return line.substr(colon + 1);
    }
    return {};
}

std::string cpuinfoText()
{
    const auto text = readFile("/proc/cpuinfo", kCpuinfoLimit);
    return text ? *text : std::string();
}

bool childRunsGuest(std::chrono::milliseconds deadline)
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(runsKvmGuest() ? 0 : 1);
    if (child < 0)
        return false;
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    pollfd ended{ pidfd.fd(), POLLIN, 0 };
    if (!pidfd || ::poll(&ended, 1, static_cast<int>(deadline.count())) <= 0)
        ::kill(child, SIGKILL);
    int status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

QString hostKey()
{
    utsname host{};
    ::uname(&host);
    return QString::fromUtf8(host.release) + u'|'
        + QString::fromStdString(cpuinfoValue(cpuinfoText(), "model name")).trimmed() + u'|' + hostBootId();
}

std::string cachePath(const DataFolders& folders)
{
    return folders.cache + "/kvm-verdict.json";
}

std::optional<bool> cachedAnswer(const DataFolders& folders, const QString& key)
{
    const auto text = readFile(cachePath(folders), 4096);
    if (!text)
        return std::nullopt;
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    const QJsonValue works = json.value(u"guestsRun");
    if (json.value(u"version").toInt() != kCacheVersion || json.value(u"host").toString() != key || !works.isBool())
        return std::nullopt;
    return works.toBool();
}

void keepAnswer(const DataFolders& folders, const QString& key, bool works)
{
    const QJsonObject json{ { QStringLiteral("version"), kCacheVersion }, { QStringLiteral("host"), key },
        { QStringLiteral("guestsRun"), works } };
    (void)makeFolders(folders.cache); // without a cache it is probed again
    (void)writeFileAtomically(cachePath(folders), QJsonDocument(json).toJson().toStdString());
}

/// What needs no guest to be seen.
KvmVerdict deviceVerdict()
{
    if (!exists("/dev/kvm"))
        return KvmVerdict::NoDevice;
    if (::access("/dev/kvm", R_OK | W_OK) != 0)
        return KvmVerdict::NoPermission;
    return hasVirtualizationFlag(cpuinfoText()) ? KvmVerdict::Usable : KvmVerdict::NoHardware;
}

QString reasonFor(KvmVerdict verdict)
{
    switch (verdict) {
    case KvmVerdict::NoDevice:
        return tr("There is no /dev/kvm. Switch on virtualization (VT-x, AMD-V) in the firmware settings, or load the "
                  "module kvm_intel or kvm_amd.");
    case KvmVerdict::NoPermission:
        return tr("/dev/kvm is closed to you. Join its group with: sudo usermod -aG kvm $USER, then log in again.");
    case KvmVerdict::NoHardware:
        return tr("/dev/kvm opens, but this processor shows no virtualization (VMX or SVM). Inside a virtual machine, "
                  "ask its owner for nested virtualization.");
    case KvmVerdict::GuestsDoNotRun:
        return tr("/dev/kvm opens, but a test guest of a few instructions did not run. Inside a virtual machine, ask "
                  "its owner for nested virtualization.");
    case KvmVerdict::Usable:
        break;
    }
    return {};
}

} // namespace

bool hasVirtualizationFlag(const std::string& cpuinfo)
{
    std::istringstream flags(cpuinfoValue(cpuinfo, "flags"));
    for (std::string flag; flags >> flag;) {
        if (flag == "vmx" || flag == "svm")
            return true;
    }
    return false;
}

KvmVerdict probeKvm(std::chrono::milliseconds deadline)
{
    const KvmVerdict device = deviceVerdict();
    if (device != KvmVerdict::Usable)
        return device;
    return childRunsGuest(deadline) ? KvmVerdict::Usable : KvmVerdict::GuestsDoNotRun;
}

KvmVerdict rememberedKvmVerdict(const DataFolders& folders)
{
    const KvmVerdict device = deviceVerdict();
    if (device != KvmVerdict::Usable)
        return device;
    const QString key = hostKey();
    if (const auto works = cachedAnswer(folders, key))
        return *works ? KvmVerdict::Usable : KvmVerdict::GuestsDoNotRun;
    const KvmVerdict verdict = probeKvm();
    keepAnswer(folders, key, verdict == KvmVerdict::Usable);
    return verdict;
}

std::optional<HostNotice> noticeFor(KvmVerdict verdict)
{
    if (verdict == KvmVerdict::Usable)
        return std::nullopt;
    return HostNotice{ tr("No hardware virtualization: VMs are emulated"),
        tr("VMs run, but slowly: every instruction is translated (QEMU TCG), and their CPU figures say nothing about "
           "hardware.")
            + u' ' + reasonFor(verdict) };
}

} // namespace twinhull
