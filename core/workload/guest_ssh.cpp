// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/guest_ssh.h"

#include "core/base/ip_subnet.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QUrl>

#include <algorithm>
#include <initializer_list>

namespace twinhull {

namespace {

constexpr std::uint16_t kSshPort = 22;

std::string guestSshText(const char* text)
{
    return QCoreApplication::translate("GuestSsh", text).toStdString();
}

bool isIp(const QString& address, IpFamily family)
{
    const auto parsed = IpAddress::parse(address.toStdString());
    return parsed && parsed->family == family;
}

bool isInOneOf(const QString& address, std::initializer_list<const char*> subnets)
{
    const auto parsed = IpAddress::parse(address.toStdString());
    return parsed && std::any_of(subnets.begin(), subnets.end(), [&parsed](const char* text) {
        const auto subnet = IpSubnet::parse(text);
        return subnet && subnet->contains(*parsed);
    });
}

/// It means something on its computer, or in the network around that, only.
bool isPrivate(const QString& address)
{
    return isInOneOf(address,
        { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "::1/128", "fc00::/7" });
}

/// A guest that calls these its own would lead to this computer, or to nobody.
bool isSomebodys(const QString& address)
{
    return isIp(address, IpFamily::V4) ? !isInOneOf(address, { "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3" })
                                       : isInOneOf(address, { "2000::/3", "fc00::/7" });
}

/// Not what begins like an option, or holds what ssh's own jump is told with.
bool isHost(const QString& host)
{
    static const QRegularExpression name(QStringLiteral("\\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}\\z"));
    return name.match(host).hasMatch() || isIp(host, IpFamily::V6);
}

/// How libvirt of another computer is reached, and with that its machines.
struct FarHost {
    explicit FarHost(const QString& uri)
        : url(uri)
        , isElsewhere(!uri.isEmpty() && (!url.isValid() || !url.host().isEmpty()))
        , isBySsh(url.scheme().contains(QLatin1String("ssh")))
    {
    }

    Result<QString> jump() const
    {
        const QString user = url.userName(QUrl::FullyDecoded);
        if (!isHost(url.host()) || (!user.isEmpty() && !checkSshUser(user)))
            return Error{ ErrorCode::InvalidArgument,
                guestSshText(
                    QT_TRANSLATE_NOOP("GuestSsh", "the host of its connection has a name that ssh is not told")),
                0, guestSshText(QT_TRANSLATE_NOOP("GuestSsh", "Connect to it as qemu+ssh://USER@HOST/system.")) };
        QString words = isIp(url.host(), IpFamily::V6) ? u'[' + url.host() + u']' : url.host();
        if (!user.isEmpty())
            words.prepend(user + u'@');
        if (url.port() > 0)
            words += u':' + QString::number(url.port());
        return words;
    }

    QUrl url;
    bool isElsewhere;
    bool isBySsh;
};

/// Where the port is listened on, as its own computer says it; empty where that is no address.
QString listenedAddress(const PublishedPort& port)
{
    if (port.hostAddress.isEmpty() || port.hostAddress == u"0.0.0.0" || port.hostAddress == u"localhost")
        return QStringLiteral("127.0.0.1");
    if (port.hostAddress == u"::")
        return QStringLiteral("::1");
    return IpAddress::parse(port.hostAddress.toStdString()) ? port.hostAddress : QString();
}

std::optional<SshPlace> publishedPlace(const WorkloadInfo& machine)
{
    for (const PublishedPort& port : machine.ports) {
        const QString address = listenedAddress(port);
        if (port.protocol == PortProtocol::Tcp && port.workloadPort == kSshPort && port.hostPort > 0
            && !address.isEmpty())
            return SshPlace{ address, port.hostPort, {} };
    }
    return std::nullopt;
}

/// The first of IPv4, which more networks pass on, else of IPv6.
std::optional<SshPlace> addressBy(const GuestFacts& facts, GuestAddress::Way way)
{
    for (const IpFamily family : { IpFamily::V4, IpFamily::V6 }) {
        for (const GuestAddress& each : facts.addresses) {
            if (each.way == way && each.isReachable() && isIp(each.address, family) && isSomebodys(each.address))
                return SshPlace{ each.address, kSshPort, {} };
        }
    }
    return std::nullopt;
}

Error needsAddress(const char* why, const std::string& nextStep)
{
    return { ErrorCode::NotFound, guestSshText(QT_TRANSLATE_NOOP("GuestSsh", "needs an address: ")) + guestSshText(why),
        0, nextStep };
}

Error missingAddress(const WorkloadInfo& machine, const GuestFacts& facts)
{
    if (machine.state != WorkloadState::Running)
        return needsAddress(QT_TRANSLATE_NOOP("GuestSsh", "it does not run"),
            guestSshText(machine.state == WorkloadState::Paused ? QT_TRANSLATE_NOOP("GuestSsh", "Resume it first.")
                                                                : QT_TRANSLATE_NOOP("GuestSsh", "Start it first.")));
    const bool isHidden = std::any_of(facts.addresses.begin(), facts.addresses.end(),
        [](const GuestAddress& each) { return each.way == GuestAddress::Way::UserNetwork; });
    if (isHidden || facts.agent == GuestFacts::Agent::Ours || !machine.imageDigest.isEmpty())
        return needsAddress(
            QT_TRANSLATE_NOOP("GuestSsh", "its network is QEMU's own, into which nothing leads but published ports"),
            guestSshText(QT_TRANSLATE_NOOP("GuestSsh",
                "Publish its port 22 when it is made (--publish 2222:22), or give it a card in another network.")));
    const QString agent = sentenceFor(facts.agent);
    return needsAddress(QT_TRANSLATE_NOOP("GuestSsh", "neither an agent inside nor a DHCP lease tells one"),
        agent.isEmpty() ? guestSshText(QT_TRANSLATE_NOOP("GuestSsh",
            "Give it a card in a network, or publish its port 22 when it is made (--publish "
            "2222:22)."))
                        : agent.toStdString());
}

} // namespace

Result<> checkSshUser(const QString& user)
{
    // what ssh(1) itself refuses is not let through either: a shell reads the user's name where it jumps
    static const QRegularExpression wellFormed(
        QStringLiteral("\\A[\\p{L}\\p{N}_.]([\\p{L}\\p{N}_.@+\\\\-]{0,254}[\\p{L}\\p{N}_.@+-])?\\z"));
    if (wellFormed.match(user).hasMatch())
        return {};
    return Error{ ErrorCode::InvalidArgument, '"' + user.left(64).toStdString() + "\" is no user's name", 0,
        guestSshText(QT_TRANSLATE_NOOP("GuestSsh", "Letters, digits and . _ - + @; it does not begin with a dash.")) };
}

Result<> checkSshInstalled()
{
    if (!QStandardPaths::findExecutable(QStringLiteral("ssh")).isEmpty())
        return {};
    return Error{ ErrorCode::Unavailable,
        guestSshText(QT_TRANSLATE_NOOP("GuestSsh", "needs ssh: there is none in the search path")), 0,
        guestSshText(QT_TRANSLATE_NOOP("GuestSsh", "Install it: sudo apt install openssh-client")) };
}

Result<SshPlace> sshPlaceOf(const WorkloadInfo& machine, const GuestFacts& facts, const QString& uri)
{
    if (machine.state != WorkloadState::Running)
        return missingAddress(machine, facts);
    auto place = addressBy(facts, GuestAddress::Way::Card);
    if (!place)
        place = publishedPlace(machine);
    if (!place)
        place = addressBy(facts, GuestAddress::Way::Inside);
    if (!place)
        return missingAddress(machine, facts);
    const FarHost far(uri);
    if (!far.isElsewhere || !isPrivate(place->address))
        return *std::move(place);
    if (!far.isBySsh)
        return needsAddress(
            QT_TRANSLATE_NOOP("GuestSsh", "the one that is known means something on its own computer only"),
            guestSshText(
                QT_TRANSLATE_NOOP("GuestSsh", "Connect to libvirt there by qemu+ssh, and ssh goes that way.")));
    auto jump = far.jump();
    if (!jump)
        return std::move(jump).error();
    place->jump = *std::move(jump);
    return *std::move(place);
}

Result<QStringList> sshCommand(const SshPlace& place, const SshWish& wish)
{
    if (!isHost(place.address))
        return Error{ ErrorCode::InvalidArgument, '"' + place.address.left(64).toStdString() + "\" is no address", 0,
            {} };
    if (wish.port && place.port != kSshPort && *wish.port != place.port)
        return Error{ ErrorCode::InvalidArgument,
            "it is reached by the published port " + std::to_string(place.port) + " only", 0,
            guestSshText(QT_TRANSLATE_NOOP("GuestSsh", "Leave the port away.")) };
    QStringList words{ QStringLiteral("ssh") };
    if (!place.jump.isEmpty())
        words << QStringLiteral("-J") << place.jump;
    const std::uint16_t port = wish.port.value_or(place.port);
    if (port != kSshPort)
        words << QStringLiteral("-p") << QString::number(port);
    if (!wish.user.isEmpty()) {
        if (auto checked = checkSshUser(wish.user); !checked)
            return std::move(checked).error();
    }
    words << QStringLiteral("--") << (wish.user.isEmpty() ? place.address : wish.user + u'@' + place.address);
    return words + wish.command;
}

} // namespace twinhull
