// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/vm_consoles.h"

#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/open_domain.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kConsolesEndDeadline{ 2 };
constexpr std::size_t kMostConsoles = 64;

QString translateConsoles(const char* text)
{
    return QCoreApplication::translate("VmConsoles", text);
}

QString refusalOf(const QString& type)
{
    if (type == u"pty" || type == u"unix") // qemuDomainOpenConsole()
        return {};
    if (type == u"file")
        return translateConsoles("It is written to a file, so it can only be read, under Logs.");
    return translateConsoles("It goes to \"%1\", which cannot be opened here.").arg(type);
}

/// `index` among those of its name, as libvirt counts them for an alias.
MachineConsole consoleOf(xmlNodePtr device, int index)
{
    const bool isSerial = isElement(device, "serial");
    MachineConsole console;
    console.alias = textAt(device, QStringLiteral("alias@name"));
    if (console.alias.isEmpty()) // it does not run
        console.alias = (isSerial ? QStringLiteral("serial%1") : QStringLiteral("console%1")).arg(index);
    console.title = isSerial ? translateConsoles("Serial port %1").arg(index + 1)
        : textAt(device, QStringLiteral("target@type")) == u"virtio"
        ? translateConsoles("Virtio console %1").arg(index + 1)
        : translateConsoles("Console %1").arg(index + 1);
    console.refusal = refusalOf(textAt(device, QStringLiteral("@type")));
    return console;
}

/// libvirt writes the first serial port down once more, as the first console.
bool isSerialAgain(xmlNodePtr console)
{
    const QString type = textAt(console, QStringLiteral("target@type"));
    return type.isEmpty() || type == u"serial";
}

Result<> listConsoles(const VmToolbox& tools, const QString& uuid, std::vector<MachineConsole>& into)
{
    const auto open = openDomain(tools, uuid);
    const auto xml = open ? domainXmlOf(open->get()) : open.error();
    if (!xml)
        return xml.error();
    auto found = consolesIn(*xml);
    if (!found)
        return std::move(found).error();
    into = *std::move(found);
    return {};
}

} // namespace

Result<std::vector<MachineConsole>> consolesIn(const QByteArray& domainXml)
{
    const auto xml = DomainXml::parse(domainXml);
    if (!xml)
        return xml.error();
    std::vector<MachineConsole> serials;
    std::vector<MachineConsole> others;
    int consoles = 0;
    for (auto* device : childElements(xml->devices())) {
        if (serials.size() + others.size() >= kMostConsoles)
            break;
        if (isElement(device, "serial")) {
            serials.push_back(consoleOf(device, static_cast<int>(serials.size())));
        } else if (isElement(device, "console")) {
            const int index = consoles++;
            if (!isSerialAgain(device))
                others.push_back(consoleOf(device, index));
        }
    }
    serials.insert(serials.end(), others.begin(), others.end());
    return serials;
}

VmConsoles::VmConsoles(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

VmConsoles::~VmConsoles()
{
    m_threads->waitForNone(kConsolesEndDeadline);
}

std::unique_ptr<Job> VmConsoles::list(const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineConsole>> into)
{
    return std::make_unique<ThreadJob>(translateConsoles("Read the consoles of %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, name = machine.name.toStdString(), into](
            JobContext&) { return listConsoles(tools, uuid, *into).withContext("read the consoles of " + name); });
}

std::unique_ptr<ConsoleSession> VmConsoles::open(
    const WorkloadInfo& machine, const QString& alias, ConsoleTakeover takeover)
{
    return std::make_unique<ConsoleStream>(
        ConsoleTarget{ m_tools.uri, machine.id.key, machine.name.toStdString(), alias, takeover }, m_threads);
}

} // namespace twinhull
