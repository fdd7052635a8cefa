// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/vm_screens.h"

#include "core/base/subprocess.h"
#include "core/vms/link/connected_job.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/screens/screen_connection.h"

#include <QCoreApplication>
#include <QProcess>

namespace twinhull {

namespace {

QString translateScreens(const char* text)
{
    return QCoreApplication::translate("VmScreens", text);
}

Result<std::vector<ScreenDescription>> describeScreens(virDomainPtr domain, unsigned flags)
{
    const auto xml = domainXmlOf(domain, flags);
    return xml ? screensOf(*xml) : xml.error();
}

Result<ScreenDescription> findScreen(virDomainPtr domain, int index, unsigned flags)
{
    const auto isActive = isDomainActive(domain);
    if (!isActive)
        return isActive.error();
    if (!*isActive)
        return Error{ ErrorCode::Unavailable, "it does not run, so it shows nothing", 0, "Start it first." };
    auto all = describeScreens(domain, flags);
    if (!all)
        return std::move(all).error();
    if (index < 0 || static_cast<std::size_t>(index) >= all->size())
        return Error{ ErrorCode::NotFound, "it has no screen " + std::to_string(index), 0, "See: Hardware, Screen" };
    return (*all)[static_cast<std::size_t>(index)];
}

/// By libvirt, past any password, else by its address.
Result<> openNow(virConnectPtr connection, const VmToolbox& tools, const QString& uuid, int index, OpenedScreen& into)
{
    const auto domain = findDomain(connection, uuid);
    if (!domain)
        return domain.error();
    auto one = findScreen(domain->get(), index, VIR_DOMAIN_XML_SECURE);
    if (!one) // who may only read may not see passwords
        one = findScreen(domain->get(), index, 0);
    if (!one)
        return std::move(one).error();
    into.password = one->password;
    into.way = tools.place == HypervisorPlace::Here ? OpenedScreen::Way::Local : OpenedScreen::Way::Remote;
    UniqueFd handed(
        virDomainOpenGraphicsFD(domain->get(), static_cast<unsigned>(index), VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH));
    if (handed) {
        into.descriptor = std::move(handed);
        return {};
    }
    const Error refused = libvirtError("ask libvirt for it");
    auto reached = connectToScreen(*one, QUrl(tools.uri));
    if (!reached)
        return std::move(reached).error().withContext(refused.message + "; then");
    into.descriptor = *std::move(reached);
    return {};
}

struct ViewerCommand {
    QString program;
    QStringList arguments;
};

/// virt-viewer asks libvirt itself, by a descriptor where that is on this computer; remote-viewer knows addresses only.
Result<ViewerCommand> viewerFor(const ScreenDescription& one, const VmToolbox& tools, const QString& uuid)
{
    if (const auto viewer = findExecutable("virt-viewer"); !viewer.empty()) {
        QStringList arguments{ QStringLiteral("--connect"), tools.uri, QStringLiteral("--reconnect") };
        if (tools.place == HypervisorPlace::Here)
            arguments << QStringLiteral("--attach");
        return ViewerCommand{ QString::fromStdString(viewer), arguments << uuid };
    }
    const auto remote = findExecutable("remote-viewer");
    if (remote.empty())
        return Error{ ErrorCode::Unavailable, "no viewer is installed", 0, "Install the package virt-viewer." };
    const bool isHere = tools.place == HypervisorPlace::Here;
    const QString host = reachableHost(one.host, isHere ? QString() : QUrl(tools.uri).host());
    if (!one.socketPath.isEmpty() && isHere)
        return ViewerCommand{ QString::fromStdString(remote),
            { QStringLiteral("%1+unix://%2").arg(one.screen.type, one.socketPath) } };
    if (one.port == 0 || host.isEmpty())
        return Error{ ErrorCode::Unavailable, "remote-viewer cannot reach it: it has no address for others", 0,
            "Install the package virt-viewer, which asks libvirt." };
    const QString inBrackets = host.contains(u':') ? u'[' + host + u']' : host;
    return ViewerCommand{ QString::fromStdString(remote),
        { QStringLiteral("%1://%2:%3").arg(one.screen.type, inBrackets).arg(one.port) } };
}

Result<> startViewer(virConnectPtr connection, const VmToolbox& tools, const QString& uuid, int index)
{
    const auto domain = findDomain(connection, uuid);
    if (!domain)
        return domain.error();
    const auto one = findScreen(domain->get(), index, 0);
    if (!one)
        return one.error();
    const auto viewer = viewerFor(*one, tools, uuid);
    if (!viewer)
        return viewer.error();
    if (!QProcess::startDetached(viewer->program, viewer->arguments))
        return Error{ ErrorCode::Unavailable, viewer->program.toStdString() + " does not start", 0, {} };
    return {};
}

} // namespace

std::unique_ptr<Job> VmScreens::readScreens(
    const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineScreen>> into)
{
    return connectedJob(translateScreens("Read the screens of %1").arg(machine.name), m_calls, m_tools,
        [uuid = machine.id.key, into](virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            const auto domain = findDomain(connection, uuid);
            if (!domain)
                return domain.error();
            const auto all = describeScreens(domain->get(), 0);
            if (!all)
                return all.error();
            into->clear();
            for (const auto& one : *all)
                into->push_back(one.screen);
            return {};
        });
}

std::unique_ptr<Job> VmScreens::openScreen(const WorkloadInfo& machine, int index, std::shared_ptr<OpenedScreen> into)
{
    return connectedJob(translateScreens("Open the screen of %1").arg(machine.name), m_calls, m_tools,
        [uuid = machine.id.key, name = machine.name.toStdString(), index, into](
            virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return openNow(connection, tools, uuid, index, *into).withContext("open the screen of " + name);
        });
}

std::unique_ptr<Job> VmScreens::openInViewer(const WorkloadInfo& machine, int index)
{
    return connectedJob(translateScreens("Open the screen of %1 in a viewer").arg(machine.name), m_calls, m_tools,
        [uuid = machine.id.key, name = machine.name.toStdString(), index](
            virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return startViewer(connection, tools, uuid, index).withContext("show the screen of " + name);
        });
}

} // namespace twinhull
