// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/machine_form.h"

#include "core/workload/cloud_init_files.h"

#include <QRegularExpression>

namespace twinhull {

namespace {

QStringList filesIn(const QString& text)
{
    QStringList files;
    for (const QString& file : text.split(u',', Qt::SkipEmptyParts)) {
        if (!file.trimmed().isEmpty())
            files << file.trimmed();
    }
    return files;
}

Result<> readKeys(const QStringList& files, QStringList& into)
{
    for (const QString& file : files) {
        const auto keys = publicKeysFrom(file);
        if (!keys)
            return keys.error();
        into += *keys;
    }
    return {};
}

} // namespace

QStringList CloudInitText::keyFileList() const
{
    return filesIn(keyFiles);
}

QStringList UnattendedText::keyFileList() const
{
    return filesIn(keyFiles);
}

UnattendedInstall unattendedOf(const UnattendedText& text)
{
    return { text.user.trimmed(), text.password, text.hostName.trimmed(), {} };
}

Result<> readUnattendedFiles(const UnattendedText& text, UnattendedInstall& into)
{
    return readKeys(text.keyFileList(), into.sshKeys);
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
    if (auto read = readKeys(text.keyFileList(), into.sshKeys); !read)
        return read;
    if (auto read = readOwnCloudData(text.userDataFile, into.userData); !read)
        return read;
    return readOwnCloudData(text.networkConfigFile, into.networkConfig);
}

} // namespace twinhull
