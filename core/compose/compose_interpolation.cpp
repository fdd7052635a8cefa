// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_variables.h"

#include <QProcessEnvironment>

namespace twinhull {

namespace {

constexpr int kDeepestNesting = 10;

bool startsName(QChar c)
{
    return c == u'_' || (c.unicode() < 0x80 && c.isLetter());
}

bool continuesName(QChar c)
{
    return startsName(c) || (c.unicode() < 0x80 && c.isDigit());
}

Error badInterpolation(const QString& text, const std::string& problem)
{
    return Error{ ErrorCode::InvalidArgument, "\"" + text.left(80).toStdString() + "\": " + problem, 0,
        "Write ${NAME}, ${NAME:-default} or ${NAME:?complaint}; a dollar itself is $$." };
}

class Interpolation {
public:
    Interpolation(const QString& text, const ComposeVariables& variables, QStringList& unset)
        : m_text(text), m_variables(variables), m_unset(unset)
    {
    }

    /// Up to the end, or to the "}" of the variable that this is the word of.
    Result<QString> run(int depth)
    {
        QString out;
        while (m_at < m_text.size() && !(depth > 0 && m_text[m_at] == u'}')) {
            if (m_text[m_at] != u'$') {
                out += m_text[m_at++];
                continue;
            }
            auto value = variable(depth);
            if (!value)
                return value;
            out += *value;
            if (out.size() > kLongestInterpolation)
                return badInterpolation(m_text, "it becomes too long");
        }
        return out;
    }

private:
    QString name()
    {
        const auto begin = m_at;
        if (m_at < m_text.size() && startsName(m_text[m_at])) {
            while (m_at < m_text.size() && continuesName(m_text[m_at]))
                ++m_at;
        }
        return m_text.mid(begin, m_at - begin);
    }

    QString valueOf(const QString& key)
    {
        const auto found = m_variables.find(key);
        if (found != m_variables.end())
            return *found;
        if (!m_unset.contains(key))
            m_unset << key;
        return {};
    }

    Result<QString> variable(int depth)
    {
        ++m_at; // the dollar
        const QChar next = m_at < m_text.size() ? m_text[m_at] : QChar();
        if (next == u'$') {
            ++m_at;
            return QStringLiteral("$");
        }
        if (next != u'{') {
            const QString key = name();
            return key.isEmpty() ? QStringLiteral("$") : valueOf(key); // before no name it is a dollar
        }
        if (depth >= kDeepestNesting)
            return badInterpolation(m_text, "too many variables inside each other");
        ++m_at;
        const QString key = name();
        if (key.isEmpty())
            return badInterpolation(m_text, "no name after ${");
        return braced(key, depth);
    }

    /// After "${NAME".
    Result<QString> braced(const QString& key, int depth)
    {
        const bool countsEmpty = m_at < m_text.size() && m_text[m_at] == u':';
        m_at += countsEmpty ? 1 : 0;
        const QChar sign = m_at < m_text.size() ? m_text[m_at] : QChar();
        if (sign == u'}' && !countsEmpty) {
            ++m_at;
            return valueOf(key);
        }
        if (sign != u'-' && sign != u'?' && sign != u'+')
            return badInterpolation(m_text, "a variable that does not end");
        ++m_at;
        const QStringList before = m_unset;
        auto word = run(depth + 1);
        if (!word)
            return word;
        if (m_at >= m_text.size())
            return badInterpolation(m_text, "a variable that does not end");
        ++m_at; // the brace
        const auto found = m_variables.find(key);
        const bool isSet = found != m_variables.end() && !(countsEmpty && found->isEmpty());
        if (isSet != (sign == u'+')) // the word is not used
            m_unset = before;
        if (sign == u'+')
            return isSet ? *std::move(word) : QString();
        if (isSet)
            return *found;
        if (sign == u'-')
            return word;
        const QString complaint = word->isEmpty() ? QStringLiteral("it must be set") : *word;
        return Error{ ErrorCode::InvalidArgument, (key + QStringLiteral(": ") + complaint).toStdString(), 0,
            "Set it in the environment or in .env." };
    }

    const QString& m_text;
    const ComposeVariables& m_variables;
    QStringList& m_unset;
    qsizetype m_at = 0;
};

} // namespace

Result<QString> interpolated(const QString& text, const ComposeVariables& variables, QStringList& unset)
{
    if (!text.contains(u'$'))
        return text;
    return Interpolation(text, variables, unset).run(0);
}

ComposeVariables variablesOfThisProcess()
{
    ComposeVariables variables;
    const auto environment = QProcessEnvironment::systemEnvironment();
    for (const QString& key : environment.keys())
        variables.insert(key, environment.value(key));
    return variables;
}

} // namespace twinhull
