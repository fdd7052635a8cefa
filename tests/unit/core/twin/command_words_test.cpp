// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/command_words.h"

#include <QTest>

using namespace twinhull;

class CommandWordsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cutsAsAShellDoes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("words");
        const auto row = [](const char* name, const char* text, std::initializer_list<const char*> words) {
            QStringList list;
            for (const char* word : words)
                list << QString::fromUtf8(word);
            QTest::newRow(name) << QString::fromUtf8(text) << list;
        };
        row("nothing", "", {});
        row("blanks", " \t ", {});
        row("plain", " sysbench  cpu run ", { "sysbench", "cpu", "run" });
        row("single quotes", "sh -c 'echo \"a\" \\n $b'", { "sh", "-c", "echo \"a\" \\n $b" });
        row("double quotes", "echo \"it's \\\"one\\\" \\n\"", { "echo", "it's \"one\" \\n" });
        row("empty words", "a '' \"\"", { "a", "", "" });
        row("glued", "--x='a b'c", { "--x=a bc" });
        row("escaped", "a\\ b \\' \\\\", { "a b", "'", "\\" });
        row("not expanded", "echo $HOME * `id`", { "echo", "$HOME", "*", "`id`" });
    }
    void cutsAsAShellDoes()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, words);
        const auto cut = commandWords(text);
        QVERIFY(cut);
        QCOMPARE(*cut, words);
    }

    void refusesAnOpenQuote()
    {
        for (const char* text : { "sh -c 'a", "echo \"", "a\\" }) {
            const auto cut = commandWords(QString::fromUtf8(text));
            QVERIFY2(!cut, text);
            QCOMPARE(cut.error().code, ErrorCode::InvalidArgument);
        }
    }
};

QTEST_GUILESS_MAIN(CommandWordsTest)
#include "command_words_test.moc"
