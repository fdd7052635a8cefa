// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_yaml.h"

#include <QTest>

using namespace twinhull;

/// From text to a tree, where the text may be hostile.
class ComposeYamlTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTextsAndPlaces()
    {
        ComposeFindings findings;
        const auto root = parseComposeYaml("a:\n  - 22:22\n  - no\n  - ~\nb: {c: 'x: y'}\n", findings);
        QVERIFY(root && findings.all().empty());
        const auto* list = root->find(u"a");
        QVERIFY(list != nullptr && list->items.size() == 3);
        QCOMPARE(list->items[0].text, QStringLiteral("22:22"));
        QCOMPARE(list->items[1].text, QStringLiteral("no"));
        QCOMPARE(list->items[2].kind, ComposeValue::Kind::Null);
        QCOMPARE(list->items[1].place, (ComposePlace{ 3, 5 }));
        QCOMPARE(root->find(u"b")->find(u"c")->text, QStringLiteral("x: y"));
    }

    void mergesWhatIsNotSaid()
    {
        ComposeFindings findings;
        const auto root = parseComposeYaml("x-base: &base {a: 1, b: 2}\ns:\n  <<: *base\n  b: 3\n", findings);
        QVERIFY(root && findings.all().empty());
        const auto* map = root->find(u"s");
        QCOMPARE(map->entries.size(), std::size_t{ 2 });
        QCOMPARE(map->find(u"a")->text, QStringLiteral("1"));
        QCOMPARE(map->find(u"b")->text, QStringLiteral("3"));
        QVERIFY(map->find(u"<<") == nullptr);
    }

    void namesAKeyThatIsThereTwice()
    {
        ComposeFindings findings;
        QVERIFY(parseComposeYaml("a: 1\nb: 2\na: 3\n", findings));
        QVERIFY(findings.hasErrors());
        QCOMPARE(findings.all().front().place, (ComposePlace{ 3, 1 }));
        QCOMPARE(findings.all().front().path, QStringLiteral("a"));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QByteArray& text, int line, const char* says) {
            QTest::newRow(name) << text << line << QString::fromLatin1(says);
        };
        row("no YAML", "a: 1\nb: [1, 2\n", 3, "flow");
        row("a tab", "a:\n\tb: 1\n", 2, "");
        row("nothing", "", 1, "services");
        row("a list", "- a\n", 1, "services");
        row("two documents", "a: 1\n---\nb: 1\n", 3, "second document");
        row("a strange tag", "a: 1\nb: !env null\n", 2, "!env");
        row("a reset of all", "!reset\na: 1\n", 1, "!reset");
        row("a key that is a map", "a: 1\n? {b: c}\n: d\n", 2, "key");
        row("an alias of nothing", "a: *b\n", 1, "");
        row("itself", "a: &a\n  b: *a\n", 1, "inside each other");
        row("deep", "a: " + QByteArray(60, '[') + QByteArray(60, ']') + "\n", 1, "inside each other");
        row("deeper than the parser goes", "a: " + QByteArray(100'000, '['), 1, "");
        row("deep maps", "a: " + QByteArray("{a: ").repeated(50'000), 1, "");
        row("large", "a: " + QByteArray(2 << 20, 'x'), 0, "1 MiB");
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(QString, says);
        ComposeFindings findings;
        QVERIFY(!parseComposeYaml(text.toStdString(), findings));
        QVERIFY(findings.hasErrors());
        const auto& first = findings.all().front();
        QVERIFY2(first.text.contains(says), qPrintable(first.text));
        QVERIFY(!first.text.isEmpty());
        if (line < 3) // where it ends, parsers differ
            QCOMPARE(first.place.line, line);
    }

    void followsNoBombOfAliases()
    {
        std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 12; ++i) {
            const std::string before = "*a" + std::to_string(i - 1);
            const std::string name = "a" + std::to_string(i);
            text += name + ": &" + name + " [" + before;
            for (int j = 0; j < 8; ++j)
                text += ", " + before;
            text += "]\n";
        }
        ComposeFindings findings;
        QVERIFY(!parseComposeYaml(text, findings));
        QVERIFY(findings.all().front().text.contains(QStringLiteral("50000 values")));
    }

    void copiesNoLongTextAgainAndAgain()
    {
        std::string text = "a: &a " + std::string(500'000, 'x') + "\nb:\n";
        for (int i = 0; i < 1000; ++i)
            text += " - *a\n";
        ComposeFindings findings;
        QVERIFY(!parseComposeYaml(text, findings));
        QVERIFY(findings.all().front().text.contains(QStringLiteral("too long together")));
    }
};

QTEST_GUILESS_MAIN(ComposeYamlTest)
#include "compose_yaml_test.moc"
