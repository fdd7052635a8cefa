// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/migration/destination_fit.h"

#include "core/base/text.h"
#include "core/vms/domain/domain_xml.h"

#include <QCoreApplication>

#include <string_view>

namespace twinhull {

namespace {

constexpr unsigned long kMinorVersion = 1'000; ///< of libvirt's numbers of versions

QString fitText(const char* text)
{
    return QCoreApplication::translate("MigrationObstacles", text);
}

QString memorySizeText(std::uint64_t bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

QString versionText(unsigned long version)
{
    constexpr unsigned long kThousand = 1'000;
    return QStringLiteral("%1.%2.%3")
        .arg(version / kMinorVersion / kThousand)
        .arg(version / kMinorVersion % kThousand)
        .arg(version % kThousand);
}

struct MachineTypes {
    bool isAny = false;
    bool isOffered = false;

    /// Of an architecture, or of one of its hypervisors; "q35" stands for "pc-q35-7.2" of one host, which is canonical.
    void read(xmlNodePtr parent, const QString& machine)
    {
        for (xmlNodePtr each : childElements(parent)) {
            if (!isElement(each, "machine"))
                continue;
            isAny = true;
            isOffered |= textAt(each, {}) == machine || textAt(each, QStringLiteral("@canonical")) == machine;
        }
    }
};

class FitCheck {
public:
    FitCheck(const MigrationNeeds& needs, const MigrationHost& source, const MigrationHost& destination, QString to)
        : m_needs(needs), m_source(source), m_destination(destination), m_to(std::move(to))
    {
    }

    std::vector<MigrationObstacle> run()
    {
        lookAtGuests();
        lookAtMemory();
        lookAtVersions();
        return std::move(m_found);
    }

private:
    using Weight = MigrationObstacle::Weight;

    void add(const QString& sentence, const QString& nextStep, Weight weight = Weight::Certain)
    {
        m_found.push_back({ sentence, nextStep, weight });
    }

    void lookAtGuests()
    {
        const auto xml = DomainXml::parse(m_destination.capabilities, "capabilities");
        if (!xml)
            return;
        bool isAnyTold = false;
        for (xmlNodePtr guest : childElements(xml->root())) {
            xmlNodePtr arch = isElement(guest, "guest") ? childNamed(guest, "arch") : nullptr;
            isAnyTold |= arch != nullptr;
            if (arch != nullptr && textAt(arch, QStringLiteral("@name")) == m_needs.architecture && isOfItsOs(guest))
                return lookAtArchitecture(arch);
        }
        if (isAnyTold && !m_needs.architecture.isEmpty())
            add(fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "%1 runs no machines of its architecture (%2)."))
                    .arg(m_to, m_needs.architecture),
                fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "Install the QEMU of that architecture there.")));
    }

    /// A host may have the same architecture twice, for Xen's own guests and for all others.
    bool isOfItsOs(xmlNodePtr guest) const
    {
        const QString offered = textAt(guest, QStringLiteral("os_type"));
        const bool isXens = offered == u"xen" && m_needs.osType == u"linux"; // libvirt has both words for it
        return offered.isEmpty() || m_needs.osType.isEmpty() || offered == m_needs.osType || isXens;
    }

    void lookAtArchitecture(xmlNodePtr arch)
    {
        xmlNodePtr type = nullptr;
        for (xmlNodePtr each : childElements(arch)) {
            if (isElement(each, "domain") && textAt(each, QStringLiteral("@type")) == m_needs.type)
                type = each;
        }
        if (type == nullptr) {
            add(fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "%1 cannot run it by %2.")).arg(m_to, m_needs.type),
                m_needs.type == u"kvm"
                    ? fitText(QT_TRANSLATE_NOOP("MigrationObstacles",
                        "Switch virtualization on in the firmware of that computer, and load the module of KVM."))
                    : fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "Install the hypervisor there.")));
            return;
        }
        MachineTypes types;
        types.read(arch, m_needs.machine);
        types.read(type, m_needs.machine);
        if (types.isOffered || !types.isAny || m_needs.machine.isEmpty())
            return;
        add(fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "QEMU of %1 knows no machine type %2."))
                .arg(m_to, m_needs.machine),
            fitText(QT_TRANSLATE_NOOP("MigrationObstacles",
                        "Update QEMU there, or give it a type that both have: twinhullctl vm xml %1, then vm define."))
                .arg(m_needs.name));
    }

    void lookAtMemory()
    {
        const std::uint64_t all = m_destination.memoryBytes;
        const auto available = m_destination.availableBytes;
        const QString less
            = fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "Give it less: twinhullctl vm set %1 --memory SIZE"))
                  .arg(m_needs.name);
        if (all > 0 && m_needs.memoryBytes > all)
            add(fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "%1 has %2 of memory in all, and it needs %3."))
                    .arg(m_to, memorySizeText(all), memorySizeText(m_needs.memoryBytes)),
                less, m_needs.isLive ? Weight::Certain : Weight::Doubtful); // one that is off may be given less there
        else if (m_needs.isLive && available && m_needs.memoryBytes > *available)
            add(fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "%1 has %2 of memory left, and it may need %3."))
                    .arg(m_to, memorySizeText(*available), memorySizeText(m_needs.memoryBytes)),
                fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "Stop something there first.")) + u' ' + less,
                Weight::Doubtful);
    }

    /// QEMU passes on to newer ones; what goes back is often understood, and nobody promises it.
    void lookAtVersions()
    {
        const auto isOlder = [](unsigned long there, unsigned long here) {
            return there > 0 && here > 0 && there / kMinorVersion < here / kMinorVersion;
        };
        if (m_needs.isLive && isOlder(m_destination.hypervisorVersion, m_source.hypervisorVersion))
            add(fitText(QT_TRANSLATE_NOOP("MigrationObstacles",
                            "The hypervisor of %1 (%2) is older than where it runs (%3), and may not understand its "
                            "memory."))
                    .arg(m_to, versionText(m_destination.hypervisorVersion), versionText(m_source.hypervisorVersion)),
                fitText(QT_TRANSLATE_NOOP("MigrationObstacles",
                    "Update it there, or shut it down and migrate it "
                    "offline.")),
                Weight::Doubtful);
        if (isOlder(m_destination.libvirtVersion, m_source.libvirtVersion))
            add(fitText(QT_TRANSLATE_NOOP("MigrationObstacles",
                            "libvirt of %1 (%2) is older than where it is (%3), and may not know all of its "
                            "definition."))
                    .arg(m_to, versionText(m_destination.libvirtVersion), versionText(m_source.libvirtVersion)),
                fitText(QT_TRANSLATE_NOOP("MigrationObstacles", "Update it there where it refuses.")),
                Weight::Doubtful);
    }

    const MigrationNeeds& m_needs;
    const MigrationHost& m_source;
    const MigrationHost& m_destination;
    QString m_to;
    std::vector<MigrationObstacle> m_found;
};

/// Its cache is given up when somebody needs the room (MemAvailable, proc(5), is not told by libvirt).
std::optional<std::uint64_t> availableOn(virConnectPtr connection)
{
    int count = 0;
    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, nullptr, &count, 0) != 0 || count <= 0)
        return std::nullopt;
    std::vector<virNodeMemoryStats> told(static_cast<std::size_t>(count));
    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, told.data(), &count, 0) != 0)
        return std::nullopt;
    std::optional<std::uint64_t> kibibytes;
    for (const virNodeMemoryStats& each : told) {
        const std::string_view field(each.field);
        if (field == VIR_NODE_MEMORY_STATS_FREE || field == VIR_NODE_MEMORY_STATS_BUFFERS
            || field == VIR_NODE_MEMORY_STATS_CACHED)
            kibibytes = kibibytes.value_or(0) + each.value;
    }
    return kibibytes ? std::optional(*kibibytes << 10U) : std::nullopt;
}

} // namespace

MigrationHost readMigrationHost(virConnectPtr connection)
{
    MigrationHost host;
    host.capabilities = takeText(virConnectGetCapabilities(connection)).toUtf8();
    if (virConnectGetVersion(connection, &host.hypervisorVersion) != 0)
        host.hypervisorVersion = 0;
    if (virConnectGetLibVersion(connection, &host.libvirtVersion) != 0)
        host.libvirtVersion = 0;
    virNodeInfo node{};
    if (virNodeGetInfo(connection, &node) == 0)
        host.memoryBytes = static_cast<std::uint64_t>(node.memory) << 10U;
    host.availableBytes = availableOn(connection);
    return host;
}

std::vector<MigrationObstacle> fitObstacles(
    const MigrationNeeds& needs, const MigrationHost& source, const MigrationHost& destination, const QString& to)
{
    return FitCheck(needs, source, destination, to).run();
}

} // namespace twinhull
