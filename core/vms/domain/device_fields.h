// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/domain_xml.h"

namespace twinhull::device {

// Fields of devices that are more than one text at one place; each gets the device's element.

QString source(xmlNodePtr disk); ///< a path; what a disk of another type has is told and not to be set
Result<> setSource(xmlNodePtr disk, const QString& path); ///< empty: no medium
Result<> setDiskBus(xmlNodePtr disk, const QString& bus); ///< its address on the old one goes
Result<> setFolderDriver(xmlNodePtr folder, const QString& driver);

QString networkSource(xmlNodePtr card); ///< a network's name, a bridge or a device of the host
Result<> setNetworkSource(xmlNodePtr card, const QString& name);
Result<> setNetworkType(xmlNodePtr card, const QString& type);

Result<> setVideoModel(xmlNodePtr card, const QString& model); ///< what memory the old one had goes
Result<> setMovingModel(xmlNodePtr element, const QString& model); ///< the attribute; its address goes
Result<> setInputBus(xmlNodePtr input, const QString& bus);

QString usbDevice(xmlNodePtr hostDevice); ///< "1d6b:0002", or bus and device where only these are named: "1.3"
Result<> setUsbDevice(xmlNodePtr hostDevice, const QString& device);
QString pciDevice(xmlNodePtr hostDevice); ///< "0000:01:00.0"
Result<> setPciDevice(xmlNodePtr hostDevice, const QString& device);

} // namespace twinhull::device
