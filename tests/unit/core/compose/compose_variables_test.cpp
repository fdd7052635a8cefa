// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_variables.h"
#include "core/compose/shell_words.h"

#include <QTest>

using namespace twinhull;

/// Variables in a Compose file, environment files, commands as text.
class ComposeVariablesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void putsVariablesIn_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("result"); // null: refused
        QTest::addColumn<QString>("unset");
        const auto row = [](const char* text, const char* result, const char* unset = "") {
            QTest::newRow(text) << QString::fromLatin1(text)
                                << (result == nullptr ? QString() : QString::fromLatin1(result) + u'.')
                                << QString::fromLatin1(unset);
        };
        row("plain", "plain");
        row("$SET", "value");
        row("a-$SET-b", "a-value-b");
        row("${SET}", "value");
        row("$SET.txt", "value.txt");
        row("$$SET $$$$", "$SET $$");
        row("$NONE", "", "NONE");
        row("${NONE}", "", "NONE");
        row("${NONE:-default}", "default");
        row("${NONE-default}", "default");
        row("${EMPTY:-default}", "default");
        row("${EMPTY-default}", "");
        row("${SET:-default}", "value");
        row("${NONE:-${SET}}", "value");
        row("${NONE:-${OTHER:-deep}}", "deep");
        row("${NONE:-$OTHER}", "", "OTHER");
        row("${SET:-$OTHER}", "value");
        row("${SET:+there}", "there");
        row("${EMPTY:+there}", "");
        row("${EMPTY+there}", "there");
        row("${NONE+there}", "");
        row("${SET:?must be}", "value");
        row("${NONE:?must be}", nullptr);
        row("${EMPTY:?must be}", nullptr);
        row("${EMPTY?must be}", "");
        row("${SET", nullptr);
        row("${SET:x}", nullptr);
        row("${NONE:-x", nullptr);
        row("${}", nullptr);
        row("$", "$");
        row("$ 5", "$ 5");
        row("$1 and $-", "$1 and $-");
        row("$$1", "$1");
        row("${1}", nullptr);
        row("${SET/a/b}", nullptr);
        row("${NONE?$SET}", nullptr);
        row("${NONE:-a$$b}", "a$b");
        row("${a b}", nullptr);
        row("${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-x}}}}}}}}}}}", nullptr);
    }
    void putsVariablesIn()
    {
        QFETCH(QString, text);
        QFETCH(QString, result);
        QFETCH(QString, unset);
        QStringList names;
        const ComposeVariables variables{ { QStringLiteral("SET"), QStringLiteral("value") },
            { QStringLiteral("EMPTY"), QString() } };
        const auto done = interpolated(text, variables, names);
        QCOMPARE(static_cast<bool>(done), !result.isNull());
        if (done) {
            QCOMPARE(*done + u'.', result);
            QCOMPARE(names.join(u' '), unset);
        }
    }

    void growsNoTextWithoutEnd()
    {
        const ComposeVariables variables{ { QStringLiteral("LONG"), QString(100'000, u'x') } };
        QStringList unset;
        QVERIFY(!interpolated(QStringLiteral("$LONG").repeated(10), variables, unset));
    }

    void readsAnEnvironmentFile()
    {
        const QString text = QStringLiteral("# a comment\n"
                                            "PLAIN=a value # more\n"
                                            "export OUT = x\n"
                                            "HASH=a#b\r\n"
                                            "SINGLE='as $it is' # comment\n"
                                            "QUOTE='Let\\'s \\t go!'\n"
                                            "JSON=\"{\\\"a\\\": \\\"b\\\"}\"\n"
                                            "RAW=some\\tvalue\n"
                                            "DOUBLE=\"$PLAIN\\n\\$5 \\\"q\\\"\"\n"
                                            "LINES=\"one\ntwo\"\n"
                                            "\n"
                                            "GIVEN\n"
                                            "MISSING\n"
                                            "EMPTY=\n"
                                            "ABOVE=${GIVEN}\n");
        const auto entries
            = environmentFileEntries(text, { { QStringLiteral("GIVEN"), QStringLiteral("from outside") } });
        QVERIFY2(entries, entries ? "" : entries.error().message.c_str());
        QStringList all;
        for (const auto& [key, value] : *entries)
            all << key + u'=' + value;
        const QStringList expected{ QStringLiteral("PLAIN=a value"), QStringLiteral("OUT=x"),
            QStringLiteral("HASH=a#b"), QStringLiteral("SINGLE=as $it is"), QStringLiteral("QUOTE=Let's \\t go!"),
            QStringLiteral("JSON={\"a\": \"b\"}"), QStringLiteral("RAW=some\\tvalue"),
            QStringLiteral("DOUBLE=a value\n$5 \"q\""), QStringLiteral("LINES=one\ntwo"),
            QStringLiteral("GIVEN=from outside"), QStringLiteral("EMPTY="), QStringLiteral("ABOVE=from outside") };
        QCOMPARE(all, expected);
    }

    void namesTheLineThatIsNoVariable_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no key") << QStringLiteral("A=1\n=2\n") << QStringLiteral("line 2");
        QTest::newRow("no name") << QStringLiteral("A=1\n\n9x=2\n") << QStringLiteral("line 3");
        QTest::newRow("an open quote") << QStringLiteral("A='1\nB=2\n") << QStringLiteral("line 1");
        QTest::newRow("after a quote") << QStringLiteral("A='1' 2\n") << QStringLiteral("follows");
        QTest::newRow("a bad variable") << QStringLiteral("A=${B\n") << QStringLiteral("does not end");
    }
    void namesTheLineThatIsNoVariable()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto entries = environmentFileEntries(text, {});
        QVERIFY(!entries);
        QVERIFY2(QString::fromStdString(entries.error().message).contains(says), entries.error().message.c_str());
    }

    void partsCommandsAsAShellDoes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("words");
        const auto row = [](const char* text, const QStringList& words) {
            QTest::newRow(text) << QString::fromLatin1(text) << words;
        };
        row("nginx -g 'daemon off;'", { QStringLiteral("nginx"), QStringLiteral("-g"), QStringLiteral("daemon off;") });
        row("sh -c \"echo \\\"x\\\" \\n\"",
            { QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo \"x\" \\n") });
        row("a\\ b c'd'\"e\"", { QStringLiteral("a b"), QStringLiteral("cde") });
        row("a '' b", { QStringLiteral("a"), QString(), QStringLiteral("b") });
        row("  ", {});
        row("'\\'", { QStringLiteral("\\") });
        row("'open", {});
    }
    void partsCommandsAsAShellDoes()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, words);
        const auto parted = wordsOfCommand(text);
        QCOMPARE(static_cast<bool>(parted), text != QStringLiteral("'open"));
        if (parted)
            QCOMPARE(*parted, words);
    }
};

QTEST_GUILESS_MAIN(ComposeVariablesTest)
#include "compose_variables_test.moc"
