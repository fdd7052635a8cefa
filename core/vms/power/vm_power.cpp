// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/vm_power.h"

#include "core/vms/link/connected_job.h"
#include "core/vms/link/domain_job.h"
#include "core/vms/making/installer_files.h"
#include "core/vms/power/saved_file.h"
#include "core/vms/screens/key_codes.h"
#include "core/vms/link/open_domain.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr unsigned kKeyHoldMilliseconds = 100;

QString translate(const char* text)
{
    return QCoreApplication::translate("VmPower", text);
}

/// qemu-guest-agent where it answers, else the power button; what knows neither has its own way.
int askToReboot(virDomainPtr domain)
{
    for (const unsigned way :
        { unsigned{ VIR_DOMAIN_REBOOT_GUEST_AGENT }, unsigned{ VIR_DOMAIN_REBOOT_ACPI_POWER_BTN } }) {
        if (virDomainReboot(domain, way) == 0)
            return 0;
    }
    const int code = virGetLastErrorCode();
    const bool isUnknown
        = code == VIR_ERR_INVALID_ARG || code == VIR_ERR_ARGUMENT_UNSUPPORTED || code == VIR_ERR_NO_SUPPORT;
    return isUnknown ? virDomainReboot(domain, 0) : -1;
}

Result<> saveVm(const VmToolbox& tools, const QString& uuid, JobContext& context)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    if (auto can = checkCanBeSaved(open->get()); !can)
        return can;
    context.setStep(translate("Writing its memory"));
    auto saved = followDomainJob(open->get(), context, [domain = open->get()] {
        return virDomainManagedSave(domain, 0) == 0 ? Result<>() : Result<>(libvirtError("save its memory"));
    });
    tools.link->refresh(uuid);
    return saved;
}

} // namespace

std::unique_ptr<Job> VmPower::jobOn(const WorkloadId& id, const QString& title, std::function<int(virDomainPtr)> call)
{
    return std::make_unique<ThreadJob>(
        title, m_calls, [tools = m_tools, uuid = id.key, title, call = std::move(call)](JobContext&) -> Result<> {
            const auto open = openDomain(tools, uuid);
            if (!open)
                return open.error();
            auto done = answerOf(call(open->get()), title.toStdString());
            tools.link->refresh(uuid);
            return done;
        });
}

std::unique_ptr<Job> VmPower::reboot(const WorkloadId& id)
{
    return jobOn(id, translate("Reboot a VM"), [](virDomainPtr domain) {
        int state = 0;
        const bool isPaused = virDomainGetState(domain, &state, nullptr, 0) == 0 && state == VIR_DOMAIN_PAUSED;
        return isPaused && virDomainResume(domain) != 0 ? -1 : askToReboot(domain); // paused it hears nothing
    });
}

std::unique_ptr<Job> VmPower::reset(const WorkloadId& id)
{
    return jobOn(id, translate("Reset a VM"), [](virDomainPtr domain) { return virDomainReset(domain, 0); });
}

std::unique_ptr<Job> VmPower::save(const WorkloadId& id)
{
    return std::make_unique<ThreadJob>(translate("Save a VM"), m_calls,
        [tools = m_tools, uuid = id.key](JobContext& context) { return saveVm(tools, uuid, context); });
}

std::unique_ptr<Job> VmPower::saveTo(const WorkloadId& id, const QString& path)
{
    return std::make_unique<ThreadJob>(translate("Save a VM to %1").arg(path), m_calls,
        [tools = m_tools, uuid = id.key, path](JobContext& context) { return saveVmTo(tools, uuid, path, context); });
}

std::unique_ptr<Job> VmPower::restoreFrom(const WorkloadId& id, const QString& path, SavedDisks disks)
{
    return connectedJob(translate("Restore a VM from %1").arg(path), m_calls, m_tools,
        [key = id.key, path, disks](virConnectPtr connection, const VmToolbox& tools, JobContext& context) {
            return restoreVmFrom(connection, tools, { key, path, disks }, context);
        });
}

std::unique_ptr<Job> VmPower::discardSaved(const WorkloadId& id)
{
    return jobOn(id, translate("Throw the saved memory away"),
        [](virDomainPtr domain) { return virDomainManagedSaveRemove(domain, 0); });
}

std::unique_ptr<Job> VmPower::readAutostart(const WorkloadId& id, std::shared_ptr<bool> into)
{
    return jobOn(id, translate("Read whether a VM starts by itself"), [into = std::move(into)](virDomainPtr domain) {
        int isOn = 0;
        const int done = virDomainGetAutostart(domain, &isOn);
        *into = isOn != 0;
        return done;
    });
}

std::unique_ptr<Job> VmPower::setAutostart(const WorkloadId& id, bool isOn)
{
    return jobOn(id, translate("Change whether a VM starts by itself"),
        [isOn](virDomainPtr domain) { return virDomainSetAutostart(domain, isOn ? 1 : 0); });
}

std::unique_ptr<Job> VmPower::sendKeys(const WorkloadId& id, const QStringList& keys)
{
    const QString title = translate("Press keys in a VM");
    const auto codes = keyCodes(keys);
    if (!codes)
        return std::make_unique<ThreadJob>(
            title, m_calls, [error = codes.error()](JobContext&) { return Result<>(error); });
    return jobOn(id, title, [codes = *codes](virDomainPtr domain) {
        auto pressed = codes; // it wants them writable
        return virDomainSendKey(
            domain, VIR_KEYCODE_SET_LINUX, kKeyHoldMilliseconds, pressed.data(), static_cast<int>(pressed.size()), 0);
    });
}

bool VmPower::hasInstaller(const WorkloadId& id) const
{
    return m_tools.place == HypervisorPlace::Here && InstallerFiles(VmFolder(m_tools.folders, id.key)).hasBegun();
}

std::unique_ptr<Job> VmPower::renewInstaller(const WorkloadId& id)
{
    return std::make_unique<ThreadJob>(
        translate("Keep an installer for the next start"), m_calls, [tools = m_tools, id](JobContext&) -> Result<> {
            auto connection = tools.link->connection();
            if (!connection)
                return std::move(connection).error();
            auto domain = findDomain(connection->get(), id.key);
            if (!domain)
                return std::move(domain).error();
            if (virDomainIsActive(domain->get()) != 0)
                return Error{ ErrorCode::Busy, "it runs", 0, "Stop it first." };
            auto renewed = InstallerFiles(VmFolder(tools.folders, id.key)).setPendingAgain();
            tools.link->refresh(id.key);
            return renewed;
        });
}

QStringList VmPower::keyNames() const
{
    return twinhull::keyNames();
}

} // namespace twinhull
