// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/command_words.h"

namespace twinhull {

namespace {

class WordCutter {
public:
    void take(QChar c)
    {
        if (m_isEscaped)
            takeEscaped(c);
        else if (c == u'\\' && m_quote != u'\'')
            m_isEscaped = true;
        else if (!m_quote.isNull())
            takeQuoted(c);
        else if (c == u'\'' || c == u'"')
            beginQuote(c);
        else if (c.isSpace())
            endWord();
        else
            append(c);
    }

    bool isOpen() const { return m_isEscaped || !m_quote.isNull(); }

    QStringList words()
    {
        endWord();
        return m_words;
    }

private:
    void takeEscaped(QChar c)
    {
        m_isEscaped = false;
        const bool keepsIt = m_quote == u'"' && c != u'"' && c != u'\\' && c != u'$' && c != u'`';
        if (keepsIt)
            append(u'\\');
        append(c);
    }

    void takeQuoted(QChar c)
    {
        if (c == m_quote)
            m_quote = QChar();
        else
            append(c);
    }

    void beginQuote(QChar c)
    {
        m_quote = c;
        m_isWord = true; // '' is an empty word
    }

    void append(QChar c)
    {
        m_word += c;
        m_isWord = true;
    }

    void endWord()
    {
        if (m_isWord)
            m_words << m_word;
        m_word.clear();
        m_isWord = false;
    }

    QStringList m_words;
    QString m_word;
    QChar m_quote;
    bool m_isWord = false;
    bool m_isEscaped = false;
};

} // namespace

Result<QStringList> commandWords(const QString& text)
{
    WordCutter cutter;
    for (const QChar c : text)
        cutter.take(c);
    if (cutter.isOpen())
        return Error{ ErrorCode::InvalidArgument, "the command " + text.toStdString() + ": a quote has no end", 0,
            "Close it, or write a backslash before it" };
    return cutter.words();
}

} // namespace twinhull
