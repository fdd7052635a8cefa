// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compose/compose_value.h"

namespace twinhull {

/// Something that a Compose file says and that cannot be done, or is done otherwise.
struct ComposeFinding {
    enum class Severity {
        Error, ///< nothing of the file is run
        Warning, ///< it is run, without that
    };

    Severity severity = Severity::Error;
    ComposePlace place;
    QString path; ///< "services.web.ports[0]"; empty: the whole file
    QString text; ///< one sentence

    friend bool operator==(const ComposeFinding&, const ComposeFinding&) = default;
};

/// "compose.yaml:12:5: error: services.web.prots: there is no such key"
QString findingLine(const QString& file, const ComposeFinding& finding);

constexpr std::size_t kMostComposeFindings = 200;

/// What was found while a file was read, in the order of the file once it is sorted; the first kMostComposeFindings.
class ComposeFindings {
public:
    void refuse(const ComposePlace& place, const QString& path, const QString& text);
    void warn(const ComposePlace& place, const QString& path, const QString& text);
    void sort();
    /// Of the file that is shown as this is what comes from now on, unless its place says another; empty: the first.
    void nameFile(const QString& file) { m_file = file; }

    bool isFull() const { return m_all.size() >= kMostComposeFindings; }
    bool hasErrors() const { return m_hasErrors; }
    const std::vector<ComposeFinding>& all() const { return m_all; }

private:
    void add(ComposeFinding finding);

    std::vector<ComposeFinding> m_all;
    QString m_file;
    bool m_hasErrors = false;
};

} // namespace twinhull
