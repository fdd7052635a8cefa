// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/work_figure.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr qsizetype kMostQuoted = 80;
/// PCRE2's own limit of steps for one place of the text (pcre2pattern(3), "Setting match resource limits"). A pattern
/// can only lower it further.
constexpr const char* kLimit = "(*LIMIT_MATCH=100000)";

QString tr(const char* text)
{
    return QCoreApplication::translate("WorkFigure", text);
}

Error refuse(const std::string& what, const std::string& hint)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, hint };
}

QRegularExpression compiled(const QString& pattern)
{
    return QRegularExpression(QLatin1String(kLimit) + pattern, QRegularExpression::MultilineOption);
}

QString endOf(const std::string& text)
{
    const std::size_t skipped = text.size() - std::min(text.size(), kSearchedBytes);
    return QString::fromUtf8(text.data() + skipped, static_cast<qsizetype>(text.size() - skipped));
}

/// The text of the group that counts.
QString captured(const QRegularExpressionMatch& match)
{
    for (int group = 1; group <= match.lastCapturedIndex(); ++group) {
        if (match.capturedStart(group) >= 0)
            return match.captured(group);
    }
    return match.captured();
}

struct Search {
    std::optional<QString> found;
    bool wasGivenUp = false;
};

Search lastMatch(const QRegularExpression& pattern, const QString& text)
{
    Search search;
    auto matches = pattern.globalMatch(text, 0, QRegularExpression::NormalMatch,
        QRegularExpression::DontCheckSubjectStringMatchOption); // of fromUtf8(): it is valid
    while (matches.hasNext())
        search.found = captured(matches.next());
    search.wasGivenUp = !matches.isValid();
    return search;
}

/// In the output, else in the error output.
Search lastMatch(const QString& pattern, const CommandOutcome& outcome)
{
    const auto expression = compiled(pattern);
    Search search;
    for (const std::string* output : { &outcome.output, &outcome.errorOutput }) {
        if (!search.found && !search.wasGivenUp)
            search = lastMatch(expression, endOf(*output));
    }
    return search;
}

QString quoted(const QString& text)
{
    return QStringLiteral("\"%1\"").arg(plainText(text.trimmed(), kMostQuoted));
}

QString lastLine(const QString& text)
{
    return text.trimmed().section(u'\n', -1);
}

} // namespace

Result<> checkWorkScale(const WorkScale& scale)
{
    if (scale.pattern.size() > kMostPatternCharacters)
        return refuse(
            "the pattern of the figure is longer than " + std::to_string(kMostPatternCharacters) + " characters",
            "Write less around the figure.");
    if (plainText(scale.unit, kMostUnitCharacters) != scale.unit)
        return refuse("the unit of the figure is longer than " + std::to_string(kMostUnitCharacters)
                + " characters, or holds some that cannot be printed",
            "Name it as people write it: events/s.");
    const auto pattern = compiled(scale.pattern);
    if (pattern.isValid())
        return {};
    const auto offset = std::max<qsizetype>(pattern.patternErrorOffset() - static_cast<qsizetype>(qstrlen(kLimit)), 0);
    return refuse("the pattern of the figure is no regular expression: " + pattern.errorString().toStdString()
            + " at character " + std::to_string(offset),
        "Put the figure in round brackets: 'events per second:\\s*([0-9.]+)'.");
}

Figure readWorkFigure(const WorkScale& scale, const CommandOutcome& outcome)
{
    const Search search = lastMatch(scale.pattern, outcome);
    if (search.wasGivenUp)
        return Figure::absent(
            tr("needs a simpler pattern: looking for %1 took too many steps").arg(quoted(scale.pattern)));
    if (!search.found) {
        const QString said = lastLine(endOf(outcome.output.empty() ? outcome.errorOutput : outcome.output));
        return Figure::absent(said.isEmpty()
                ? tr("needs a match of %1; the command printed nothing").arg(quoted(scale.pattern))
                : tr("needs a match of %1; the command's last line was %2").arg(quoted(scale.pattern), quoted(said)));
    }
    bool isNumber = false;
    const double value = search.found->trimmed().toDouble(&isNumber); // of the C locale
    return isNumber && std::isfinite(value)
        ? Figure::of(value)
        : Figure::absent(
            tr("needs a number where %1 matches; it was %2").arg(quoted(scale.pattern), quoted(*search.found)));
}

std::optional<QString> readToldFailure(const QString& pattern, const CommandOutcome& outcome)
{
    const Search search = lastMatch(pattern, outcome);
    if (search.wasGivenUp)
        return tr("whether it did cannot be told: looking for %1 took too many steps").arg(quoted(pattern));
    if (!search.found)
        return std::nullopt;
    return plainText(search.found->trimmed(), kMostQuoted);
}

QString plainText(QString text, qsizetype most)
{
    text.truncate(std::min(text.size(), 4 * most)); // no more than that is worth a look
    text.removeIf([](QChar c) { return !c.isPrint(); });
    return text.left(most);
}

QString nameOf(Better better)
{
    switch (better) {
    case Better::NotTold:
        break;
    case Better::Higher:
        return QStringLiteral("higher");
    case Better::Lower:
        return QStringLiteral("lower");
    }
    return {};
}

std::optional<Better> betterNamed(const QString& name)
{
    for (const Better better : { Better::NotTold, Better::Higher, Better::Lower }) {
        if (name == nameOf(better))
            return better;
    }
    return std::nullopt;
}

} // namespace twinhull
