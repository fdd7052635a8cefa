// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/option_text.h"

#include <QRegularExpression>

#include <arpa/inet.h>

namespace twinhull {

namespace {

Error misnamed(const QString& what, const QString& text, const char* problem, const char* hint = "")
{
    return Error{ ErrorCode::InvalidArgument, (what + u' ' + text + QStringLiteral(": ")).toStdString() + problem, 0,
        hint };
}

bool isAddress(const QString& text, int family)
{
    unsigned char bytes[sizeof(in6_addr)];
    return ::inet_pton(family, text.toLatin1().constData(), bytes) == 1;
}

bool isDomain(const QString& text)
{
    static const QRegularExpression kLabels(
        QStringLiteral("\\A[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\\.?\\z"));
    return text.size() <= 253 && kLabels.match(text).hasMatch();
}

} // namespace

QString freeName(const QString& wish, const std::function<bool(const QString&)>& isTaken)
{
    static const QRegularExpression kNumbered(QStringLiteral("-\\d+$"));
    if (!isTaken(wish))
        return wish;
    QString stem = wish;
    stem.remove(kNumbered);
    for (int number = 2;; ++number) {
        const QString name = stem + QLatin1Char('-') + QString::number(number);
        if (!isTaken(name))
            return name;
    }
}

Result<> checkHostName(const QString& name)
{
    static const QRegularExpression kForm(QStringLiteral("\\A[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?\\z"));
    if (kForm.match(name).hasMatch())
        return {};
    return misnamed(QStringLiteral("hostname"), name, "not a host name",
        "Use up to 64 letters, digits, dashes and dots, a letter or digit first and last.");
}

Result<HostEntry> hostEntryFromText(const QString& text)
{
    HostEntry entry{ text.section(u':', 0, 0).trimmed(), text.section(u':', 1).trimmed() };
    if (entry.address.startsWith(u'[') && entry.address.endsWith(u']'))
        entry.address = entry.address.mid(1, entry.address.size() - 2);
    if (entry.address == u"host-gateway")
        return misnamed(QStringLiteral("add-host"), text, "a container does not reach this computer's own services",
            "Publish from the other side: let both be containers, or listen on an address of the local network.");
    if (!isDomain(entry.name) || (!isAddress(entry.address, AF_INET) && !isAddress(entry.address, AF_INET6)))
        return misnamed(QStringLiteral("add-host"), text, "not NAME:ADDRESS", "Write it as db.example:192.168.1.20.");
    return entry;
}

QString hostEntryText(const HostEntry& entry)
{
    return entry.name + QLatin1Char(':') + entry.address;
}

Result<> checkNameServer(const QString& address)
{
    if (isAddress(address, AF_INET))
        return {};
    return isAddress(address, AF_INET6)
        ? misnamed(QStringLiteral("dns"), address, "containers have a network of IPv4 alone", "Use an IPv4 address.")
        : misnamed(QStringLiteral("dns"), address, "not an address", "Write it as 9.9.9.9.");
}

Result<> checkSearchDomain(const QString& domain)
{
    return domain == u"." || isDomain(domain) ? Result<>()
                                              : misnamed(QStringLiteral("dns-search"), domain, "not a domain");
}

const QStringList& knownCapabilities()
{
    static const QStringList kNames = QStringLiteral(
        "CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID "
        "CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK "
        "CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN "
        "CAP_SYS_BOOT CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE "
        "CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM "
        "CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE")
                                          .split(u' '); // capabilities(7)
    return kNames;
}

Result<QString> capabilityFromText(const QString& text)
{
    const QString upper = text.trimmed().toUpper();
    if (upper == u"ALL")
        return upper;
    const QString name = upper.startsWith(u"CAP_") ? upper : QStringLiteral("CAP_") + upper;
    if (knownCapabilities().contains(name))
        return name;
    return misnamed(QStringLiteral("capability"), text, "no such capability", "They are listed in capabilities(7).");
}

} // namespace twinhull
