// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/machine_guest.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString translateGuest(const char* text)
{
    return QCoreApplication::translate("MachineGuest", text);
}

} // namespace

bool GuestAddress::isReachable() const
{
    const bool isLoop = address.startsWith(QStringLiteral("127.")) || address == u"::1";
    const bool isOfLink = address.startsWith(QStringLiteral("169.254.")) || address.startsWith(QStringLiteral("fe80:"));
    return !address.isEmpty() && !isLoop && !isOfLink && way != Way::UserNetwork;
}

QString nameOf(GuestFacts::Agent agent)
{
    switch (agent) {
    case GuestFacts::Agent::Answers:
        return QStringLiteral("answers");
    case GuestFacts::Agent::Off:
        return QStringLiteral("off");
    case GuestFacts::Agent::NoChannel:
        return QStringLiteral("no-channel");
    case GuestFacts::Agent::Silent:
        return QStringLiteral("silent");
    case GuestFacts::Agent::Ours:
        return QStringLiteral("guest-init");
    case GuestFacts::Agent::Impossible:
        break;
    }
    return QStringLiteral("impossible");
}

QString nameOf(GuestAddress::Source source)
{
    switch (source) {
    case GuestAddress::Source::Agent:
        return QStringLiteral("agent");
    case GuestAddress::Source::Lease:
        return QStringLiteral("lease");
    case GuestAddress::Source::Arp:
        break;
    }
    return QStringLiteral("arp");
}

QString sentenceFor(GuestFacts::Agent agent)
{
    switch (agent) {
    case GuestFacts::Agent::Answers:
        return {};
    case GuestFacts::Agent::Off:
        return translateGuest("It does not run, so nothing inside answers. Start it first.");
    case GuestFacts::Agent::NoChannel:
        return translateGuest("Needs a channel to qemu-guest-agent. Add the hardware \"Channel\", and install "
                              "qemu-guest-agent inside.");
    case GuestFacts::Agent::Silent:
        return translateGuest("Needs qemu-guest-agent inside, which does not answer. Install the package "
                              "qemu-guest-agent and start its service; a guest that still boots answers later.");
    case GuestFacts::Agent::Ours:
        return translateGuest("Made from an image: its own agent gives the figures, files, processes and terminals of "
                              "the other tabs.");
    case GuestFacts::Agent::Impossible:
        break;
    }
    return translateGuest("Needs QEMU: this hypervisor knows no qemu-guest-agent.");
}

QString frozenText(const GuestFacts& facts)
{
    return facts.isFrozen
        ? translateGuest("file systems are frozen, as for a backup; its agent tells nothing else until they are thawed")
        : translateGuest("file systems are not frozen");
}

QString sourceText(GuestAddress::Source source)
{
    switch (source) {
    case GuestAddress::Source::Agent:
        return translateGuest("the guest's agent");
    case GuestAddress::Source::Lease:
        return translateGuest("the network's DHCP leases");
    case GuestAddress::Source::Arp:
        break;
    }
    return translateGuest("this computer's ARP table");
}

} // namespace twinhull
