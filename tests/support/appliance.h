// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <QString>

#include <string>
#include <vector>

namespace twinhull::test {

/// What applianceText() writes; each field as it stands in the XML.
struct ApplianceText {
    QByteArray name = "Shop / Büro <1>";
    QByteArray firstHref = "first.vmdk";
    QByteArray prolog = {};
    QByteArray fileAttributes = {}; ///< of the first disk
    QByteArray more = {}; ///< items
    QByteArray system = "<OperatingSystemSection ovf:id=\"96\" vmw:osType=\"debian11_64Guest\"><Info/>"
                        "<Description>Debian GNU/Linux 11 (64-bit)</Description></OperatingSystemSection>";
};

inline QByteArray applianceItem(const char* type, const QByteArray& id, const QByteArray& more)
{
    return "<Item><rasd:ElementName>thing " + id + "</rasd:ElementName><rasd:InstanceID>" + id + "</rasd:InstanceID>"
        + more + "<rasd:ResourceType>" + type + "</rasd:ResourceType></Item>";
}

/// As VMware's ovftool writes it: two disks, the second one named first in the text.
inline QByteArray applianceText(const ApplianceText& asked = {})
{
    QByteArray name = asked.name;
    name.replace("<", "&lt;");
    const auto on = [](const char* address, const char* disk) {
        return QByteArray("<rasd:AddressOnParent>") + address + "</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/"
            + disk + "</rasd:HostResource><rasd:Parent>3</rasd:Parent>";
    };
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + asked.prolog
        + R"(<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
 xmlns:vmw="http://www.vmware.com/schema/ovf"><References><File ovf:href=")"
        + asked.firstHref + "\" ovf:id=\"file1\" " + asked.fileAttributes
        + R"(/><File ovf:href="second.vmdk" ovf:id="file2"/></References><DiskSection><Info/>
<Disk ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="d1" ovf:fileRef="file1"/>
<Disk ovf:capacity="2097152" ovf:diskId="d2" ovf:fileRef="file2"/></DiskSection>
<VirtualSystem ovf:id="vm"><Info/><Name>)"
        + name + "</Name>" + asked.system + "<VirtualHardwareSection><Info/>"
        + applianceItem("3", "1", "<rasd:VirtualQuantity>2</rasd:VirtualQuantity>")
        + applianceItem("4", "2",
            "<rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:VirtualQuantity>160</rasd:VirtualQuantity>")
        + applianceItem("6", "3", "<rasd:ResourceSubType>lsilogic</rasd:ResourceSubType>")
        + applianceItem("17", "4", on("1", "d2")) + applianceItem("17", "5", on("0", "d1"))
        + applianceItem("10", "6", "") + applianceItem("10", "7", "") + asked.more
        + "</VirtualHardwareSection></VirtualSystem></Envelope>";
}

/// The manifest of files in a folder.
inline std::string manifestOf(const std::string& folder, const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) {
        const auto bytes = readFile(folder + '/' + name, 64U << 20U);
        const auto hash = QCryptographicHash::hash(
            bytes ? QByteArray::fromStdString(*bytes) : QByteArray(), QCryptographicHash::Sha256);
        text += "SHA256(" + name + ")= " + hash.toHex().toStdString() + '\n';
    }
    return text;
}

/// An archive of these files of the folder, in that order.
inline bool packAppliance(const std::string& folder, const std::string& archive, std::vector<std::string> names)
{
    names.insert(names.begin(), { findExecutable("tar"), "--format=ustar", "-C", folder, "-cf", archive });
    return static_cast<bool>(runChecked({ std::move(names), {}, {} }, std::chrono::seconds(30)));
}

} // namespace twinhull::test
