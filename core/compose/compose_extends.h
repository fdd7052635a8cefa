// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_findings.h"
#include "core/compose/compose_variables.h"

#include <map>
#include <optional>
#include <string>

namespace twinhull {

/// Puts the variables into all texts of a file; a finding for each that cannot be put in or is not set.
void interpolateAll(
    ComposeValue& value, const QString& path, const ComposeVariables& variables, ComposeFindings& findings);

/// A file of the project beside its first one, before its variables are put in. `shown` is what findings call it.
std::optional<ComposeValue> parseOtherFile(const std::string& text, const QString& shown, ComposeFindings& findings);

/// NotFound for what is no file, and the error of one larger than kComposeFileBytes.
Result<std::string> readOtherFile(const QString& file);

/// Paths of a service that are relative to a file in that folder.
void makePathsAbsolute(ComposeValue& service, const QString& folder);
/// The path that a key of a map is, where there is one.
void makePathAbsolute(ComposeValue& map, QStringView key, const QString& folder);

/// Resolves "extends": a service of the same or another file with what the service itself says above it. Other files
/// are named relative to the file that names them, read once and up to kComposeFileBytes, and paths in what comes from
/// there stay relative to it. Internal to core/compose.
class ServiceExtension {
public:
    ServiceExtension(const ComposeVariables& variables, QString projectFolder, ComposeFindings& findings);

    /// In all services of a file whose paths are relative to that folder. What cannot be found, or comes back to
    /// itself, is a finding.
    void resolve(ComposeValue& root, const QString& file, const QString& folder);

private:
    struct Document {
        QString file; ///< absolute
        QString folder; ///< what its paths are relative to
        const ComposeValue* services = nullptr;
    };

    ComposeValue whole(const Document& document, const QString& name, ComposeValue service, QStringList chain);
    std::optional<ComposeValue> baseOf(
        const Document& document, const QString& name, const ComposeValue& wish, const QStringList& chain);
    std::optional<Document> opened(const QString& file, const ComposeValue& wish, const QString& path);

    const ComposeVariables& m_variables;
    QString m_folder;
    ComposeFindings& m_findings;
    std::map<QString, std::optional<ComposeValue>> m_files; ///< other files by path; nothing: it cannot be read
    std::size_t m_count = 0; ///< values that were taken from elsewhere
};

} // namespace twinhull
