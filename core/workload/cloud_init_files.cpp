// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/cloud_init_files.h"

#include "core/base/small_file.h"

namespace twinhull {

namespace {

constexpr std::size_t kKeyLimitBytes = 64U << 10U;
constexpr std::size_t kOwnDataLimitBytes = 1U << 20U;

} // namespace

Result<QStringList> publicKeysFrom(const QString& path)
{
    const auto text = readSmallFile(path.toStdString(), kKeyLimitBytes);
    if (!text)
        return text.error();
    QStringList keys;
    for (const QString& line : QString::fromStdString(*text).split(u'\n', Qt::SkipEmptyParts)) {
        if (!line.trimmed().isEmpty() && !line.startsWith(u'#'))
            keys << line.trimmed();
    }
    return keys;
}

Result<> readOwnCloudData(const QString& path, QByteArray& into)
{
    if (path.isEmpty())
        return {};
    const auto text = readSmallFile(path.toStdString(), kOwnDataLimitBytes);
    if (!text)
        return text.error();
    into = QByteArray::fromStdString(*text);
    return {};
}

} // namespace twinhull
