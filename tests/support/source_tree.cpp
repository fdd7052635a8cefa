// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/source_tree.h"

#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>

#include <algorithm>

namespace twinhull::test {

namespace {

QString rootFolder()
{
    return QStringLiteral(TH_SOURCE_DIR);
}

SourceFile load(const QString& path)
{
    QFile file(rootFolder() + QLatin1Char('/') + path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(file.fileName()));
    return sourceFrom(path, QString::fromUtf8(file.readAll()));
}

} // namespace

SourceFile sourceFrom(const QString& path, const QString& text)
{
    QString body = text;
    if (body.endsWith(QLatin1Char('\n')))
        body.chop(1);
    return { path, body.split(QLatin1Char('\n')) };
}

std::vector<SourceFile> sourcesBelow(const QStringList& folders, const QStringList& namePatterns)
{
    const QDir root(rootFolder());
    QStringList paths;
    for (const auto& folder : folders) {
        if (QFileInfo(root.filePath(folder)).isFile())
            paths.append(folder);
        QDirIterator walk(
            root.filePath(folder), namePatterns, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (walk.hasNext())
            paths.append(root.relativeFilePath(walk.next()));
    }
    paths.sort();
    std::vector<SourceFile> files;
    for (const auto& path : std::as_const(paths))
        files.push_back(load(path));
    return files;
}

std::vector<Include> includesOf(const SourceFile& file)
{
    static const QRegularExpression form(QStringLiteral("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]"));
    std::vector<Include> includes;
    for (int i = 0; i < file.lines.size(); ++i) {
        const auto match = form.match(file.lines.at(i));
        if (match.hasMatch())
            includes.push_back({ match.captured(2), match.captured(1) == QLatin1String("\""), i + 1 });
    }
    return includes;
}

QString codeOf(const QString& line)
{
    static const QRegularExpression literal(QStringLiteral("\"(?:[^\"\\\\]|\\\\.)*\""));
    QString code = line;
    code.replace(literal, QStringLiteral("\"\""));
    const auto comment = code.indexOf(QLatin1String("//"));
    return comment < 0 ? code : code.left(comment);
}

QStringList violations(const std::vector<SourceFile>& files, const Rule& rule)
{
    QStringList all;
    for (const auto& file : files)
        all += rule(file);
    return all;
}

QString at(const SourceFile& file, int line, const QString& what)
{
    return QStringLiteral("%1:%2: %3").arg(file.path).arg(line).arg(what);
}

} // namespace twinhull::test
