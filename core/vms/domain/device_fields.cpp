// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/device_fields.h"

#include <QRegularExpression>

namespace twinhull::device {

namespace {

const QString kAddress = QStringLiteral("address");
const QString kSource = QStringLiteral("source");
const QString kType = QStringLiteral("@type");

/// Which attribute of <source> names what a network card of that type is connected to; empty: nothing does.
QString sourceAttribute(const QString& type)
{
    if (type == u"network" || type == u"bridge")
        return QStringLiteral("source@") + type;
    return type == u"direct" ? QStringLiteral("source@dev") : QString();
}

Error wrong(const char* what, const QString& value, const char* form)
{
    return Error{ ErrorCode::InvalidArgument, std::string(what) + ": \"" + value.toStdString() + "\" makes no sense", 0,
        std::string("Write it as ") + form };
}

void dropAddressUnless(xmlNodePtr element, bool isSame)
{
    if (!isSame)
        setPresence(element, kAddress, false);
}

} // namespace

QString source(xmlNodePtr disk)
{
    const QString type = textAt(disk, kType);
    if (type == u"file" || type.isEmpty())
        return textAt(disk, QStringLiteral("source@file"));
    if (type == u"block")
        return textAt(disk, QStringLiteral("source@dev"));
    if (!isThere(disk, kSource))
        return {};
    return QStringLiteral("%1:%2%3").arg(
        type, textAt(disk, QStringLiteral("source@name")), textAt(disk, QStringLiteral("source@volume")));
}

Result<> setSource(xmlNodePtr disk, const QString& path)
{
    if (path == source(disk))
        return {};
    if (!path.isEmpty() && !path.startsWith(u'/'))
        return wrong("source", path, "an absolute path");
    setPresence(disk, kSource, false);
    setPresence(disk, QStringLiteral("backingStore"), false); // of what was there before
    const bool isDevice = path.startsWith(u"/dev/") && !path.startsWith(u"/dev/shm/"); // which are files
    setTextAt(disk, kType, isDevice ? QStringLiteral("block") : QStringLiteral("file"));
    setTextAt(disk, isDevice ? QStringLiteral("source@dev") : QStringLiteral("source@file"), path);
    return {};
}

Result<> setDiskBus(xmlNodePtr disk, const QString& bus)
{
    dropAddressUnless(disk, bus == textAt(disk, QStringLiteral("target@bus")));
    setTextAt(disk, QStringLiteral("target@bus"), bus);
    return {};
}

Result<> setFolderDriver(xmlNodePtr folder, const QString& driver)
{
    const QString type = driver == u"9p" ? QStringLiteral("path") : driver;
    setTextAt(folder, QStringLiteral("driver@type"), type);
    if (type == u"virtiofs")
        setTextAt(folder, QStringLiteral("@accessmode"), QStringLiteral("passthrough"));
    return {};
}

QString networkSource(xmlNodePtr card)
{
    const QString place = sourceAttribute(textAt(card, kType));
    return place.isEmpty() ? QString() : textAt(card, place);
}

Result<> setNetworkSource(xmlNodePtr card, const QString& name)
{
    const QString place = sourceAttribute(textAt(card, kType));
    if (place.isEmpty() && !name.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "a card of type user is connected to nothing that has a name", 0,
            "Give type=network, bridge or direct as well." };
    if (name == networkSource(card))
        return {};
    setPresence(card, kSource, false);
    if (!name.isEmpty())
        setTextAt(card, place, name);
    return {};
}

Result<> setNetworkType(xmlNodePtr card, const QString& type)
{
    if (type.isEmpty())
        return wrong("type", type, "user, network, bridge or direct");
    if (type == textAt(card, kType))
        return {};
    setPresence(card, kSource, false);
    setPresence(card, QStringLiteral("backend"), false);
    setTextAt(card, kType, type);
    return {};
}

Result<> setVideoModel(xmlNodePtr card, const QString& model)
{
    const QString place = QStringLiteral("model@type");
    if (model == textAt(card, place))
        return {};
    for (const char* sized : { "model@ram", "model@vram", "model@vram64", "model@vgamem" })
        setTextAt(card, QLatin1String(sized), {});
    setTextAt(card, place, model);
    return {};
}

Result<> setMovingModel(xmlNodePtr element, const QString& model)
{
    dropAddressUnless(element, model == textAt(element, QStringLiteral("@model")));
    setTextAt(element, QStringLiteral("@model"), model);
    return {};
}

Result<> setInputBus(xmlNodePtr input, const QString& bus)
{
    dropAddressUnless(input, bus == textAt(input, QStringLiteral("@bus")));
    setTextAt(input, QStringLiteral("@bus"), bus);
    return {};
}

QString usbDevice(xmlNodePtr hostDevice)
{
    const QString vendor = textAt(hostDevice, QStringLiteral("source/vendor@id"));
    const QString number = textAt(hostDevice, QStringLiteral("source/address@device"));
    if (vendor.isEmpty())
        return number.isEmpty() ? QString() : textAt(hostDevice, QStringLiteral("source/address@bus")) + u'.' + number;
    return vendor.mid(2) + u':' + textAt(hostDevice, QStringLiteral("source/product@id")).mid(2);
}

Result<> setUsbDevice(xmlNodePtr hostDevice, const QString& device)
{
    static const QRegularExpression form(QStringLiteral("^([0-9a-f]{4}):([0-9a-f]{4})$"));
    static const QRegularExpression place(QStringLiteral("^0*([1-9][0-9]{0,2})\\.0*([1-9][0-9]{0,2})$"));
    if (!device.isEmpty() && device == usbDevice(hostDevice))
        return {};
    if (const auto match = form.match(device.toLower()); match.hasMatch()) {
        setTextAt(hostDevice, QStringLiteral("source/vendor@id"), QStringLiteral("0x") + match.captured(1));
        setTextAt(hostDevice, QStringLiteral("source/product@id"), QStringLiteral("0x") + match.captured(2));
        setPresence(hostDevice, QStringLiteral("source/address"), false);
        return {};
    }
    const auto match = place.match(device);
    if (!match.hasMatch())
        return wrong("device", device, "VENDOR:PRODUCT as lsusb shows it, 1d6b:0002, or BUS.DEVICE, 1.3");
    setTextAt(hostDevice, QStringLiteral("source/address@bus"), match.captured(1));
    setTextAt(hostDevice, QStringLiteral("source/address@device"), match.captured(2));
    setPresence(hostDevice, QStringLiteral("source/vendor"), false);
    setPresence(hostDevice, QStringLiteral("source/product"), false);
    return {};
}

QString pciDevice(xmlNodePtr hostDevice)
{
    const auto part = [hostDevice](const char* name) {
        return textAt(hostDevice, QStringLiteral("source/address@") + QLatin1String(name)).mid(2);
    };
    return part("slot").isEmpty()
        ? QString()
        : QStringLiteral("%1:%2:%3.%4").arg(part("domain"), part("bus"), part("slot"), part("function"));
}

Result<> setPciDevice(xmlNodePtr hostDevice, const QString& device)
{
    static const QRegularExpression form(QStringLiteral("^(?:([0-9a-f]{4}):)?([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])$"));
    const auto match = form.match(device.toLower());
    if (!match.hasMatch())
        return wrong("device", device, "an address as lspci -D shows it: 0000:01:00.0");
    const QString domain = match.captured(1).isEmpty() ? QStringLiteral("0000") : match.captured(1);
    const std::pair<const char*, QString> parts[] = { { "domain", domain }, { "bus", match.captured(2) },
        { "slot", match.captured(3) }, { "function", match.captured(4) } };
    for (const auto& [name, value] : parts)
        setTextAt(hostDevice, QStringLiteral("source/address@") + QLatin1String(name), QStringLiteral("0x") + value);
    return {};
}

} // namespace twinhull::device
