// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/machine_form.h"

#include "core/workload/cloud_init_files.h"

#include <QRegularExpression>

namespace twinhull {

QStringList CloudInitText::keyFileList() const
{
    QStringList files;
    for (const QString& file : keyFiles.split(u',', Qt::SkipEmptyParts)) {
        if (!file.trimmed().isEmpty())
            files << file.trimmed();
    }
    return files;
}

QStringList CloudInitText::packageList() const
{
    static const QRegularExpression kSeparators(QStringLiteral("[\\s,]+"));
    return packages.split(kSeparators, Qt::SkipEmptyParts);
}

CloudInit cloudInitOf(const CloudInitText& text)
{
    CloudInit made;
    made.user = text.user.trimmed();
    made.password = text.password;
    made.packages = text.packageList();
    made.hostName = text.hostName.trimmed();
    return made;
}

Result<> readCloudFiles(const CloudInitText& text, CloudInit& into)
{
    for (const QString& file : text.keyFileList()) {
        const auto keys = publicKeysFrom(file);
        if (!keys)
            return keys.error();
        into.sshKeys += *keys;
    }
    if (auto read = readOwnCloudData(text.userDataFile, into.userData); !read)
        return read;
    return readOwnCloudData(text.networkConfigFile, into.networkConfig);
}

} // namespace twinhull
