// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_variables.h"

#include <QRegularExpression>

namespace twinhull {

namespace {

class EnvFile {
public:
    EnvFile(const QString& text, const ComposeVariables& above, const ComposeVariables& below)
        : m_text(text), m_above(above), m_variables(below)
    {
        for (auto it = above.begin(); it != above.end(); ++it)
            m_variables.insert(it.key(), it.value());
        m_text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
        if (m_text.startsWith(QChar(QChar::ByteOrderMark)))
            m_text.remove(0, 1);
    }

    Result<QList<QPair<QString, QString>>> read()
    {
        while (m_at < m_text.size()) {
            if (auto taken = takeLine(); !taken)
                return std::move(taken).error().withContext("line " + std::to_string(m_line));
        }
        return m_entries;
    }

private:
    QStringView restOfLine() const
    {
        const auto end = m_text.indexOf(u'\n', m_at);
        return QStringView(m_text).mid(m_at, end < 0 ? -1 : end - m_at);
    }

    void skip(qsizetype count)
    {
        m_line += static_cast<int>(m_text.mid(m_at, count).count(u'\n'));
        m_at += count;
    }

    Result<> takeLine()
    {
        static const QRegularExpression kKey(
            QStringLiteral("\\A[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \\t]*(=|\\z)"));
        const QString line = restOfLine().toString();
        if (const QString bare = line.trimmed(); bare.isEmpty() || bare.startsWith(u'#')) {
            skip(line.size() + 1);
            return {};
        }
        const auto match = kKey.match(line);
        if (!match.hasMatch() || line.contains(QChar(0)))
            return Error{ ErrorCode::InvalidArgument, "not KEY=VALUE", 0, {} };
        const QString key = match.captured(1);
        if (match.captured(2).isEmpty()) {
            if (const auto found = m_variables.find(key); found != m_variables.end())
                add(key, *found);
            skip(line.size() + 1);
            return {};
        }
        skip(match.capturedEnd(2));
        auto value = takeValue();
        if (!value)
            return std::move(value).error().withContext(key.toStdString());
        add(key, *value);
        return {};
    }

    Result<QString> takeValue()
    {
        while (m_at < m_text.size() && (m_text[m_at] == u' ' || m_text[m_at] == u'\t'))
            ++m_at;
        const QChar quote = m_at < m_text.size() ? m_text[m_at] : QChar();
        if (quote == u'\'' || quote == u'"')
            return takeQuoted(quote);
        static const QRegularExpression kComment(QStringLiteral("(\\A|[ \\t])#.*"));
        const QString rest = restOfLine().toString();
        skip(rest.size() + 1);
        return withVariables(QString(rest).remove(kComment).trimmed());
    }

    Result<QString> takeQuoted(QChar quote)
    {
        QString value;
        for (qsizetype i = m_at + 1; i < m_text.size(); ++i) {
            const QChar c = m_text[i];
            if (c == quote) {
                skip(i + 1 - m_at);
                const QString after = restOfLine().toString();
                skip(after.size() + 1);
                if (const QString bare = after.trimmed(); !bare.isEmpty() && !bare.startsWith(u'#'))
                    return Error{ ErrorCode::InvalidArgument, "something follows the closing quote", 0, {} };
                return quote == u'"' ? withVariables(value) : value;
            }
            const QChar next = i + 1 < m_text.size() ? m_text[i + 1] : QChar();
            if (c == u'\\' && quote == u'"' && !next.isNull())
                value += unescaped(m_text[++i]);
            else if (c == u'\\' && next == u'\'' && quote == u'\'')
                value += m_text[++i];
            else
                value += c;
        }
        return Error{ ErrorCode::InvalidArgument, "a quote that does not end", 0, {} };
    }

    static QString unescaped(QChar c)
    {
        switch (c.unicode()) {
        case u'n':
            return QStringLiteral("\n");
        case u't':
            return QStringLiteral("\t");
        case u'r':
            return QStringLiteral("\r");
        case u'$':
            return QStringLiteral("$$"); // of the variables that are put in afterwards
        case u'"':
        case u'\\':
            return c;
        default:
            return QString(u'\\') + c;
        }
    }

    Result<QString> withVariables(const QString& text) const
    {
        QStringList unset;
        return interpolated(text, m_variables, unset);
    }

    void add(const QString& key, const QString& value)
    {
        m_entries.append({ key, value });
        if (!m_above.contains(key))
            m_variables.insert(key, value);
    }

    QString m_text;
    const ComposeVariables& m_above;
    ComposeVariables m_variables; ///< that values may use
    QList<QPair<QString, QString>> m_entries;
    qsizetype m_at = 0;
    int m_line = 1;
};

} // namespace

Result<QList<QPair<QString, QString>>> environmentFileEntries(
    const QString& text, const ComposeVariables& variables, const ComposeVariables& below)
{
    return EnvFile(text, variables, below).read();
}

} // namespace twinhull
