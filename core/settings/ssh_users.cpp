// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/ssh_users.h"

namespace twinhull {

namespace {

constexpr qsizetype kMostSshUsers = 200;

/// A user's name has no blanks, and a key none either.
QString sshUserPrefix(const QString& machine)
{
    return machine + u' ';
}

} // namespace

QString sshUserOf(const Settings& settings, const QString& machine)
{
    const QString prefix = sshUserPrefix(machine);
    for (const QString& entry : settings.value(setting::kSshUsers)) {
        if (entry.startsWith(prefix))
            return entry.mid(prefix.size());
    }
    return {};
}

void keepSshUser(Settings& settings, const QString& machine, const QString& user)
{
    const QString prefix = sshUserPrefix(machine);
    QStringList entries = settings.value(setting::kSshUsers);
    entries.removeIf([&prefix](const QString& entry) { return entry.startsWith(prefix); });
    if (!user.isEmpty())
        entries.prepend(prefix + user);
    settings.setValue(setting::kSshUsers, QStringList(entries.mid(0, kMostSshUsers)));
}

} // namespace twinhull
