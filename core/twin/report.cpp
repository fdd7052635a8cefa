// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report.h"

#include "core/base/files.h"

namespace twinhull {

Result<> Report::checkName(const QString& path)
{
    if (path.endsWith(u".json") || path.endsWith(u".html") || path.endsWith(u".csv") || path.endsWith(u".svg"))
        return {};
    return Error{ ErrorCode::InvalidArgument, "report " + path.toStdString() + ": unknown kind of file", 0,
        "Give it a name that ends in .html, .json, .csv, .svg or .png." };
}

Result<> Report::write(const QString& path) const
{
    if (auto known = checkName(path); !known)
        return known;
    const QByteArray text = path.endsWith(u".json") ? toJson()
        : path.endsWith(u".html")                   ? toHtml().toUtf8()
        : path.endsWith(u".svg")                    ? toSvg().toUtf8()
                                                    : toCsv();
    return writeFileAtomically(path.toStdString(), { text.constData(), static_cast<std::size_t>(text.size()) }, 0644)
        .withContext("write report");
}

} // namespace twinhull
