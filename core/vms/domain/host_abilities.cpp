// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/host_abilities.h"

#include <QXmlStreamReader>

namespace twinhull {

Result<HostAbilities> abilitiesFrom(const QByteArray& capabilitiesXml)
{
    HostAbilities abilities;
    QStringList path; // an <enum> by its name
    QXmlStreamReader reader(capabilitiesXml);
    while (!reader.atEnd()) {
        const auto token = reader.readNext();
        if (token == QXmlStreamReader::StartElement) {
            const bool isEnum = reader.name() == u"enum";
            path << (isEnum ? reader.attributes().value(QLatin1String("name")) : reader.name()).toString();
        } else if (token == QXmlStreamReader::EndElement) {
            path.removeLast();
        } else if (token == QXmlStreamReader::Characters && path.value(path.size() - 1) == u"value") {
            const QString place = path.mid(1).join(u'/');
            const auto value = reader.text();
            abilities.hasUefi |= place == u"os/firmware/value" && value == u"efi";
            abilities.hasSecureBoot |= place == u"os/loader/secure/value" && value == u"yes";
            abilities.hasTpm |= place == u"devices/tpm/backendModel/value" && value == u"emulator";
        }
    }
    if (reader.hasError())
        return Error{ ErrorCode::Corrupt, "what the host can: " + reader.errorString().toStdString(), 0, {} };
    return abilities;
}

Result<HostAbilities> readHostAbilities(virConnectPtr connection, DomainEngine engine)
{
    char* text = virConnectGetDomainCapabilities(
        connection, nullptr, "x86_64", "q35", engine == DomainEngine::Kvm ? "kvm" : "qemu", 0);
    if (text == nullptr)
        return libvirtError("ask what the host can");
    return abilitiesFrom(takeText(text).toUtf8());
}

} // namespace twinhull
