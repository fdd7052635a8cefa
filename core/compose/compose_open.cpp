// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_reader.h"

#include "core/base/files.h"
#include "core/compose/compose_yaml.h"

#include <QDir>
#include <QFileInfo>

namespace twinhull {

namespace {

const QString kFileVariable = QStringLiteral("COMPOSE_FILE");
const QString kSeparatorVariable = QStringLiteral("COMPOSE_PATH_SEPARATOR");

Result<> addVariables(const QString& path, const ComposeVariables& environment, ComposeVariables& variables)
{
    const auto text = readFile(path.toStdString(), kEnvFileBytes);
    auto entries = text ? environmentFileEntries(QString::fromStdString(*text), environment, variables)
                        : Result<QList<QPair<QString, QString>>>(text.error());
    if (!entries)
        return std::move(entries).error().withContext(path.toStdString());
    for (const auto& [key, value] : *entries)
        variables.insert(key, value);
    return {};
}

/// compose's own words: COMPOSE_FILE of the environment, else of .env, where no file is named.
Result<ComposeChoice> withNamedFiles(ComposeChoice choice)
{
    if (!choice.file.isEmpty())
        return choice;
    const QDir folder(choice.folder.isEmpty() ? QDir::currentPath() : choice.folder);
    ComposeVariables variables;
    if (const QString beside = folder.absoluteFilePath(QStringLiteral(".env")); QFileInfo::exists(beside)) {
        if (auto added = addVariables(beside, choice.environment, variables); !added)
            return std::move(added).error();
    }
    for (const QString& key : { kFileVariable, kSeparatorVariable }) {
        if (choice.environment.contains(key))
            variables.insert(key, choice.environment.value(key));
    }
    const QString separator = variables.value(kSeparatorVariable);
    QStringList files = variables.value(kFileVariable)
                            .split(separator.isEmpty() ? QStringLiteral(":") : separator, Qt::SkipEmptyParts);
    if (files.isEmpty())
        return choice;
    choice.file = files.takeFirst();
    choice.otherFiles = files + choice.otherFiles;
    return choice;
}

Result<QString> composeFileOf(const ComposeChoice& choice)
{
    const QDir folder(choice.folder.isEmpty() ? QDir::currentPath() : choice.folder);
    if (!choice.file.isEmpty())
        return QDir::cleanPath(folder.absoluteFilePath(choice.file));
    for (const char* name : { "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml" }) {
        const QString path = folder.absoluteFilePath(QLatin1String(name));
        if (QFileInfo::exists(path))
            return path;
    }
    return Error{ ErrorCode::NotFound, "there is no compose.yaml in " + folder.absolutePath().toStdString(), 0,
        "Name the file: --file FILE" };
}

bool isSaidTrue(const QString& word)
{
    return word == u"1" || word.compare(QLatin1String("true"), Qt::CaseInsensitive) == 0;
}

/// compose's own words: those that are named, else those of COMPOSE_ENV_FILES.
QStringList environmentFilesOf(const ComposeChoice& choice)
{
    QStringList files = choice.environmentFiles;
    if (files.isEmpty())
        files
            = choice.environment.value(QStringLiteral("COMPOSE_ENV_FILES")).split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (QString& file : files)
        file = QDir::cleanPath(QDir().absoluteFilePath(file.trimmed()));
    return files;
}

/// Those that are named, else the one beside a file that is not named, as compose takes it.
QStringList layersOf(const ComposeChoice& choice, const QFileInfo& file)
{
    QStringList layers;
    const QDir folder(choice.folder.isEmpty() ? QDir::currentPath() : choice.folder);
    for (const QString& other : choice.otherFiles)
        layers << QDir::cleanPath(folder.absoluteFilePath(other));
    if (!choice.file.isEmpty())
        return layers;
    for (const char* suffix : { "yaml", "yml" }) {
        const QString path = file.absoluteDir().absoluteFilePath(
            file.completeBaseName() + QStringLiteral(".override.") + QLatin1String(suffix));
        if (QFileInfo::exists(path))
            return { path };
    }
    return layers;
}

} // namespace

Result<ComposeText> openCompose(const ComposeChoice& asked)
{
    const auto named = withNamedFiles(asked);
    if (!named)
        return named.error();
    const ComposeChoice& choice = *named;
    auto path = composeFileOf(choice);
    if (!path)
        return std::move(path).error();
    ComposeText result;
    result.file = *path;
    auto text = readFile(path->toStdString(), kComposeFileBytes);
    if (!text)
        return std::move(text).error();
    result.text = *std::move(text);
    const QFileInfo file(*path);
    const QString beside = file.absoluteDir().absoluteFilePath(QStringLiteral(".env"));
    result.environmentFiles = environmentFilesOf(choice);
    const bool hasUsual = result.environmentFiles.isEmpty() && QFileInfo::exists(beside)
        && !isSaidTrue(choice.environment.value(QStringLiteral("COMPOSE_DISABLE_ENV_FILE")));
    for (const QString& each : hasUsual ? QStringList{ beside } : result.environmentFiles) {
        if (auto added = addVariables(each, choice.environment, result.variables); !added)
            return std::move(added).error();
    }
    for (auto it = choice.environment.begin(); it != choice.environment.end(); ++it)
        result.variables.insert(it.key(), it.value());
    result.projectName = choice.projectName;
    for (const QString& layer : layersOf(choice, file)) {
        auto more = readFile(layer.toStdString(), kComposeFileBytes);
        if (!more)
            return std::move(more).error();
        result.layers.push_back({ layer, *std::move(more) });
    }
    return result;
}

} // namespace twinhull
