// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_findings.h"

#include <algorithm>
#include <tuple>

namespace twinhull {

QString findingLine(const QString& file, const ComposeFinding& finding)
{
    QString line = finding.place.file.isEmpty() ? file : finding.place.file;
    if (finding.place.line > 0)
        line += QStringLiteral(":%1:%2").arg(finding.place.line).arg(finding.place.column);
    line += finding.severity == ComposeFinding::Severity::Error ? QStringLiteral(": error: ")
                                                                : QStringLiteral(": warning: ");
    return finding.path.isEmpty() ? line + finding.text : line + finding.path + QStringLiteral(": ") + finding.text;
}

void ComposeFindings::refuse(const ComposePlace& place, const QString& path, const QString& text)
{
    m_hasErrors = true;
    add({ ComposeFinding::Severity::Error, place, path, text });
}

void ComposeFindings::warn(const ComposePlace& place, const QString& path, const QString& text)
{
    add({ ComposeFinding::Severity::Warning, place, path, text });
}

void ComposeFindings::sort()
{
    std::stable_sort(m_all.begin(), m_all.end(), [](const ComposeFinding& left, const ComposeFinding& right) {
        return std::tie(left.place.file, left.place.line, left.place.column)
            < std::tie(right.place.file, right.place.line, right.place.column);
    });
}

void ComposeFindings::add(ComposeFinding finding)
{
    if (finding.place.file.isEmpty())
        finding.place.file = m_file;
    const bool isKnown = std::find(m_all.begin(), m_all.end(), finding) != m_all.end(); // by way of an alias
    if (!isKnown && m_all.size() < kMostComposeFindings)
        m_all.push_back(std::move(finding));
}

} // namespace twinhull
