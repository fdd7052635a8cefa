// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <vector>

namespace twinhull::test {

/// A file of the project as lines.
struct SourceFile {
    QString path; ///< from the root of the source tree
    QStringList lines;

    bool isIn(const QString& folder) const { return path.startsWith(folder + QLatin1Char('/')); }
    bool isHeader() const { return path.endsWith(QLatin1String(".h")); }
};

/// In memory, for checks that a rule can fail.
SourceFile sourceFrom(const QString& path, const QString& text);

/// All files below these folders (or these files themselves) whose names match one of the patterns; build/ is left out.
std::vector<SourceFile> sourcesBelow(const QStringList& folders, const QStringList& namePatterns);

/// The headers a file includes as they are written, without quotes or brackets.
struct Include {
    QString name;
    bool isQuoted = false;
    int line = 0; ///< from 1
};
std::vector<Include> includesOf(const SourceFile& file);

/// A line without its // comment and without the contents of its string literals.
QString codeOf(const QString& line);

/// What one file does wrong, one sentence each; empty when all is well.
using Rule = std::function<QStringList(const SourceFile&)>;
QStringList violations(const std::vector<SourceFile>& files, const Rule& rule);

/// "path:line: what"
QString at(const SourceFile& file, int line, const QString& what);

} // namespace twinhull::test
