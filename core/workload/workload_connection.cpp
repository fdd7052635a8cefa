// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_connection.h"

#include <QCoreApplication>
#include <QLocale>

namespace twinhull {

QString keyOn(const QString& connection, const QString& id)
{
    return connection.isEmpty() ? id : id + u'@' + connection;
}

QString withoutConnection(const QString& key)
{
    return key.section(u'@', 0, 0);
}

QString connectionOf(const WorkloadId& id)
{
    return id.kind == WorkloadKind::Vm ? id.key.section(u'@', 1) : QString();
}

WorkloadProvider* providerOf(const WorkloadRegistry& registry, const WorkloadId& id)
{
    for (auto* provider : registry.providers()) {
        if (provider->kind() == id.kind && provider->find(id))
            return provider;
    }
    return connectionOf(id).isEmpty() ? registry.provider(id.kind) : nullptr; // never another host's namesake
}

QString lastSeenText(const QDateTime& lastSeen)
{
    if (!lastSeen.isValid())
        return QCoreApplication::translate("WorkloadConnection", "never");
    const bool isToday = lastSeen.date() == QDate::currentDate();
    return isToday
        ? lastSeen.toString(QStringLiteral("HH:mm"))
        : QLocale().toString(lastSeen.date(), QLocale::ShortFormat) + lastSeen.toString(QStringLiteral(" HH:mm"));
}

} // namespace twinhull
