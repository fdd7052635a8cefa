// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/vms/guest/guest_channel.h"
#include "core/vms/making/installer_files.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/networks/port_forwarding.h"
#include "core/vms/networks/port_relaying.h"
#include "core/vms/figures/qemu_process.h"
#include "core/vms/power/microvm_fallback.h"
#include "core/vms/power/resume_watch.h"
#include "core/vms/snapshots/snapshot_record.h"
#include "core/vms/storage/file_obstacles.h"
#include "core/vms/vm_actions.h"
#include "core/vms/disks/vm_folder.h"
#include "core/workload/option_text.h"

#include <QCoreApplication>

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace twinhull {

namespace {

/// An emulated boot on a host under load takes ten seconds.
constexpr std::chrono::seconds kReadyDeadline{ 90 };
/// libvirt hears of a QEMU's end a moment after whoever was connected to its guest.
constexpr int kEndTurns = 20;
constexpr std::chrono::milliseconds kEndTurn{ 100 };

QString tr(const char* text)
{
    return QCoreApplication::translate("VmStart", text);
}

Result<> checkPortsAreFree(const DomainDescription& description, const QString& uuid)
{
    if (!description.mark)
        return {};
    if (std::any_of(description.mark->ports.begin(), description.mark->ports.end(), isAtIpv6Address))
        awaitPortRelayEnd(uuid); // it sees the end of the QEMU before a moment after us
    for (const PublishedPort& port : description.mark->ports) {
        if (auto free = checkPortIsFree(port); !free)
            return free;
    }
    return {};
}

/// A fallback path for an agent's socket lies in the runtime folder, which a reboot empties.
Result<> prepareSocketFolder(const DomainDescription& description, const VmFolder& folder)
{
    if (!description.mark)
        return {}; // libvirt finds a place for it
    const QString socket = description.hasAgent() ? description.agentSocket : folder.qemuAgentSocketPath();
    return makeFolders(socket.section(u'/', 0, -2).toStdString());
}

class VmStart {
public:
    VmStart(const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context)
        : m_tools(tools), m_vm(vm), m_context(context), m_folder(tools.folders, vm.info.id.key), m_installer(m_folder)
    {
        mark("request", monotonicNanoseconds());
    }

    Result<> run()
    {
        const auto open = openDomain(m_tools, m_vm.info.id.key);
        if (!open)
            return open.error();
        virDomainPtr domain = open->get();
        if (auto checked = check(domain); !checked)
            return checked;
        auto installer = installerToRun(domain);
        const auto claim = installer ? m_installer.claim() : Result<UniqueFd>(UniqueFd());
        if (!claim)
            return Error(claim.error());
        if (installer)
            installer = m_installer.pending(); // another may have started it meanwhile
        m_context.setStep(installer ? tr("Starting its installer") : tr("Starting QEMU"));
        m_resumed.emplace(domain);
        mark("called", monotonicNanoseconds());
        if (auto created = installer ? createWith(*installer, domain) : create(domain); !created) {
            // refused unseen, its last end is an earlier run's, which a person may have forced
            const auto by = created.error().code == ErrorCode::Unsupported ? OffBy::Anybody : OffBy::Itself;
            if (created.error().code != ErrorCode::Timeout && isMachineOff(domain, by))
                m_failure = MachineFailure{ created.error(), created.error(), true };
            return created;
        }
        auto ready = reachReady(domain);
        if (ready && installer)
            ready = m_installer.markBegun();
        if (!ready)
            takeBack(domain, ready.error());
        m_tools.link->refresh(m_vm.info.id.key);
        return ready;
    }

    /// Where QEMU did not begin, or nothing was heard from the guest (its program has no part in it), and nobody forced
    /// it off.
    const std::optional<MachineFailure>& machineFailure() const { return m_failure; }

private:
    /// A saved memory goes on where it was, and another computer has none of our files.
    std::optional<PendingInstaller> installerToRun(virDomainPtr domain) const
    {
        if (m_tools.place != HypervisorPlace::Here || virDomainHasManagedSaveImage(domain, 0) == 1)
            return std::nullopt;
        return m_installer.pending();
    }

    Result<> create(virDomainPtr domain) const
    {
        return virDomainCreate(domain) == 0 ? Result<>() : Result<>(startError("create", domain));
    }

    /// For this once: the definition stays beside what runs, and boots from the disk.
    Result<> createWith(const PendingInstaller& installer, virDomainPtr domain) const
    {
        const auto defined = domainXmlOf(domain, kDefinedWithSecrets);
        if (!defined)
            return defined.error();
        const auto xml = installerDomain(*defined, installer);
        if (!xml)
            return Error(xml.error());
        const DomainHandle running(virDomainCreateXML(virDomainGetConnect(domain), xml->constData(), 0));
        return running ? Result<>() : Result<>(startError("start the installer", domain));
    }

    Error startError(const char* what, virDomainPtr domain) const
    {
        Error error = libvirtError(what);
        if (const auto defined = domainXmlOf(domain, VIR_DOMAIN_XML_INACTIVE); defined && error.hint.empty())
            error = withObstacle(std::move(error), virDomainGetConnect(domain), m_tools, *defined);
        const std::string hint = error.hint.empty() ? startHint(error.message) : std::string();
        return hint.empty() ? std::move(error) : std::move(error).withHint(hint);
    }

    /// Of another person's files nothing is known: libvirt says what is wrong with these.
    static bool isMissing(const std::string& path)
    {
        struct stat info { };
        return ::stat(path.c_str(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
    }

    Result<> checkDisks(virDomainPtr domain) const
    {
        if (m_tools.place == HypervisorPlace::Elsewhere)
            return {};
        const auto disks = definedDisksOf(takeText(virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE)).toUtf8());
        if (!disks)
            return disks.error();
        for (const DefinedDisk& disk : *disks) {
            const std::string path = disk.file.path.toStdString();
            if (path.empty() || disk.mayBeMissing || !isMissing(path))
                continue;
            if (disk.isMedium)
                return Error{ ErrorCode::NotFound,
                    "the medium in its drive " + disk.target.toStdString() + ", " + path + ", is missing", 0,
                    "Bring the file back, or take it out: twinhullctl vm set NAME --device DRIVE source=" };
            return Error{ ErrorCode::NotFound, "its disk " + path + " is missing", 0,
                m_vm.description.isFromImage() ? "Load the image again, or make the VM anew"
                                               : "Bring the file back, or make the VM anew" };
        }
        return {};
    }

    Result<> check(virDomainPtr domain)
    {
        const auto isActive = isDomainActive(domain);
        if (!isActive)
            return isActive.error();
        if (*isActive)
            return Error{ ErrorCode::InvalidArgument, "it runs already", 0, {} };
        if (auto present = checkDisks(domain); !present)
            return present;
        const std::string kernel = m_vm.description.kernelPath.toStdString();
        if (!kernel.empty() && !exists(kernel) && m_tools.place == HypervisorPlace::Here)
            return Error{ ErrorCode::NotFound, "its kernel " + kernel + " is missing", 0,
                "Fetch it again: twinhullctl kernel prepare FILE.deb, or make the VM anew" };
        if (auto free = checkPortsAreFree(m_vm.description, uuidOf(domain)); !free)
            return free;
        return prepareSocketFolder(m_vm.description, m_folder);
    }

    Result<> reachReady(virDomainPtr domain)
    {
        mark("created", monotonicNanoseconds());
        m_pid = findQemu(m_vm.info.id.key).value_or(0);
        auto started = pidFileNanoseconds(m_pid, m_vm.info.name, pidFileFolders());
        if (!started)
            started = processStartNanoseconds(m_pid);
        if (started)
            mark("qemu", *started);
        if (m_vm.description.mark) {
            if (auto published = publishPorts(domain, m_vm.description.mark->ports, m_folder.portsLockPath());
                !published)
                return published;
        }
        if (m_vm.description.hasAgent()) {
            if (auto ready = waitForEntrypoint(); !ready)
                return ready;
        }
        if (const auto resumed = m_resumed->firstNanoseconds())
            mark("resumed", *resumed);
        return exists(m_folder.path().toStdString()) ? m_folder.writeStart({ hostBootId(), m_pid, sortedMarks() })
                                                     : Result<>(); // others' domains have no folder
    }

    Result<> waitForEntrypoint()
    {
        m_context.setStep(tr("Waiting for the guest"));
        auto answer
            = awaitGuest(m_vm.description.agentSocket, kReadyDeadline, [this] { return m_context.isCancelled(); });
        if (!answer) {
            m_silence = answer.error();
            return withConsole(std::move(answer).error());
        }
        if (answer->reply.phase == GuestPhase::Failed)
            return Error{ ErrorCode::Unknown, "in the guest: " + answer->reply.error, 0,
                "The console's log: " + m_folder.logPath().toStdString() };
        for (StartupMark& guestMark : answer->marksOnHostClock())
            m_marks.push_back(std::move(guestMark));
        return {};
    }

    Error withConsole(Error error) const
    {
        if (error.code == ErrorCode::Cancelled)
            return error;
        const QString tail = m_folder.logTail();
        if (!tail.isEmpty())
            error.message += "; its console said last: " + tail.toStdString();
        return std::move(error).withHint("The console's log: " + m_folder.logPath().toStdString());
    }

    void takeBack(virDomainPtr domain, const Error& shown)
    {
        const bool mayBeTheMachine = m_silence && isSilenceTheMachines(domain);
        m_context.setStep(tr("Stopping it again"));
        (void)virDomainDestroy(domain); // it may have ended by itself
        if (mayBeTheMachine && isMachineOff(domain, OffBy::Anybody))
            m_failure = MachineFailure{ shown, *m_silence, false };
    }

    /// It ended by itself, or runs in silence until we end it.
    bool isSilenceTheMachines(virDomainPtr domain) const
    {
        if (m_silence->code == ErrorCode::Timeout) {
            const auto isActive = isDomainActive(domain);
            return isActive && *isActive;
        }
        for (int turn = 0; turn < kEndTurns && !isMachineOff(domain, OffBy::Anybody); ++turn) {
            if (m_context.isCancelled() || m_context.waitForCancel(kEndTurn))
                return false;
        }
        return isMachineOff(domain, OffBy::Itself);
    }

    void mark(const char* name, std::int64_t time) { m_marks.push_back({ QString::fromLatin1(name), time }); }

    std::vector<StartupMark> sortedMarks() const
    {
        auto marks = m_marks;
        std::stable_sort(marks.begin() + 1, marks.end(), // the request comes first, whatever a clock tick rounds
            [](const auto& a, const auto& b) { return a.monotonicNanoseconds < b.monotonicNanoseconds; });
        return marks;
    }

    const VmToolbox& m_tools;
    const DomainSnapshot& m_vm;
    JobContext& m_context;
    VmFolder m_folder;
    InstallerFiles m_installer;
    std::vector<StartupMark> m_marks;
    pid_t m_pid = 0;
    std::optional<Error> m_silence; ///< why nothing was heard from the guest
    std::optional<MachineFailure> m_failure;
    std::optional<ResumeWatch> m_resumed;
};

/// As it is; a microvm that nobody asked for by name once more as a q35.
Result<> startMachine(const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context)
{
    std::optional<MachineFailure> failure;
    auto started = [&] { // which is over before another
        VmStart first(tools, vm, context);
        auto ran = first.run();
        failure = first.machineFailure();
        return ran;
    }();
    const bool mayBeIt = !started && failure && mayBeTheMachines(failure->cause) && !context.isCancelled();
    if (!mayBeIt || vm.description.machine != u"microvm")
        return started;
    if (!isAutomaticMicrovm(vm)) {
        const std::string hint = started.error().hint;
        return std::move(started).error().withHint(
            hint.empty() ? kInsteadOfMicrovm : hint + ". " + std::string(kInsteadOfMicrovm));
    }
    DomainSnapshot q35 = vm;
    q35.description.machine = QStringLiteral("q35");
    return startAsQ35(tools, vm, *failure, context, [&] { return VmStart(tools, q35, context).run(); });
}

/// A QEMU that ends breaks off its monitor before libvirt knows of it. Waits half a second at most.
bool endsNow(const HostFootprint& footprint)
{
    constexpr int kPatienceMilliseconds = 500;
    if (footprint.rootPids.empty())
        return false;
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, footprint.rootPids.front(), 0)));
    pollfd ended{ pidfd.fd(), POLLIN, 0 };
    return !pidfd || ::poll(&ended, 1, kPatienceMilliseconds) > 0;
}

} // namespace

std::string startHint(const std::string& message)
{
    struct Known {
        const char* said;
        const char* hint;
    };
    static constexpr Known kKnown[]{
        { "\"write\" lock",
            "Another machine or program has that disk open. See which, and shut it down first: "
            "twinhullctl pool volume list" },
        { "is not active", "Start that network: twinhullctl vm network start NAME" },
        { "Network not found", "Choose another network for it: twinhullctl vm set NAME --device MAC source=NETWORK" },
        { "Permission denied",
            "QEMU may not use that file. Give the user that libvirt runs it as the right to it, or move "
            "it into a pool." },
        { "Cannot allocate memory", "Give it less memory, or stop something that runs: twinhullctl stop NAME" },
        { "cannot set up guest memory", "Give it less memory, or stop something that runs: twinhullctl stop NAME" },
        { "CPU tuning is not available",
            "Take it away (twinhullctl vm set NAME --device processor shares= period= quota=), or run the VM on "
            "qemu:///system." },
        { "No space left on device", "Make room on the file system that holds its files, then start it again." },
    };
    for (const Known& known : kKnown) {
        if (message.find(known.said) != std::string::npos)
            return known.hint;
    }
    return {};
}

Result<> startVm(const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context)
{
    return startMachine(tools, vm, context).withContext("start " + vm.info.name.toStdString());
}

Result<> publishPortsOf(const VmToolbox& tools, const DomainSnapshot& vm)
{
    const auto open = openDomain(tools, vm.info.id.key);
    if (!open)
        return open.error();
    auto published = publishPorts(open->get(), vm.info.ports, VmFolder(tools.folders, vm.info.id.key).portsLockPath());
    if (!published && endsNow(vm.info.footprint))
        return {};
    return std::move(published).withContext("publish the ports of " + vm.info.name.toStdString());
}

} // namespace twinhull
