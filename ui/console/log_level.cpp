// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_level.h"

#include <array>
#include <optional>
#include <utility>

namespace twinhull {

namespace {

constexpr qsizetype kLookedAt = 120; // a time and a logger's name may stand before it

constexpr std::array<std::pair<QStringView, LineLevel>, 14> kLevelWords{ {
    { u"ERROR", LineLevel::Error },
    { u"ERR", LineLevel::Error },
    { u"FATAL", LineLevel::Error },
    { u"PANIC", LineLevel::Error },
    { u"CRITICAL", LineLevel::Error },
    { u"CRIT", LineLevel::Error },
    { u"ALERT", LineLevel::Error },
    { u"EMERG", LineLevel::Error },
    { u"WARNING", LineLevel::Warning },
    { u"WARN", LineLevel::Warning },
    { u"DEBUG", LineLevel::Debug },
    { u"TRACE", LineLevel::Debug },
    { u"INFO", LineLevel::None },
    { u"NOTICE", LineLevel::None },
} };

std::optional<LineLevel> levelWord(QStringView word, Qt::CaseSensitivity sensitivity)
{
    for (const auto& [name, level] : kLevelWords) {
        if (word.compare(name, sensitivity) == 0)
            return level;
    }
    return std::nullopt;
}

/// Behind "level=", "level\":\"", "lvl=" any case will do.
bool isNamed(QStringView line, qsizetype at)
{
    QStringView before = line.first(at);
    while (!before.isEmpty()
        && (before.back() == u'"' || before.back() == u':' || before.back() == u'=' || before.back() == u' '))
        before.chop(1);
    return before.size() < at && (before.endsWith(u"level") || before.endsWith(u"lvl") || before.endsWith(u"severity"));
}

} // namespace

LineLevel levelOf(QStringView line)
{
    const QStringView begin = line.left(kLookedAt);
    for (qsizetype at = 0; at < begin.size();) {
        if (!begin[at].isLetter()) {
            ++at;
            continue;
        }
        qsizetype end = at;
        while (end < begin.size() && begin[end].isLetterOrNumber())
            ++end;
        const auto sensitivity = isNamed(begin, at) ? Qt::CaseInsensitive : Qt::CaseSensitive;
        if (const auto level = levelWord(begin.sliced(at, end - at), sensitivity))
            return *level;
        at = end;
    }
    return LineLevel::None;
}

} // namespace twinhull
