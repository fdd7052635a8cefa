// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/shell_words.h"

namespace twinhull {

namespace {

/// Inside double quotes a backslash is itself before all but these (POSIX, 2.2.3).
bool isEscapedInQuotes(QChar c)
{
    return c == u'"' || c == u'\\' || c == u'$' || c == u'`';
}

} // namespace

Result<QStringList> wordsOfCommand(const QString& text)
{
    QStringList words;
    QString word;
    QChar quote;
    bool isInWord = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool hasNext = i + 1 < text.size();
        if (c == u'\\' && hasNext && quote != u'\'' && (quote.isNull() || isEscapedInQuotes(text[i + 1]))) {
            ++i;
            if (text[i] != u'\n') // the line goes on
                word += text[i];
            isInWord = true;
        } else if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else
                word += c;
        } else if (c == u'\'' || c == u'"') {
            quote = c;
            isInWord = true;
        } else if (c.isSpace()) {
            if (isInWord)
                words << word;
            word.clear();
            isInWord = false;
        } else {
            word += c;
            isInWord = true;
        }
    }
    if (!quote.isNull())
        return Error{ ErrorCode::InvalidArgument, "a quote that does not end: " + text.left(80).toStdString(), 0, {} };
    if (isInWord)
        words << word;
    return words;
}

} // namespace twinhull
