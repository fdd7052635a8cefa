// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_description.h"

#include "core/ipc/guest_messages.h"
#include "core/ipc/guest_sessions.h"

#include <QXmlStreamReader>

namespace twinhull {

namespace {

/// libvirt's units of memory (format.html, memory allocation).
std::uint64_t bytesOf(quint64 number, QStringView unit)
{
    if (unit == u"b" || unit == u"bytes")
        return number;
    if (unit == u"MiB" || unit == u"M")
        return number << 20U;
    if (unit == u"GiB" || unit == u"G")
        return number << 30U;
    return number << 10U; // KiB is what libvirt itself writes
}

class DomainReader {
public:
    explicit DomainReader(const QByteArray& xml) : m_xml(xml) { }

    Result<DomainDescription> read()
    {
        if (!m_xml.readNextStartElement() || m_xml.name() != u"domain")
            return Error{ ErrorCode::Corrupt, "not a domain description", 0, {} };
        m_domain.type = attribute("type");
        while (m_xml.readNextStartElement())
            readTopElement();
        if (m_xml.hasError())
            return Error{ ErrorCode::Corrupt, "domain description: " + m_xml.errorString().toStdString(), 0, {} };
        return m_domain;
    }

private:
    QString attribute(const char* name) const { return m_xml.attributes().value(QLatin1String(name)).toString(); }

    void readTopElement()
    {
        const auto name = m_xml.name();
        if (name == u"title")
            m_domain.title = m_xml.readElementText();
        else if (name == u"memory")
            m_domain.memoryBytes = readMemory();
        else if (name == u"currentMemory")
            m_domain.currentMemoryBytes = readMemory();
        else if (name == u"vcpu")
            readCpus();
        else if (name == u"metadata")
            readMetadata();
        else if (name == u"os")
            readBoot();
        else if (name == u"devices")
            readDevices();
        else
            m_xml.skipCurrentElement();
    }

    std::uint64_t readMemory()
    {
        const QString unit = attribute("unit");
        return bytesOf(m_xml.readElementText().toULongLong(), unit);
    }

    void readCpus()
    {
        const int current = attribute("current").toInt();
        const int most = m_xml.readElementText().toInt();
        m_domain.cpus = current > 0 ? current : most;
    }

    void readBoot()
    {
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() == u"kernel") {
                m_domain.kernelPath = m_xml.readElementText();
                continue;
            }
            if (m_xml.name() == u"type")
                m_domain.machine = attribute("machine");
            m_xml.skipCurrentElement();
        }
    }

    void readMetadata()
    {
        while (m_xml.readNextStartElement()) {
            if (m_xml.namespaceUri() == QLatin1String(kDomainNamespace) && m_xml.name() == u"vm")
                readMark();
            else
                m_xml.skipCurrentElement();
        }
    }

    void readMark()
    {
        DomainMark mark;
        mark.imageReference = attribute("image");
        mark.imageDigest = attribute("digest");
        mark.twinGroup = attribute("twin");
        bool isNumber = false;
        if (const double cpus = attribute("cpus").toDouble(&isNumber); isNumber)
            mark.cpus = cpus;
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() == u"port")
                mark.ports.push_back(
                    { attribute("address"), attribute("host").toUShort(), attribute("guest").toUShort(),
                        attribute("protocol") == u"udp" ? PortProtocol::Udp : PortProtocol::Tcp });
            else if (m_xml.name() == u"label")
                mark.labels.insert(attribute("key"), attribute("value"));
            m_xml.skipCurrentElement();
        }
        m_domain.mark = mark;
    }

    void readDevices()
    {
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() == u"disk")
                readDisk();
            else if (m_xml.name() == u"channel")
                readChannel();
            else if (m_xml.name() == u"serial" || m_xml.name() == u"console")
                readSerial();
            else
                m_xml.skipCurrentElement();
        }
    }

    void readDisk()
    {
        const QString device = attribute("device");
        QString file;
        bool isReadOnly = false;
        while (m_xml.readNextStartElement()) {
            const QString path = attribute("file") + attribute("dev");
            if (m_xml.name() == u"source" && !path.isEmpty())
                m_domain.diskPaths << (file = path);
            isReadOnly = isReadOnly || m_xml.name() == u"readonly";
            m_xml.skipCurrentElement();
        }
        if (!file.isEmpty() && (device == u"cdrom" || device == u"floppy"))
            m_domain.mediaPaths << file;
        else if (!file.isEmpty() && isReadOnly)
            m_domain.readOnlyDiskPaths << file;
    }

    void readChannel()
    {
        QString path;
        QString name;
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() == u"source")
                path = attribute("path");
            else if (m_xml.name() == u"target")
                name = attribute("name");
            m_xml.skipCurrentElement();
        }
        if (name == QLatin1String(kGuestAgentPort))
            m_domain.agentSocket = path;
        for (int number = 0; number < kGuestSessionPorts; ++number) {
            if (name == QString::fromStdString(guestSessionPort(number)))
                m_domain.sessionSockets << path;
        }
    }

    void readSerial()
    {
        const bool isFile = attribute("type") == u"file";
        QString path;
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() == u"log")
                path = attribute("file");
            else if (m_xml.name() == u"source" && isFile)
                path = attribute("path");
            m_xml.skipCurrentElement();
        }
        if (m_domain.logPath.isEmpty())
            m_domain.logPath = path;
    }

    QXmlStreamReader m_xml;
    DomainDescription m_domain;
};

} // namespace

Result<DomainDescription> parseDomain(const QByteArray& xml)
{
    return DomainReader(xml).read();
}

} // namespace twinhull
