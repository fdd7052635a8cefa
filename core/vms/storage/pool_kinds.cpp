// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/pool_kinds.h"

#include "core/base/text.h"
#include "core/vms/domain/domain_xml.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

struct PoolFieldRule {
    const char* key;
    const char* label;
    const char* example;
    const char* path; ///< of textAt()
    bool isRequired = true;
    bool isList = false; ///< commas between; each makes an element of its own
};

struct PoolRule {
    const char* type;
    const char* label;
    std::vector<PoolFieldRule> fields;
    const char* fixedPath = ""; ///< what the type always says beside them
    const char* fixedValue = "";
};

constexpr PoolFieldRule kTarget{ "target", QT_TRANSLATE_NOOP("VmStorage", "Folder"), "/srv/machines", "target/path" };
constexpr PoolFieldRule kHost{ "host", QT_TRANSLATE_NOOP("VmStorage", "Server"), "nas.example.org",
    "source/host@name" };
constexpr PoolFieldRule kDevice{ "device", QT_TRANSLATE_NOOP("VmStorage", "Device"), "/dev/sdb1",
    "source/device@path" };
constexpr PoolFieldRule kDevices{ "devices", QT_TRANSLATE_NOOP("VmStorage", "Devices to make it of"),
    "/dev/sdb,/dev/sdc", "source/device@path", false, true };
constexpr PoolFieldRule kIqn{ "device", QT_TRANSLATE_NOOP("VmStorage", "Target's name (IQN)"),
    "iqn.2026-01.org.example:disks", "source/device@path" };
constexpr PoolFieldRule kFormat{ "format", QT_TRANSLATE_NOOP("VmStorage", "Format"), "auto", "source/format@type",
    false };

PoolFieldRule as(PoolFieldRule rule, const char* label, const char* example, bool isRequired = true)
{
    rule.label = label;
    rule.example = example;
    rule.isRequired = isRequired;
    return rule;
}

PoolFieldRule initiator(bool isRequired)
{
    return { "initiator", QT_TRANSLATE_NOOP("VmStorage", "This computer's name (IQN)"), "iqn.2026-01.org.example:me",
        "source/initiator/iqn@name", isRequired };
}

PoolFieldRule sourceName(const char* label, const char* example)
{
    return { "source", label, example, "source/name" };
}

/// Passwords are libvirt's secrets, named by their id: https://libvirt.org/formatsecret.html
std::vector<PoolFieldRule> withLogin(std::vector<PoolFieldRule> rules)
{
    rules.push_back({ "user", QT_TRANSLATE_NOOP("VmStorage", "User"), "machines", "source/auth@username", false });
    rules.push_back({ "secret", QT_TRANSLATE_NOOP("VmStorage", "Id of libvirt's secret with the password"),
        "c5a0c2f0-7c1e-4b5e-9d7a-1f2e3d4c5b6a", "source/auth/secret@uuid", false });
    return rules;
}

std::vector<PoolRule> fileRules()
{
    return {
        { "dir", QT_TRANSLATE_NOOP("VmStorage", "Folder"), { kTarget } },
        { "fs", QT_TRANSLATE_NOOP("VmStorage", "File system of a device"),
            { kDevice, kTarget, as(kFormat, kFormat.label, "ext4", false) } },
        { "netfs", QT_TRANSLATE_NOOP("VmStorage", "Folder of a server (NFS, CIFS)"),
            { kHost,
                { "export", QT_TRANSLATE_NOOP("VmStorage", "Exported folder"), "/export/machines", "source/dir@path" },
                kTarget, as(kFormat, kFormat.label, "nfs", false) } },
        { "gluster", QT_TRANSLATE_NOOP("VmStorage", "Gluster volume"),
            { kHost, sourceName(QT_TRANSLATE_NOOP("VmStorage", "Volume"), "machines"),
                { "folder", QT_TRANSLATE_NOOP("VmStorage", "Folder in it"), "/", "source/dir@path", false } } },
        { "vstorage", QT_TRANSLATE_NOOP("VmStorage", "Virtuozzo storage"),
            { sourceName(QT_TRANSLATE_NOOP("VmStorage", "Cluster"), "cluster"), kTarget } },
    };
}

std::vector<PoolRule> deviceRulesOfPools()
{
    return {
        { "logical", QT_TRANSLATE_NOOP("VmStorage", "LVM volume group"),
            { sourceName(QT_TRANSLATE_NOOP("VmStorage", "Volume group"), "machines"), kDevices,
                as(kTarget, kTarget.label, "/dev/machines", false) } },
        { "disk", QT_TRANSLATE_NOOP("VmStorage", "Partitions of a disk"),
            { as(kDevice, kDevice.label, "/dev/sdb"), as(kTarget, kTarget.label, "/dev"),
                as(kFormat, QT_TRANSLATE_NOOP("VmStorage", "Partition table"), "gpt", false) } },
        { "iscsi", QT_TRANSLATE_NOOP("VmStorage", "iSCSI target"),
            withLogin({ kHost, kIqn, as(kTarget, kTarget.label, "/dev/disk/by-path"), initiator(false) }) },
        { "iscsi-direct", QT_TRANSLATE_NOOP("VmStorage", "iSCSI target, by QEMU itself"),
            withLogin({ kHost, kIqn, initiator(true) }) },
        { "scsi", QT_TRANSLATE_NOOP("VmStorage", "SCSI adapter of the host"),
            { { "adapter", QT_TRANSLATE_NOOP("VmStorage", "Adapter"), "scsi_host2", "source/adapter@name" },
                as(kTarget, kTarget.label, "/dev/disk/by-path") },
            "source/adapter@type", "scsi_host" },
        { "mpath", QT_TRANSLATE_NOOP("VmStorage", "Multipath devices"), { as(kTarget, kTarget.label, "/dev/mapper") } },
        { "rbd", QT_TRANSLATE_NOOP("VmStorage", "Ceph pool (RBD)"),
            withLogin({ sourceName(QT_TRANSLATE_NOOP("VmStorage", "Pool of Ceph"), "machines"),
                { "host", QT_TRANSLATE_NOOP("VmStorage", "Monitors"), "ceph1,ceph2", "source/host@name", true,
                    true } }) },
        { "sheepdog", QT_TRANSLATE_NOOP("VmStorage", "Sheepdog"),
            { kHost, sourceName(QT_TRANSLATE_NOOP("VmStorage", "Name"), "machines") } },
        { "zfs", QT_TRANSLATE_NOOP("VmStorage", "ZFS pool"),
            { sourceName(QT_TRANSLATE_NOOP("VmStorage", "Pool of ZFS"), "tank/machines"), kDevices } },
    };
}

const std::vector<PoolRule>& poolRules()
{
    static const std::vector<PoolRule> rules = [] {
        auto all = fileRules();
        auto devices = deviceRulesOfPools();
        std::move(devices.begin(), devices.end(), std::back_inserter(all));
        return all;
    }();
    return rules;
}

QString poolWord(const char* text)
{
    return QCoreApplication::translate("VmStorage", text);
}

const PoolRule* poolRuleOf(const QString& type)
{
    const auto& rules = poolRules();
    const auto found = std::find_if(
        rules.begin(), rules.end(), [&type](const PoolRule& rule) { return type == QLatin1String(rule.type); });
    return found != rules.end() ? &*found : nullptr;
}

Error badWish(const QString& what, const QString& hint)
{
    return Error{ ErrorCode::InvalidArgument, what.toStdString(), 0, hint.toStdString() };
}

QString keysOf(const PoolRule& rule)
{
    QStringList keys;
    for (const auto& field : rule.fields)
        keys << QStringLiteral("%1=%2").arg(QLatin1String(field.key), QString::fromUtf8(field.example));
    return keys.join(u' ');
}

Result<> checkFields(const PoolWish& wish, const PoolRule& rule)
{
    const QString form = QStringLiteral("A pool of type %1 takes: %2").arg(wish.type, keysOf(rule));
    for (const auto& key : wish.fields.keys()) {
        const bool isKnown = std::any_of(rule.fields.begin(), rule.fields.end(),
            [&key](const PoolFieldRule& field) { return key == QLatin1String(field.key); });
        if (!isKnown)
            return badWish(QStringLiteral("\"%1\" is nothing that such a pool has").arg(key), form);
    }
    for (const auto& field : rule.fields) {
        if (field.isRequired && wish.fields.value(QLatin1String(field.key)).isEmpty())
            return badWish(QStringLiteral("%1 is missing").arg(QLatin1String(field.key)), form);
    }
    return {};
}

void writePoolField(xmlNodePtr root, const PoolFieldRule& field, const QString& value)
{
    const QString path = QString::fromLatin1(field.path);
    if (!field.isList) {
        setTextAt(root, path, value);
        return;
    }
    setPresence(root, QStringLiteral("source"), true);
    const QString element = path.section(u'/', 1).section(u'@', 0, 0);
    for (xmlNodePtr child : childElements(root)) {
        if (!isElement(child, "source"))
            continue;
        for (const QString& each : value.split(u',', Qt::SkipEmptyParts))
            setTextAt(addChild(child, element.toLatin1().constData()), u'@' + path.section(u'@', 1), each.trimmed());
    }
}

std::uint64_t volumeBytesAt(xmlNodePtr element, const QString& path)
{
    return textAt(element, path).toULongLong(); // libvirt writes bytes
}

} // namespace

std::vector<PoolKind> poolKinds(const QByteArray& capabilities)
{
    const auto xml = DomainXml::parse(capabilities, "storagepoolCapabilities");
    std::vector<PoolKind> kinds;
    for (const auto& rule : poolRules()) {
        PoolKind kind{ QString::fromLatin1(rule.type), poolWord(rule.label), {}, true };
        for (const auto& field : rule.fields)
            kind.fields.push_back({ QString::fromLatin1(field.key), poolWord(field.label),
                QString::fromUtf8(field.example), field.isRequired });
        if (xml)
            kind.isSupported = textAt(xml->root(), QStringLiteral("pool[type=%1]@supported").arg(kind.type)) == u"yes";
        kinds.push_back(std::move(kind));
    }
    return kinds;
}

Result<QByteArray> poolXmlOf(const PoolWish& wish)
{
    const PoolRule* rule = poolRuleOf(wish.type);
    if (rule == nullptr)
        return badWish(QStringLiteral("there is no pool of type \"%1\"").arg(wish.type),
            QStringLiteral("The types are told by: twinhullctl pool types"));
    if (wish.name.isEmpty())
        return badWish(QStringLiteral("a pool needs a name"), {});
    if (auto checked = checkFields(wish, *rule); !checked)
        return std::move(checked).error();
    auto xml = DomainXml::parse("<pool/>", "pool");
    if (!xml)
        return std::move(xml).error();
    xmlNodePtr root = xml->root();
    setTextAt(root, QStringLiteral("@type"), wish.type);
    setTextAt(root, QStringLiteral("name"), wish.name);
    if (*rule->fixedPath != '\0')
        setTextAt(root, QLatin1String(rule->fixedPath), QLatin1String(rule->fixedValue));
    if (!wish.fields.value(QStringLiteral("user")).isEmpty())
        setTextAt(root, QStringLiteral("source/auth@type"),
            wish.type == u"rbd" ? QStringLiteral("ceph") : QStringLiteral("chap"));
    for (const auto& field : rule->fields) {
        const QString value = wish.fields.value(QLatin1String(field.key));
        if (!value.isEmpty())
            writePoolField(root, field, value);
    }
    return xml->toText();
}

Result<MachinePool> parsePool(const QByteArray& xml)
{
    const auto parsed = DomainXml::parse(xml, "pool");
    if (!parsed)
        return parsed.error();
    const auto at = [root = parsed->root()](const char* path) { return textAt(root, QLatin1String(path)); };
    MachinePool pool;
    pool.name = at("name");
    pool.uuid = at("uuid");
    pool.type = at("@type");
    pool.target = at("target/path");
    QStringList parts;
    for (const char* path :
        { "source/host@name", "source/name", "source/device@path", "source/dir@path", "source/adapter@name" }) {
        if (const QString part = at(path); !part.isEmpty())
            parts << part;
    }
    pool.source = parts.join(u':');
    return pool;
}

QByteArray volumeXmlOf(const VolumeWish& wish, const QString& backingFormat)
{
    auto xml = DomainXml::parse("<volume/>", "volume");
    xmlNodePtr root = xml->root();
    const auto put = [root](const char* path, const QString& value) { setTextAt(root, QLatin1String(path), value); };
    put("name", wish.name.name);
    put("capacity", QString::number(wish.capacityBytes));
    put("capacity@unit", QStringLiteral("bytes"));
    put("allocation", QString::number(wish.isWhole ? wish.capacityBytes : 0));
    put("target/format@type", wish.format);
    if (!wish.backingPath.isEmpty()) {
        put("backingStore/path", wish.backingPath);
        put("backingStore/format@type", backingFormat);
    }
    return xml->toText();
}

Result<MachineVolume> parseVolume(const QByteArray& xml)
{
    const auto parsed = DomainXml::parse(xml, "volume");
    if (!parsed)
        return parsed.error();
    xmlNodePtr root = parsed->root();
    MachineVolume volume;
    volume.name = textAt(root, QStringLiteral("name"));
    volume.kind = textAt(root, QStringLiteral("@type"));
    volume.path = textAt(root, QStringLiteral("target/path"));
    volume.format = textAt(root, QStringLiteral("target/format@type"));
    volume.backingPath = textAt(root, QStringLiteral("backingStore/path"));
    volume.capacityBytes = volumeBytesAt(root, QStringLiteral("capacity"));
    volume.allocatedBytes = volumeBytesAt(root, QStringLiteral("allocation"));
    return volume;
}

} // namespace twinhull
