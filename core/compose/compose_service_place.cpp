// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_service.h"

#include "core/base/text.h"
#include "core/ipc/listened_ports.h"
#include "core/workload/option_text.h"

#include <algorithm>

namespace twinhull {

namespace {

Error badServicePort(const QString& text, const std::string& problem)
{
    return Error{ ErrorCode::InvalidArgument, text.toStdString() + ": " + problem, 0,
        "Write it as \"8080:80\" or \"127.0.0.1:5353:53/udp\"." };
}

struct HostRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
};

Result<HostRange> hostRangeFrom(const QString& text, const QString& whole)
{
    const auto first = parsePort(text.section(u'-', 0, 0).toStdString());
    const auto last = text.contains(u'-') ? parsePort(text.section(u'-', 1).toStdString()) : first;
    if (!first || !last || *last < *first)
        return badServicePort(whole, "no such port");
    return HostRange{ *first, *last };
}

/// As ports of the file: those where one inside has a range of ours, and those without a port of ours, are of Compose
/// alone; the rest is as everywhere.
Result<std::vector<ServicePort>> servicePortsFrom(const QString& text)
{
    const QString bare = text.section(u'/', 0, 0);
    const QString protocol = text.section(u'/', 1);
    const PortProtocol kind = protocol == u"udp" ? PortProtocol::Udp : PortProtocol::Tcp;
    if (text.contains(u'/') && protocol != u"udp" && protocol != u"tcp")
        return badServicePort(text, "neither tcp nor udp");
    const QStringList parts = portParts(bare);
    std::vector<ServicePort> ports;
    if (parts.size() == 1) {
        const auto inside = hostRangeFrom(bare, text);
        if (!inside || inside->last - inside->first >= kMostPublishedPorts)
            return inside ? badServicePort(text, "too many ports") : inside.error();
        for (unsigned port = inside->first; port <= inside->last; ++port)
            ports.push_back({ QString::fromLatin1(kLocalhost), 0, 0, static_cast<std::uint16_t>(port), kind });
        return ports;
    }
    const bool isSpread = parts[parts.size() - 2].contains(u'-') && !parts.back().contains(u'-');
    const QString first = isSpread ? parts[parts.size() - 2].section(u'-', 0, 0) : parts[parts.size() - 2];
    QStringList plain = parts;
    plain[plain.size() - 2] = first;
    const QString suffix = protocol.isEmpty() ? QString() : u'/' + protocol;
    const auto published = portsFromText(plain.join(u':') + suffix);
    const auto range = isSpread ? hostRangeFrom(parts[parts.size() - 2], text) : Result<HostRange>(HostRange{});
    if (!published || !range)
        return published ? range.error() : published.error();
    for (const auto& port : *published)
        ports.push_back({ port.hostAddress, port.hostPort, isSpread ? range->last : port.hostPort, port.workloadPort,
            port.protocol });
    return ports;
}

/// The long form as the short one.
QString portTextOf(const ComposeCursor& value)
{
    refuseStrangers(value, // the last three only describe it: there is one computer
        { QStringLiteral("target"), QStringLiteral("published"), QStringLiteral("host_ip"), QStringLiteral("protocol"),
            QStringLiteral("mode"), QStringLiteral("name"), QStringLiteral("app_protocol") });
    const auto word = [&value](const char* key) {
        const auto child = value.child(QLatin1String(key));
        return child ? child->text().value_or(QString()) : QString();
    };
    if (value.child(QStringLiteral("target")) == std::nullopt)
        value.refuse(trCompose("target, the port inside, is missing"));
    QString text = word("target");
    if (const QString published = word("published"); !published.isEmpty())
        text.prepend(published + u':');
    if (const QString address = word("host_ip"); !address.isEmpty())
        text.prepend(bracketed(address) + (text.contains(u':') ? QStringLiteral(":") : QStringLiteral("::")));
    if (const QString protocol = word("protocol"); !protocol.isEmpty())
        text += u'/' + protocol;
    return text;
}

void sayOnce(const ComposeCursor& value, const QString& text)
{
    const auto& all = value.findings().all();
    if (std::none_of(all.begin(), all.end(), [&text](const ComposeFinding& each) { return each.text == text; }))
        value.warn(text);
}

void readPorts(const ComposeCursor& value, ServiceReading& reading)
{
    for (const auto& item : value.items()) {
        const QString text = item.isMap() ? portTextOf(item) : item.text().value_or(QString());
        if (text.isEmpty())
            continue;
        const auto ports = servicePortsFrom(text);
        if (!ports) {
            item.refuse(ports.error());
            continue;
        }
        reading.service.ports.insert(reading.service.ports.end(), ports->begin(), ports->end());
        if (text.contains(u':') && ports->front().hostAddress == QLatin1String(kLocalhost))
            sayOnce(
                item, trCompose("published on 127.0.0.1 and ::1; write 0.0.0.0: before it to let other computers in"));
    }
}

/// Says what is open inside, which all in its network reach anyway.
void readExpose(const ComposeCursor& value, ServiceReading&)
{
    for (const auto& item : value.items()) {
        const QString text = item.text().value_or(QStringLiteral("1"));
        if (!hostRangeFrom(text.section(u'/', 0, 0), text))
            item.refuse(trCompose("no such port"));
    }
}

bool isFolderSource(const QString& source)
{
    return source.startsWith(u'/') || source.startsWith(u'.') || source.startsWith(u'~');
}

/// "[SOURCE:]TARGET[:OPTION,…]"
void readShortMount(const ComposeCursor& value, const QString& text, ServiceReading& reading)
{
    QStringList parts = text.split(u':');
    ServiceMount mount;
    if (parts.size() == 3) {
        for (const QString& option : parts.takeLast().split(u',')) {
            if (option == u"ro" || option == u"rw")
                mount.readOnly = option == u"ro";
            else if (option != u"z" && option != u"Z" && option != u"cached" && option != u"delegated"
                && option != u"consistent") // of other systems
                value.warn(trCompose("%1 has no effect here").arg(option));
        }
    }
    if (parts.size() > 2 || parts.contains(QString())) {
        value.refuse(trCompose("not SOURCE:TARGET[:ro]"));
        return;
    }
    mount.target = parts.back();
    if (parts.size() == 1) {
        mount.kind = ServiceMount::Kind::Anonymous;
    } else if (isFolderSource(parts.front())) {
        mount.source = absolutePath(parts.front(), reading.folder);
        mount.isMade = true;
    } else {
        mount.kind = ServiceMount::Kind::Volume;
        mount.source = parts.front();
    }
    if (!mount.target.startsWith(u'/'))
        value.refuse(trCompose("the place inside must be an absolute path"));
    else
        reading.service.mounts.push_back(std::move(mount));
}

void readMemoryMount(const ComposeCursor& value, const QString& target, ServiceReading& reading)
{
    TemporaryFolder folder;
    folder.target = target;
    if (const auto options = value.child(QStringLiteral("tmpfs"))) {
        refuseStrangers(*options, { QStringLiteral("size"), QStringLiteral("mode") });
        if (const auto size = options->child(QStringLiteral("size")))
            folder.sizeBytes = size->size();
        if (const auto mode = options->child(QStringLiteral("mode"))) {
            bool isNumber = false;
            folder.mode = mode->text().value_or(QString()).toUInt(&isNumber, 8);
            if (!isNumber || folder.mode > 07777U)
                mode->refuse(trCompose("a mode is wanted here, as 1777"));
        }
    }
    reading.service.plan.files.temporaryFolders.push_back(std::move(folder));
}

void warnOfMountOptions(const ComposeCursor& value)
{
    warnOfUnused(value,
        { QStringLiteral("type"), QStringLiteral("source"), QStringLiteral("target"), QStringLiteral("read_only"),
            QStringLiteral("bind"), QStringLiteral("volume"), QStringLiteral("tmpfs") },
        { QStringLiteral("consistency") });
    if (const auto bind = value.child(QStringLiteral("bind")))
        warnOfUnused(*bind, { QStringLiteral("create_host_path"), QStringLiteral("selinux") },
            { QStringLiteral("propagation"), QStringLiteral("recursive") });
    if (const auto volume = value.child(QStringLiteral("volume"))) {
        warnOfUnused(*volume, { QStringLiteral("subpath") }, { QStringLiteral("nocopy"), QStringLiteral("labels") });
        if (volume->child(QStringLiteral("subpath")))
            volume->refuse(trCompose("a part of a volume cannot be mounted; mount all of it"));
    }
}

void readLongMount(const ComposeCursor& value, ServiceReading& reading)
{
    warnOfMountOptions(value);
    const auto word = [&value](const char* key) {
        const auto child = value.child(QLatin1String(key));
        return child ? child->text().value_or(QString()) : QString();
    };
    const QString type = word("type");
    ServiceMount mount;
    mount.target = word("target");
    if (!mount.target.startsWith(u'/')) {
        value.refuse(trCompose("target, an absolute path inside, is missing"));
        return;
    }
    if (type == u"tmpfs") {
        readMemoryMount(value, mount.target, reading);
        return;
    }
    if (type != u"bind" && type != u"volume") {
        value.refuse(trCompose("its type must be bind, volume or tmpfs"));
        return;
    }
    mount.source = word("source");
    if (const auto readOnly = value.child(QStringLiteral("read_only")))
        take(mount.readOnly, readOnly->truth());
    if (type == u"bind") {
        if (mount.source.isEmpty())
            value.refuse(trCompose("source is missing"));
        mount.source = absolutePath(mount.source, reading.folder);
        const auto bind = value.child(QStringLiteral("bind"));
        const auto making = bind ? bind->child(QStringLiteral("create_host_path")) : std::nullopt;
        mount.isMade = !making || making->truth().value_or(true);
    } else {
        mount.kind = mount.source.isEmpty() ? ServiceMount::Kind::Anonymous : ServiceMount::Kind::Volume;
    }
    reading.service.mounts.push_back(std::move(mount));
}

void readVolumes(const ComposeCursor& value, ServiceReading& reading)
{
    for (const auto& item : value.items()) {
        if (item.isMap())
            readLongMount(item, reading);
        else if (const auto text = item.text())
            readShortMount(item, *text, reading);
    }
}

void readTemporaryFolders(const ComposeCursor& value, ServiceReading& reading)
{
    takeEach(value, reading.service.plan.files.temporaryFolders, &temporaryFolderFromText);
}

void readDevices(const ComposeCursor& value, ServiceReading& reading)
{
    takeEach(value, reading.service.plan.files.devices, &deviceFromText);
}

void readRootReadOnly(const ComposeCursor& value, ServiceReading& reading)
{
    take(reading.service.plan.files.isRootReadOnly, value.truth());
}

ServiceNetwork networkFrom(const QString& key, const ComposeCursor& value)
{
    ServiceNetwork network{ key, {}, {}, {} };
    warnOfUnused(value, { QStringLiteral("aliases"), QStringLiteral("ipv4_address"), QStringLiteral("ipv6_address") },
        { QStringLiteral("driver_opts"), QStringLiteral("gw_priority"), QStringLiteral("interface_name"),
            QStringLiteral("link_local_ips"), QStringLiteral("mac_address"), QStringLiteral("priority") });
    if (const auto aliases = value.child(QStringLiteral("aliases")))
        network.aliases = aliases->texts();
    if (const auto address = value.child(QStringLiteral("ipv4_address")))
        take(network.ipv4, address->text());
    if (const auto address = value.child(QStringLiteral("ipv6_address")))
        take(network.ipv6, address->text());
    return network;
}

void readNetworks(const ComposeCursor& value, ServiceReading& reading)
{
    if (value.isNull() || (!value.isScalar() && value.value().items.empty() && value.value().entries.empty()))
        return; // the default one
    auto& networks = reading.service.networks;
    networks.clear();
    if (value.isList()) {
        for (const QString& key : value.texts())
            networks.push_back({ key, {}, {}, {} });
        return;
    }
    for (const auto& [key, item] : value.entries())
        networks.push_back(networkFrom(key, item));
}

void readNetworkMode(const ComposeCursor& value, ServiceReading& reading)
{
    const QString mode = value.text().value_or(QString());
    if (mode == u"bridge") // what it has anyway
        return;
    reading.service.networks.clear();
    if (mode == u"none")
        reading.service.plan.hasNetwork = false;
    else if (mode == u"host")
        reading.service.plan.hasHostNetwork = true;
    else
        value.refuse(trCompose("none, host or bridge is wanted here; one container's network cannot be another's"));
}

void readNameServers(const ComposeCursor& value, ServiceReading& reading)
{
    takeEach(value, reading.service.plan.naming.nameServers, [](const QString& text) {
        const auto checked = checkNameServer(text);
        return checked ? Result<QString>(text) : Result<QString>(checked.error());
    });
}

void readSearchDomains(const ComposeCursor& value, ServiceReading& reading)
{
    takeEach(value, reading.service.plan.naming.searchDomains, [](const QString& text) {
        const auto checked = checkSearchDomain(text);
        return checked ? Result<QString>(text) : Result<QString>(checked.error());
    });
}

void readHosts(const ComposeCursor& value, ServiceReading& reading)
{
    const auto add = [&reading](const ComposeCursor& cursor, const QString& text) {
        const auto entry = hostEntryFromText(text);
        if (entry)
            reading.service.plan.naming.hosts.push_back(*entry);
        else
            cursor.refuse(entry.error());
    };
    if (value.isMap()) {
        for (const auto& [name, address] : value.entries())
            add(address, name + u':' + address.text().value_or(QString()));
        return;
    }
    for (QString text : value.texts()) {
        const auto equals = text.indexOf(u'=');
        if (equals > 0)
            text[equals] = u':';
        add(value, text);
    }
}

void readHostName(const ComposeCursor& value, ServiceReading& reading)
{
    const auto name = value.text();
    const auto checked = name ? checkHostName(*name) : Result<>();
    if (!checked)
        value.refuse(checked.error());
    take(reading.service.plan.naming.hostName, name);
}

/// An id that may be written as a text, and a mode, which is octal however it is written.
void readRights(const ComposeCursor& value, ServiceFile& file)
{
    const auto readOne = [&value](const char* key, int base, std::uint32_t most, std::uint32_t& number) {
        const auto child = value.child(QLatin1String(key));
        if (!child)
            return;
        QString text = child->text().value_or(QString());
        if (base == 8 && text.startsWith(QLatin1String("0o")))
            text.remove(0, 2);
        bool isNumber = false;
        const std::uint32_t said = text.toUInt(&isNumber, base);
        if (isNumber && said <= most)
            number = said;
        else
            child->refuse(trCompose("a number of up to %1 is wanted here").arg(most, 0, base));
    };
    constexpr std::uint32_t kMostId = 0xfffffffeU; // the last one means "none" to the kernel
    readOne("uid", 10, kMostId, file.uid);
    readOne("gid", 10, kMostId, file.gid);
    readOne("mode", 8, 0777, file.mode);
    file.mode &= ~0222U; // the specification leaves the right to write out
}

/// A name, or a map with where it stands inside. Nothing, and a finding, where there is no name.
std::optional<ServiceFile> fileWish(const ComposeCursor& item, const QString& folder, const QStringList& unused)
{
    ServiceFile file;
    if (item.isMap()) {
        const QStringList used{ QStringLiteral("source"), QStringLiteral("target") };
        const QStringList rights{ QStringLiteral("uid"), QStringLiteral("gid"), QStringLiteral("mode") };
        warnOfUnused(item, unused.isEmpty() ? used + rights : used, unused);
        const auto source = item.child(QStringLiteral("source"));
        const auto target = item.child(QStringLiteral("target"));
        file.name = source ? source->text().value_or(QString()) : QString();
        file.target = target ? target->text().value_or(QString()) : file.name;
        if (unused.isEmpty())
            readRights(item, file);
    } else {
        file.name = item.text().value_or(QString());
        file.target = file.name;
    }
    if (file.name.isEmpty()) {
        item.refuse(trCompose("source is missing"));
        return std::nullopt;
    }
    if (!file.target.startsWith(u'/'))
        file.target.prepend(folder);
    return file;
}

void readSecrets(const ComposeCursor& value, ServiceReading& reading)
{
    for (const auto& item : value.items()) {
        auto file = fileWish(item, QStringLiteral("/run/secrets/"), {});
        if (!file)
            continue;
        const SecretOption asOption{ QStringLiteral("name"), file->target, file->uid, file->gid, file->mode };
        const auto checked = secretFromText(secretText(asOption)); // its target
        if (checked && *checked == asOption)
            reading.service.secrets.push_back(*std::move(file));
        else
            item.refuse(trCompose("%1 is no place for a secret").arg(file->target));
    }
}

void readConfigs(const ComposeCursor& value, ServiceReading& reading)
{
    const QStringList unused{ QStringLiteral("uid"), QStringLiteral("gid"), QStringLiteral("mode") };
    for (const auto& item : value.items()) {
        if (auto file = fileWish(item, QStringLiteral("/"), unused))
            reading.service.configs.push_back(*std::move(file));
    }
}

} // namespace

const std::vector<ServiceKey> kPlaceKeys{
    { "ports", &readPorts },
    { "expose", &readExpose },
    { "volumes", &readVolumes },
    { "tmpfs", &readTemporaryFolders },
    { "devices", &readDevices },
    { "read_only", &readRootReadOnly },
    { "networks", &readNetworks },
    { "network_mode", &readNetworkMode },
    { "dns", &readNameServers },
    { "dns_search", &readSearchDomains },
    { "extra_hosts", &readHosts },
    { "hostname", &readHostName },
    { "secrets", &readSecrets },
    { "configs", &readConfigs },
};

} // namespace twinhull
