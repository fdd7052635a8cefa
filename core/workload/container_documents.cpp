// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/container_documents.h"

#include "core/base/files.h"
#include "core/ipc/container_folder.h"
#include "core/ipc/health_report.h"

#include <QJsonDocument>

namespace twinhull {

namespace {

constexpr std::size_t kDocumentLimitBytes = 16U << 20U;

QJsonValue documentAt(const std::string& path)
{
    const auto text = readFile(path, kDocumentLimitBytes);
    const auto document = QJsonDocument::fromJson(text ? QByteArray::fromStdString(*text) : QByteArray());
    return document.isObject() ? QJsonValue(document.object()) : QJsonValue();
}

/// How it gets its root, and why where that is not by an overlay.
QJsonObject rootOf(const QJsonObject& settings)
{
    const QJsonObject root = settings[u"root"].toObject();
    const bool isCopy = root[u"copy"].toBool();
    if (!isCopy && !root[u"fuse"].toBool())
        return { { QStringLiteral("kind"), QStringLiteral("native overlay") } };
    return { { QStringLiteral("kind"), isCopy ? QStringLiteral("copy") : QStringLiteral("fuse-overlayfs") },
        { QStringLiteral("because"), root[u"because"] } };
}

} // namespace

QJsonObject containerDocuments(const DataFolders& folders, const QString& key, bool hasConfig)
{
    const ContainerFolder folder(folders, key.toStdString());
    QJsonObject json;
    const QJsonValue settings = documentAt(folder.settingsPath());
    json[QStringLiteral("settings")] = settings;
    if (settings.isObject())
        json[QStringLiteral("root")] = rootOf(settings.toObject());
    json[QStringLiteral("run")] = documentAt(folder.runRecordPath())[u"status"];
    json[QStringLiteral("latest_exit")] = documentAt(folder.exitRecordPath());
    json[QStringLiteral("health_checks")] = documentAt(folder.path() + "/" + kHealthReportName);
    json[QStringLiteral("folder")] = QString::fromStdString(folder.path());
    json[QStringLiteral("writable_layer")] = QString::fromStdString(folder.upperPath());
    json[QStringLiteral("config_path")] = QString::fromStdString(folder.configPath());
    if (hasConfig)
        json[QStringLiteral("config")] = documentAt(folder.configPath());
    return json;
}

} // namespace twinhull
