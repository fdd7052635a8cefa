// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/ovf_document.h"

#include <QMap>
#include <QRegularExpression>
#include <QXmlStreamReader>

#include <algorithm>
#include <limits>
#include <optional>

namespace twinhull {

namespace {

constexpr qsizetype kLongestDescription = 4 << 20;
constexpr std::size_t kMostDisks = 16;
constexpr std::size_t kMostItems = 1000;
constexpr qsizetype kMostLeftOut = 20;
constexpr int kLongestShown = 80;

/// CIM_ResourceAllocationSettingData.ResourceType (DMTF DSP0243, 8.1).
enum Resource { Processor = 3, Memory = 4, Ide = 5, Scsi = 6, Ethernet = 10, HardDisk = 17, OtherStorage = 20 };

Error wrongOvf(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "the description of the appliance: " + what, 0,
        "Get the appliance anew, or export it again" };
}

Error otherOvf(const char* what, const char* hint)
{
    return Error{ ErrorCode::Unsupported, what, 0, hint };
}

/// A stranger's word, fit to be shown.
QString shownText(const QString& text)
{
    QString shown = text.simplified().left(kLongestShown);
    for (QChar& letter : shown) {
        if (!letter.isPrint())
            letter = u'?';
    }
    return shown;
}

std::string shownWord(const QString& text)
{
    return shownText(text).toStdString();
}

/// "byte * 2^20" (DSP0004) and the words of version 0.9; nothing where it is another unit, or too much.
std::optional<std::uint64_t> bytesInUnits(const QString& number, const QString& units)
{
    static const QRegularExpression power(QStringLiteral(R"(^byte\s*\*\s*2\s*\^\s*(\d{1,2})$)"));
    static const QMap<QString, int> words{ { QString(), 0 }, { QStringLiteral("byte"), 0 },
        { QStringLiteral("bytes"), 0 }, { QStringLiteral("kilobytes"), 10 }, { QStringLiteral("megabytes"), 20 },
        { QStringLiteral("gigabytes"), 30 } };
    bool isNumber = false;
    const quint64 count = number.trimmed().toULongLong(&isNumber);
    const QString unit = units.trimmed().toLower();
    const auto match = power.match(unit);
    const int shift = match.hasMatch() ? match.captured(1).toInt() : words.value(unit, -1);
    if (!isNumber || shift < 0 || shift > 50 || count > (std::numeric_limits<quint64>::max() >> shift))
        return std::nullopt;
    return count << shift;
}

/// By the names of VMware (osType), VirtualBox (OSType) and people.
QStringList osinfoIdsOf(const QString& words)
{
    struct Rule {
        const char* pattern;
        QStringList ids; ///< %1, %2: what is in the brackets
    };
    static const std::vector<Rule> rules{
        { R"(debian\D{0,20}?(\d{1,2}))", { QStringLiteral("debian%1") } },
        { R"(ubuntu\D{0,10}?(\d\d)[._](\d\d))", { QStringLiteral("ubuntu%1.%2") } },
        { R"(ubuntu(\d\d)_lts)", { QStringLiteral("ubuntu%1.04") } },
        { R"(fedora\D{0,10}?(\d\d)\b(?!-bit))", { QStringLiteral("fedora%1") } },
        { R"((?:rhel|red hat enterprise linux )(\d{1,2}))", { QStringLiteral("rhel%1.0"), QStringLiteral("rhel%1") } },
        { R"(centos\D{0,10}?(\d{1,2})(?!\d|-bit))", { QStringLiteral("centos%1.0"), QStringLiteral("centos%1") } },
        { R"(windows2019srvnext|windows ?server ?2022)", { QStringLiteral("win2k22") } },
        { R"(windows2019srv|windows ?server ?2019)", { QStringLiteral("win2k19") } },
        { R"(windows9server|windows ?server ?2016)", { QStringLiteral("win2k16") } },
        { R"(windows ?11|windows11)", { QStringLiteral("win11") } },
        { R"(windows9_|windows9guest|windows ?10)", { QStringLiteral("win10") } },
        { R"(windows ?8)", { QStringLiteral("win8") } },
        { R"(windows ?7)", { QStringLiteral("win7") } },
        { R"(freebsd\D{0,10}?(\d{1,2})(?!\d|-bit))", { QStringLiteral("freebsd%1.0") } },
    };
    for (const Rule& rule : rules) {
        const auto match = QRegularExpression(QLatin1String(rule.pattern)).match(words.toLower());
        if (!match.hasMatch())
            continue;
        QStringList ids = rule.ids;
        for (QString& id : ids) {
            for (int group = 1; group <= match.lastCapturedIndex(); ++group)
                id = id.arg(match.captured(group));
        }
        return ids;
    }
    return {};
}

class OvfReader {
public:
    explicit OvfReader(const QByteArray& xml) : m_xml(xml) { }

    Result<OvfDocument> read()
    {
        while (!m_xml.atEnd() && m_xml.readNext() != QXmlStreamReader::StartElement) {
            if (m_xml.tokenType() == QXmlStreamReader::DTD)
                return wrongOvf("it has a DTD, which none has");
        }
        if (m_xml.name() != u"Envelope")
            return wrongOvf("it is none");
        while (m_xml.readNextStartElement())
            readSection();
        if (m_xml.hasError())
            return wrongOvf(m_xml.errorString().toStdString());
        if (m_machines == 0)
            return wrongOvf("it has no machine");
        if (m_machines > 1)
            return otherOvf("the appliance has several machines", "Export each of them on its own");
        return finish();
    }

private:
    struct File {
        QString name;
        bool isGzipped = false;
    };
    struct Disk {
        QString file;
        QString parent;
        std::optional<std::uint64_t> capacity = 0;
    };
    using Item = QMap<QString, QString>; ///< its elements, and "configuration"

    QString attribute(QStringView name) const
    {
        for (const auto& each : m_xml.attributes()) {
            if (each.name() == name)
                return each.value().toString();
        }
        return {};
    }

    template <typename Reader>
    void forChildren(Reader reader)
    {
        while (m_xml.readNextStartElement())
            reader(m_xml.name().toString());
    }

    void readSection()
    {
        const QString section = m_xml.name().toString();
        if (section == u"References")
            forChildren([this](const QString&) {
                m_files.insert(attribute(u"id"), { attribute(u"href"), attribute(u"compression") == u"gzip" });
                m_xml.skipCurrentElement();
            });
        else if (section == u"DiskSection")
            forChildren([this](const QString&) {
                const QString units = attribute(u"capacityAllocationUnits");
                const QString capacity = attribute(u"capacity");
                m_disks.insert(attribute(u"diskId"),
                    { attribute(u"fileRef"), attribute(u"parentRef"),
                        capacity.isEmpty() ? std::optional<std::uint64_t>(0) : bytesInUnits(capacity, units) });
                m_xml.skipCurrentElement();
            });
        else if (section == u"DeploymentOptionSection")
            forChildren([this](const QString& name) {
                if (name == u"Configuration" && (m_configuration.isEmpty() || attribute(u"default") == u"true"))
                    m_configuration = attribute(u"id");
                m_xml.skipCurrentElement();
            });
        else if (section == u"VirtualSystem")
            readMachine();
        else if (section == u"VirtualSystemCollection")
            forChildren([this](const QString& name) {
                if (name == u"VirtualSystem")
                    readMachine();
                else
                    m_xml.skipCurrentElement();
            });
        else
            m_xml.skipCurrentElement();
    }

    void readMachine()
    {
        ++m_machines;
        m_made.name = attribute(u"id");
        forChildren([this](const QString& name) {
            if (name == u"Name")
                m_made.name = text();
            else if (name == u"OperatingSystemSection")
                readSystem();
            else if (name == u"VirtualHardwareSection")
                readHardware();
            else if (name == u"Machine")
                readVirtualBox();
            else if (name == u"ProductSection")
                readProduct();
            else
                m_xml.skipCurrentElement();
        });
    }

    QString text() { return m_xml.readElementText(QXmlStreamReader::IncludeChildElements); }

    void readSystem()
    {
        m_system << attribute(u"osType");
        forChildren([this](const QString& name) {
            const QString said = text();
            if (name == u"Description" || name == u"OSType")
                m_system << said;
            if (name == u"Description")
                m_made.systemName = shownText(said);
        });
        if (m_made.systemName.isEmpty())
            m_made.systemName = shownText(m_system.first());
    }

    void readHardware()
    {
        forChildren([this](const QString& name) {
            if (name == u"Item" || name == u"StorageItem" || name == u"EthernetPortItem")
                return readItem();
            if (name == u"Config" && attribute(u"key") == u"firmware")
                m_made.bootsByUefi = attribute(u"value").toLower() == u"efi";
            m_xml.skipCurrentElement();
        });
    }

    void readVirtualBox()
    {
        forChildren([this](const QString& name) {
            if (name != u"Hardware")
                return m_xml.skipCurrentElement();
            forChildren([this](const QString& part) {
                if (part == u"Firmware")
                    m_made.bootsByUefi = attribute(u"type").startsWith(u"EFI");
                m_xml.skipCurrentElement();
            });
        });
    }

    void readProduct()
    {
        forChildren([this](const QString& name) {
            if (name == u"Property")
                leaveOut(QStringLiteral("the setting ") + attribute(u"key"));
            m_xml.skipCurrentElement();
        });
    }

    void readItem()
    {
        Item item{ { QStringLiteral("configuration"), attribute(u"configuration") } };
        forChildren([this, &item](const QString& name) {
            const QString said = text();
            if (!item.contains(name))
                item.insert(name, said.trimmed());
        });
        if (m_items.size() < kMostItems)
            m_items.push_back(std::move(item));
    }

    void leaveOut(const QString& name)
    {
        if (m_made.leftOut.size() < kMostLeftOut)
            m_made.leftOut << shownText(name);
        else if (m_made.leftOut.size() == kMostLeftOut)
            m_made.leftOut << QStringLiteral("and more");
    }

    Result<OvfDocument> finish()
    {
        if (m_items.size() >= kMostItems)
            return wrongOvf("its machine has a thousand devices");
        std::vector<Item> disks;
        for (const Item& item : m_items) {
            if (const QString of = item.value(QStringLiteral("configuration"));
                !of.isEmpty() && !of.split(u' ').contains(m_configuration))
                continue;
            if (item.value(QStringLiteral("ResourceType")).toInt() == HardDisk)
                disks.push_back(item);
            else if (auto taken = take(item); !taken)
                return std::move(taken).error();
        }
        if (auto taken = takeDisks(std::move(disks)); !taken)
            return std::move(taken).error();
        m_made.systemIds = osinfoIdsOf(m_system.join(u' '));
        return m_made;
    }

    Result<> take(const Item& item)
    {
        const QString quantity = item.value(QStringLiteral("VirtualQuantity"));
        switch (item.value(QStringLiteral("ResourceType")).toInt()) {
        case Processor:
            m_made.cpus = quantity.toInt();
            return m_made.cpus > 0 ? Result<>() : wrongOvf("\"" + shownWord(quantity) + "\" processors");
        case Memory: {
            const QString units = item.value(QStringLiteral("AllocationUnits"));
            const auto bytes = bytesInUnits(quantity, units.isEmpty() ? QStringLiteral("megabytes") : units);
            m_made.memoryBytes = bytes.value_or(0);
            return bytes ? Result<>() : wrongOvf("memory of " + shownWord(quantity + u' ' + units));
        }
        case Ethernet:
            ++m_made.networkCards;
            return {};
        case Ide: // ours are on SATA or virtio, which has controllers of its own
        case Scsi:
        case OtherStorage:
            m_controllers.insert(item.value(QStringLiteral("InstanceID")), item);
            return {};
        default:
            leaveOut(item.value(QStringLiteral("ElementName"), item.value(QStringLiteral("Description"))));
            return {};
        }
    }

    /// Each controller's disks together, by their addresses on it.
    Result<> takeDisks(std::vector<Item> disks)
    {
        QMap<QString, int> places;
        for (const Item& disk : disks)
            places.insert(disk.value(QStringLiteral("Parent")),
                places.value(disk.value(QStringLiteral("Parent")), static_cast<int>(places.size())));
        std::stable_sort(disks.begin(), disks.end(), [&places](const Item& one, const Item& other) {
            const auto rank = [&places](const Item& disk) {
                return std::pair(places.value(disk.value(QStringLiteral("Parent"))),
                    disk.value(QStringLiteral("AddressOnParent")).toInt());
            };
            return rank(one) < rank(other);
        });
        if (disks.empty())
            return otherOvf("the appliance has no disk", "Make a VM with a new disk: twinhullctl vm create");
        if (disks.size() > kMostDisks)
            return otherOvf("the appliance has more than 16 disks", "Import its disks one by one");
        for (const Item& disk : disks) {
            addBus(m_controllers.value(disk.value(QStringLiteral("Parent"))));
            if (auto taken = takeDisk(disk.value(QStringLiteral("HostResource"))); !taken)
                return taken;
        }
        return {};
    }

    /// Of one of its controllers; an empty one is none that was named.
    void addBus(const Item& controller)
    {
        const int type = controller.value(QStringLiteral("ResourceType")).toInt();
        const QString model = shownText(controller.value(QStringLiteral("ResourceSubType")));
        if (type != Ide && type != Scsi)
            return;
        const QString bus = type == Ide ? QStringLiteral("IDE")
            : model.isEmpty()           ? QStringLiteral("SCSI")
                                        : QStringLiteral("SCSI (%1)").arg(model);
        if (!m_made.foreignBuses.contains(bus))
            m_made.foreignBuses << bus;
    }

    /// "ovf:/disk/ID", "/disk/ID" of old ones, "ovf:/file/ID".
    Result<> takeDisk(const QString& resource)
    {
        const QString id = resource.section(u'/', -1);
        QString file = id;
        OvfDisk made;
        if (!resource.contains(QLatin1String("/file/"))) {
            const auto disk = m_disks.constFind(id);
            if (disk == m_disks.constEnd())
                return wrongOvf("it has no disk \"" + shownWord(resource) + "\"");
            if (!disk->parent.isEmpty())
                return otherOvf(
                    "a disk of the appliance stands on another one", "Export the appliance with whole disks");
            if (!disk->capacity)
                return wrongOvf("the size of the disk \"" + shownWord(id) + "\"");
            made.capacityBytes = *disk->capacity;
            file = disk->file;
        }
        if (!file.isEmpty() && !m_files.contains(file))
            return wrongOvf("it has no file \"" + shownWord(file) + "\"");
        if (file.isEmpty() && made.capacityBytes == 0)
            return wrongOvf("the disk \"" + shownWord(id) + "\" has neither a file nor a size");
        if (!file.isEmpty()) {
            made.fileName = m_files[file].name;
            made.isGzipped = m_files[file].isGzipped;
            if (!isPlainFileName(made.fileName))
                return wrongOvf("\"" + shownWord(made.fileName) + "\" is no file beside it");
        }
        m_made.disks.push_back(made);
        return {};
    }

    QXmlStreamReader m_xml;
    QMap<QString, File> m_files;
    QMap<QString, Disk> m_disks;
    QString m_configuration;
    QStringList m_system;
    std::vector<Item> m_items;
    QMap<QString, Item> m_controllers; ///< by their InstanceID
    int m_machines = 0;
    OvfDocument m_made;
};

} // namespace

bool isPlainFileName(const QString& name)
{
    return !name.isEmpty() && name.size() <= 255 && !name.startsWith(u'.') && !name.contains(u'/')
        && std::all_of(name.begin(), name.end(), [](QChar c) { return c.isPrint() || c.isSurrogate(); });
}

Result<OvfDocument> readOvf(const QByteArray& xml)
{
    if (xml.size() > kLongestDescription)
        return wrongOvf("it is larger than 4 MiB");
    return OvfReader(xml).read();
}

} // namespace twinhull
