// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/guest_facts.h"

#include "core/vms/domain/domain_xml.h"
#include "core/vms/guest/guest_info.h"
#include "core/vms/link/open_domain.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace twinhull {

namespace {

constexpr unsigned kMostParts = 256; ///< of file systems, users, devices and addresses; more than any sane guest has
constexpr std::string_view::size_type kMostTextBytes = 1024;
constexpr qsizetype kMostCharacters = 256;

std::string part(const char* kind, unsigned index, const char* field)
{
    return std::string(kind) + '.' + std::to_string(index) + '.' + field;
}

/// qemu-guest-agent then answers to a few commands only, and gives this as its reason (QEMU: qga/main.c). To ask it by
/// guest-fsfreeze-status would be a command of our own, which libvirt marks the machine for.
bool isRefusalOfFrozen()
{
    const virErrorPtr last = virGetLastError();
    return last != nullptr && last->message != nullptr
        && std::string_view(last->message).find("frozen state") != std::string_view::npos;
}

void takeSystem(virDomainPtr domain, GuestFacts& facts)
{
    const GuestInfo info(domain, VIR_DOMAIN_GUEST_INFO_OS);
    facts.system = boundedText(info.text("os.pretty-name"));
    if (facts.system.isEmpty())
        facts.system = boundedText(info.text("os.name"));
    const QString machine = boundedText(info.text("os.machine"));
    facts.kernel = boundedText(info.text("os.kernel-release"));
    if (!facts.kernel.isEmpty() && !machine.isEmpty())
        facts.kernel += QStringLiteral(" (%1)").arg(machine);
}

void takeTimeZone(virDomainPtr domain, GuestFacts& facts)
{
    constexpr int kMostSeconds = 24 * 3600;
    const GuestInfo info(domain, VIR_DOMAIN_GUEST_INFO_TIMEZONE);
    facts.timeZone = boundedText(info.text("timezone.name"));
    const auto offset = info.integer("timezone.offset");
    if (!offset || *offset < -kMostSeconds || *offset > kMostSeconds)
        return;
    const int minutes = std::abs(*offset) / 60;
    const QString clock = QStringLiteral("UTC%1%2:%3")
                              .arg(QLatin1Char(*offset < 0 ? '-' : '+'))
                              .arg(minutes / 60, 2, 10, QLatin1Char('0'))
                              .arg(minutes % 60, 2, 10, QLatin1Char('0'));
    facts.timeZone = facts.timeZone.isEmpty() ? clock : QStringLiteral("%1 (%2)").arg(facts.timeZone, clock);
}

void takeUsers(virDomainPtr domain, GuestFacts& facts)
{
    constexpr std::uint64_t kLatest = 253402300799999; // the year 9999
    const GuestInfo info(domain, VIR_DOMAIN_GUEST_INFO_USERS);
    if (!info.isTold())
        return;
    auto& users = facts.users.emplace();
    for (unsigned i = 0; i < std::min(info.count("user.count"), kMostParts); ++i) {
        GuestUser user{ boundedText(info.text(part("user", i, "name"))),
            boundedText(info.text(part("user", i, "domain"))), {} };
        const auto since = info.number(part("user", i, "login-time"));
        if (since && *since > 0 && *since <= kLatest)
            user.since = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(*since));
        users.push_back(std::move(user));
    }
}

void takeFileSystems(virDomainPtr domain, GuestFacts& facts)
{
    const GuestInfo info(domain, VIR_DOMAIN_GUEST_INFO_FILESYSTEM);
    if (!info.isTold())
        return;
    auto& all = facts.fileSystems.emplace();
    for (unsigned i = 0; i < std::min(info.count("fs.count"), kMostParts); ++i) {
        GuestFileSystem one{ boundedText(info.text(part("fs", i, "mountpoint"))),
            boundedText(info.text(part("fs", i, "name"))), boundedText(info.text(part("fs", i, "fstype"))),
            info.number(part("fs", i, "used-bytes")), info.number(part("fs", i, "total-bytes")) };
        if (!one.usedBytes || !one.sizeBytes || *one.usedBytes > *one.sizeBytes)
            one.usedBytes = one.sizeBytes = std::nullopt;
        all.push_back(std::move(one));
    }
}

/// Of one source; what another one told already stays as it is.
void takeAddresses(virDomainPtr domain, unsigned libvirtSource, GuestAddress::Source source, GuestFacts& facts)
{
    virDomainInterfacePtr* devices = nullptr;
    const int count = virDomainInterfaceAddresses(domain, &devices, libvirtSource, 0);
    for (int i = 0; i < count; ++i) {
        const virDomainInterface& device = *devices[i];
        for (unsigned j = 0; j < device.naddrs && facts.addresses.size() < kMostParts; ++j) {
            GuestAddress address{ plainAddress(device.addrs[j].addr), device.addrs[j].prefix,
                boundedText(device.name != nullptr ? device.name : ""),
                boundedText(device.hwaddr != nullptr ? device.hwaddr : ""), source };
            const bool isKnown = std::any_of(facts.addresses.begin(), facts.addresses.end(),
                [&](const GuestAddress& other) { return other.address == address.address; });
            if (!address.address.isEmpty() && !isKnown)
                facts.addresses.push_back(std::move(address));
        }
        virDomainInterfaceFree(devices[i]);
    }
    ::free(devices); // libvirt's own allocator is malloc
}

} // namespace

QString boundedText(std::string_view text)
{
    const auto bytes = text.substr(0, kMostTextBytes);
    QString bounded = QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size())).left(kMostCharacters);
    for (QChar& character : bounded) {
        if (character.category() == QChar::Other_Control || character.category() == QChar::Other_Format
            || character.category() == QChar::Separator_Line || character.category() == QChar::Separator_Paragraph)
            character = u'?';
    }
    return bounded;
}

QString plainAddress(const char* text)
{
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> written{};
    for (const int family : { AF_INET, AF_INET6 }) {
        if (text != nullptr && ::inet_pton(family, text, bytes.data()) == 1
            && ::inet_ntop(family, bytes.data(), written.data(), written.size()) != nullptr)
            return QString::fromLatin1(written.data());
    }
    return {};
}

void markWays(std::vector<GuestAddress>& addresses, const QByteArray& domainXml)
{
    const auto xml = DomainXml::parse(domainXml);
    if (!xml)
        return;
    for (GuestAddress& address : addresses)
        address.way = GuestAddress::Way::Inside;
    for (xmlNodePtr card : childElements(xml->devices())) {
        const QString mac = isElement(card, "interface") ? textAt(card, QStringLiteral("mac@address")) : QString();
        const bool isUsers = textAt(card, QStringLiteral("@type")) == u"user"
            || textAt(card, QStringLiteral("backend@type")) == u"passt";
        for (GuestAddress& address : addresses) {
            if (!mac.isEmpty() && address.hardwareAddress.compare(mac, Qt::CaseInsensitive) == 0)
                address.way = isUsers ? GuestAddress::Way::UserNetwork : GuestAddress::Way::Card;
        }
    }
}

std::optional<GuestFacts::Agent> agentBy(int libvirtCode)
{
    switch (libvirtCode) {
    case VIR_ERR_ARGUMENT_UNSUPPORTED: // "not configured"
        return GuestFacts::Agent::NoChannel;
    case VIR_ERR_AGENT_UNRESPONSIVE: // also "not connected"
    case VIR_ERR_AGENT_UNSYNCED:
        return GuestFacts::Agent::Silent;
    case VIR_ERR_OPERATION_INVALID: // it does not run, or is paused
        return GuestFacts::Agent::Off;
    case VIR_ERR_NO_SUPPORT:
        return GuestFacts::Agent::Impossible;
    default:
        return std::nullopt;
    }
}

Result<GuestFacts> askForFacts(virDomainPtr domain)
{
    GuestFacts facts;
    const GuestInfo name(domain, VIR_DOMAIN_GUEST_INFO_HOSTNAME);
    if (!name.isTold()) {
        const int code = virGetLastErrorCode();
        const bool isLibvirts = code == VIR_ERR_NO_DOMAIN || code == VIR_ERR_NO_CONNECT || code == VIR_ERR_INVALID_CONN
            || code == VIR_ERR_SYSTEM_ERROR || code == VIR_ERR_RPC || code == VIR_ERR_OPERATION_TIMEOUT;
        if (isLibvirts)
            return libvirtError("ask qemu-guest-agent");
        facts.agent = agentBy(code).value_or(GuestFacts::Agent::Answers); // it does, by a refusal
        facts.isFrozen = facts.agent == GuestFacts::Agent::Answers && isRefusalOfFrozen();
    } else {
        facts.agent = GuestFacts::Agent::Answers;
        facts.hostName = boundedText(name.text("hostname"));
    }
    if (facts.agent == GuestFacts::Agent::Answers) {
        takeSystem(domain, facts);
        takeTimeZone(domain, facts);
        takeUsers(domain, facts);
        takeFileSystems(domain, facts);
        takeAddresses(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, GuestAddress::Source::Agent, facts);
    }
    takeAddresses(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, GuestAddress::Source::Lease, facts);
    takeAddresses(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, GuestAddress::Source::Arp, facts);
    if (const auto xml = domainXmlOf(domain))
        markWays(facts.addresses, *xml);
    return facts;
}

} // namespace twinhull
