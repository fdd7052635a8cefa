// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_cursor.h"
#include "core/compose/compose_extends.h"

#include <QStringList>

namespace twinhull {

/// Takes in what the files say that "include" names: each is a project of its own, with paths relative to its folder
/// (project_directory), and what it says must not be said by another. Variables are the project's. Internal to
/// core/compose.
class FileInclusion {
public:
    FileInclusion(const ComposeVariables& variables, QString projectFolder, ServiceExtension& extension,
        ComposeFindings& findings);

    /// Into a file whose variables are put in. Files that cannot be read, that include each other or that are more than
    /// 20 are findings.
    void resolve(ComposeValue& root, const QString& file);

private:
    void takeIn(ComposeValue& root, const QString& folder, const QStringList& chain);
    void include(const ComposeCursor& item, ComposeValue& root, const QString& folder, const QStringList& chain);
    std::optional<ComposeValue> opened(
        const ComposeCursor& item, const QString& file, const QString& projectFolder, const QStringList& chain);
    void add(ComposeValue& root, ComposeValue&& other);

    const ComposeVariables& m_variables;
    QString m_folder;
    ServiceExtension& m_extension;
    ComposeFindings& m_findings;
    std::size_t m_files = 0;
};

} // namespace twinhull
