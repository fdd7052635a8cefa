// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/host_devices.h"

#include "core/vms/domain/device_fields.h"
#include "core/vms/domain/domain_xml.h"

#include <QCoreApplication>

#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace twinhull {

namespace {

using NodeDeviceHandle = std::unique_ptr<virNodeDevice, VirDeleter<&virNodeDeviceFree>>;

constexpr int kBridgeClass = 0x06; // PCI code and ID assignment specification: bridges

QString hostDeviceTr(const char* text)
{
    return QCoreApplication::translate("HostDevices", text);
}

xmlNodePtr capabilityOf(xmlNodePtr device, const char* type)
{
    for (xmlNodePtr child : childElements(device)) {
        if (isElement(child, "capability") && textAt(child, QStringLiteral("@type")) == QLatin1String(type))
            return child;
    }
    return nullptr;
}

/// "0x046d" as "046d"; empty where it is no number.
QString fourDigits(const QString& text)
{
    bool isNumber = false;
    const uint number = text.toUInt(&isNumber, 0);
    return isNumber && number <= 0xffffU ? QStringLiteral("%1").arg(number, 4, 16, QLatin1Char('0')) : QString();
}

void describeMaker(xmlNodePtr capability, HostDevice& device)
{
    const QString vendor = textAt(capability, QStringLiteral("vendor")).simplified();
    const QString product = textAt(capability, QStringLiteral("product")).simplified();
    device.name = (vendor + u' ' + product).trimmed();
    const QString vendorId = fourDigits(textAt(capability, QStringLiteral("vendor@id")));
    const QString productId = fourDigits(textAt(capability, QStringLiteral("product@id")));
    if (!vendorId.isEmpty() && !productId.isEmpty())
        device.ids = vendorId + u':' + productId;
}

std::optional<uint> numberAt(xmlNodePtr element, const char* path)
{
    bool isNumber = false;
    const uint number = textAt(element, QLatin1String(path)).toUInt(&isNumber, 0);
    return isNumber ? std::optional(number) : std::nullopt;
}

QString pciAddress(uint domain, uint bus, uint slot, uint function)
{
    return QStringLiteral("%1:%2:%3.%4")
        .arg(domain, 4, 16, QLatin1Char('0'))
        .arg(bus, 2, 16, QLatin1Char('0'))
        .arg(slot, 2, 16, QLatin1Char('0'))
        .arg(function);
}

bool readUsb(xmlNodePtr capability, xmlNodePtr root, NodeDevice& found)
{
    const auto bus = numberAt(capability, "bus");
    const auto number = numberAt(capability, "device");
    if (!bus || !number)
        return false;
    found.device.kind = QStringLiteral("usb");
    found.device.address = QStringLiteral("%1.%2").arg(*bus).arg(*number);
    found.file = textAt(root, QStringLiteral("devnode[type=dev]"));
    return true;
}

bool readPci(xmlNodePtr capability, NodeDevice& found)
{
    const auto domain = numberAt(capability, "domain");
    const auto bus = numberAt(capability, "bus");
    const auto slot = numberAt(capability, "slot");
    const auto function = numberAt(capability, "function");
    if (!domain || !bus || !slot || !function)
        return false;
    found.device.kind = QStringLiteral("pci");
    found.device.address = pciAddress(*domain, *bus, *slot, *function);
    const auto group = numberAt(capability, "iommuGroup@number");
    if (group)
        found.device.iommuGroup = static_cast<int>(*group);
    const auto code = numberAt(capability, "class");
    found.isBridge = code && (*code >> 16U) == kBridgeClass;
    return true;
}

Error cannotList()
{
    auto error = libvirtError("list the devices of that computer");
    return hasBrokenOff(error) ? error
                               : std::move(error).withHint("Where its libvirt cannot list them, a device is given by "
                                                           "its address: vm attach NAME pci device=0000:01:00.0");
}

QString groupObstacle(const NodeDevice& node, HostDeviceRights rights)
{
    if (node.isBridge)
        return hostDeviceTr("It is a bridge, which the computer needs for what is behind it");
    if (!node.device.iommuGroup)
        return hostDeviceTr("It is in no IOMMU group: switch VT-d or AMD-Vi on in the firmware, and on Intel start "
                            "the kernel with intel_iommu=on");
    return rights != HostDeviceRights::Root
        ? hostDeviceTr("A person’s own libvirt cannot take it from the computer: use --connect qemu:///system")
        : QString();
}

QString usbObstacle(const NodeDevice& node, bool isHub, HostDeviceRights rights)
{
    if (isHub)
        return hostDeviceTr("It is a hub: give what is plugged into it");
    const bool isOpen
        = rights != HostDeviceRights::Person || ::access(node.file.toUtf8().constData(), R_OK | W_OK) == 0;
    return isOpen ? QString()
                  : hostDeviceTr("You may not open %1: let a udev rule allow it, or use --connect qemu:///system")
                        .arg(node.file.isEmpty() ? hostDeviceTr("its file") : node.file);
}

/// Root hubs are the kernel's own (Linux Foundation); any other has something plugged in, or it is not told from a
/// device.
bool isHub(const NodeDevice& node, const std::set<QString>& parents)
{
    return node.device.ids.startsWith(u"1d6b:") || parents.count(node.nodeName) != 0;
}

/// `alike`: names of the others with the same ids. One that is defined by its ids may be any of them until it runs.
void addUsers(HostDevice& device, const std::vector<HostDeviceUser>& users, const QStringList& alike)
{
    const QStringList names{ device.kind + u' ' + device.ids, device.kind + u' ' + device.address };
    for (const HostDeviceUser& user : users) {
        const bool hasOther = std::any_of(
            alike.begin(), alike.end(), [&user](const QString& other) { return user.devices.contains(other); });
        const bool hasIt = user.devices.contains(names[1]) || (user.devices.contains(names[0]) && !hasOther);
        if (hasIt && !device.users.contains(user.name))
            device.users << user.name;
        if (hasIt && user.isRunning && !device.runningUsers.contains(user.name))
            device.runningUsers << user.name;
    }
}

Result<std::vector<HostDeviceUser>> usersOfHostDevices(virConnectPtr connection)
{
    virDomainPtr* domains = nullptr;
    const int count = virConnectListAllDomains(connection, &domains, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    const std::vector<DomainHandle> handles(domains, domains + count);
    ::free(domains);
    std::vector<HostDeviceUser> users;
    for (const DomainHandle& domain : handles) {
        const QString name = QString::fromUtf8(virDomainGetName(domain.get()));
        const bool isRunning = virDomainIsActive(domain.get()) == 1;
        for (const unsigned flags : { static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE), 0U }) {
            const auto xml = xmlFrom(virDomainGetXMLDesc(domain.get(), flags), "read " + name.toStdString());
            if (!xml && hasBrokenOff(xml.error()))
                return xml.error();
            if (xml) // else deleted meanwhile
                users.push_back({ name, hostDevicesIn(*xml), isRunning && flags == 0 });
        }
    }
    return users;
}

} // namespace

std::optional<NodeDevice> parseNodeDevice(const QByteArray& xml)
{
    const auto parsed = DomainXml::parse(xml, "device");
    if (!parsed)
        return std::nullopt;
    xmlNodePtr root = parsed->root();
    NodeDevice found;
    found.nodeName = textAt(root, QStringLiteral("name"));
    found.parentName = textAt(root, QStringLiteral("parent"));
    found.device.driver = textAt(root, QStringLiteral("driver/name"));
    xmlNodePtr usb = capabilityOf(root, "usb_device");
    xmlNodePtr pci = capabilityOf(root, "pci");
    const bool isRead = usb != nullptr ? readUsb(usb, root, found) : pci != nullptr && readPci(pci, found);
    if (!isRead)
        return std::nullopt;
    describeMaker(usb != nullptr ? usb : pci, found.device);
    return found;
}

QStringList hostDevicesIn(const QByteArray& domainXml)
{
    const auto xml = DomainXml::parse(domainXml);
    QStringList found;
    for (xmlNodePtr element : xml ? childElements(xml->devices()) : std::vector<xmlNodePtr>()) {
        if (!isElement(element, "hostdev"))
            continue;
        const QString kind = textAt(element, QStringLiteral("@type"));
        const QString bus = textAt(element, QStringLiteral("source/address@bus"));
        if (kind == u"usb")
            found << QStringLiteral("usb ") + device::usbDevice(element);
        const QString place
            = QStringLiteral("usb %1.%2").arg(bus, textAt(element, QStringLiteral("source/address@device")));
        if (kind == u"usb" && !bus.isEmpty() && !found.contains(place)) // a running one has both
            found << place;
        if (kind == u"pci")
            found << QStringLiteral("pci ") + device::pciDevice(element);
    }
    return found;
}

std::vector<HostDevice> judgedDevices(
    const std::vector<NodeDevice>& devices, const std::vector<HostDeviceUser>& users, HostDeviceRights rights)
{
    std::set<QString> usbParents;
    std::map<QString, int> idsSeen;
    for (const NodeDevice& node : devices) {
        if (node.device.kind != u"usb")
            continue;
        usbParents.insert(node.parentName);
        ++idsSeen[node.device.ids];
    }
    std::vector<HostDevice> judged;
    for (const NodeDevice& node : devices) {
        HostDevice device = node.device;
        const bool isUsb = device.kind == u"usb";
        QStringList alike;
        for (const NodeDevice& other : devices) {
            const bool isAlike = isUsb && other.device.kind == device.kind && other.device.ids == device.ids;
            if (isAlike && other.device.address != device.address)
                alike << QStringLiteral("usb ") + other.device.address;
        }
        addUsers(device, users, alike);
        device.value = isUsb && idsSeen[device.ids] == 1 && !device.ids.isEmpty() ? device.ids : device.address;
        device.obstacle = isUsb ? usbObstacle(node, isHub(node, usbParents), rights) : groupObstacle(node, rights);
        if (device.obstacle.isEmpty() && !device.runningUsers.isEmpty())
            device.obstacle = hostDeviceTr("%1 has it, and runs").arg(device.runningUsers.join(QStringLiteral(", ")));
        for (const NodeDevice& other : devices) {
            const bool isTogether = !isUsb && device.iommuGroup && other.device.iommuGroup == device.iommuGroup;
            if (isTogether && !other.isBridge && other.device.address != device.address)
                device.groupOthers << other.device.address;
        }
        judged.push_back(std::move(device));
    }
    std::sort(judged.begin(), judged.end(), [](const HostDevice& one, const HostDevice& other) {
        return one.kind != other.kind ? one.kind > other.kind : one.address < other.address;
    });
    return judged;
}

Result<std::vector<HostDevice>> readHostDevicesOf(virConnectPtr connection, const VmToolbox& tools)
{
    virNodeDevicePtr* listed = nullptr;
    constexpr unsigned kKinds = VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV | VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV;
    const int count = virConnectListAllNodeDevices(connection, &listed, kKinds);
    if (count < 0)
        return cannotList();
    const std::vector<NodeDeviceHandle> handles(listed, listed + count);
    ::free(listed);
    std::vector<NodeDevice> devices;
    for (const NodeDeviceHandle& handle : handles) {
        const auto xml = xmlFrom(virNodeDeviceGetXMLDesc(handle.get(), 0), "read a device");
        if (!xml && hasBrokenOff(xml.error()))
            return xml.error();
        if (auto device = xml ? parseNodeDevice(*xml) : std::nullopt) // else unplugged meanwhile
            devices.push_back(*std::move(device));
    }
    const auto users = usersOfHostDevices(connection);
    if (!users)
        return users.error();
    const bool isSession = tools.uri.section(u'?', 0, 0).endsWith(u"/session");
    const auto persons
        = tools.place == HypervisorPlace::Here ? HostDeviceRights::Person : HostDeviceRights::PersonThere;
    return judgedDevices(devices, *users, isSession ? persons : HostDeviceRights::Root);
}

} // namespace twinhull
