// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/moment_text.h"

#include "core/base/clock.h"
#include "core/base/text.h"

#include <QDateTime>

namespace twinhull {

Result<std::int64_t> momentFromText(const std::string& text)
{
    const auto time = QDateTime::fromString(QString::fromStdString(text).replace(u' ', u'T'), Qt::ISODateWithMs);
    if (!time.isValid())
        return Error{ ErrorCode::InvalidArgument, "\"" + text + "\" is no moment", 0,
            "Write it like 2026-11-28 or \"2026-11-28 10:30\"." };
    return time.toMSecsSinceEpoch();
}

Result<std::int64_t> pastMomentFromText(const std::string& text)
{
    if (const auto before = parseDuration(text))
        return wallClockMilliseconds() - before->count();
    auto moment = momentFromText(text);
    if (!moment)
        return Error{ ErrorCode::InvalidArgument, "\"" + text + "\" is neither a moment nor a length of time", 0,
            "Write it like 10m, 1h30m, 2026-11-28 or \"2026-11-28 10:30\"." };
    return moment;
}

} // namespace twinhull
