// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"

#include <QDir>
#include <QString>

#include <vector>

#include <sys/types.h>

namespace twinhull::test {

/// Processes whose program's path contains `program` and whose arguments name something below `folder`.
inline std::vector<pid_t> processesNaming(const QString& folder, const QByteArray& program)
{
    std::vector<pid_t> found;
    for (const QString& entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const pid_t pid = entry.toInt();
        const auto text = pid > 0 ? readFile("/proc/" + entry.toStdString() + "/cmdline", 1U << 20U) : std::string();
        if (!text)
            continue;
        const QByteArray arguments = QByteArray::fromStdString(*text);
        if (arguments.split('\0').front().contains(program) && arguments.contains(folder.toUtf8()))
            found.push_back(pid);
    }
    return found;
}

} // namespace twinhull::test
