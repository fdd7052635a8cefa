// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_text.h"

#include "core/twin/command_words.h"
#include "core/workload/plan_command.h"

#include <QDir>
#include <QTest>

using namespace twinhull;

class CreateFormTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsPorts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("again");
        QTest::addColumn<QString>("wrong");
        QTest::newRow("none") << QString() << QString() << QString();
        QTest::newRow("pair") << QStringLiteral("8080:80") << QStringLiteral("8080:80") << QString();
        QTest::newRow("lone") << QStringLiteral("80") << QStringLiteral("80:80") << QString();
        QTest::newRow("protocol") << QStringLiteral("8080:80/tcp") << QStringLiteral("8080:80") << QString();
        QTest::newRow("address") << QStringLiteral("0.0.0.0:1:2") << QStringLiteral("0.0.0.0:1:2") << QString();
        QTest::newRow("range") << QStringLiteral("8000-8002:80-82/udp") << QStringLiteral("8000-8002:80-82/udp")
                               << QString();
        QTest::newRow("several") << QStringLiteral("1:2, 3:4\n5") << QStringLiteral("1:2, 3:4, 5:5") << QString();
        QTest::newRow("zero") << QStringLiteral("0:80") << QString() << QStringLiteral("0:80");
        QTest::newRow("too large") << QStringLiteral("70000:80") << QString() << QStringLiteral("70000:80");
        QTest::newRow("no address") << QStringLiteral("host:1:2") << QString() << QStringLiteral("host:1:2");
        QTest::newRow("word") << QStringLiteral("1:2 web") << QStringLiteral("1:2") << QStringLiteral("web");
    }

    void readsPorts()
    {
        QFETCH(QString, text);
        const auto parsed = parsePorts(text);
        QTEST(portsText(parsed.items), "again");
        QTEST(parsed.wrong, "wrong");
    }

    void readsMounts()
    {
        const auto parsed = parseMounts(QStringLiteral("/srv/site:/www:ro\ncache:/var/cache, ~/x:/x:nocopy"));
        QVERIFY(parsed.wrong.isEmpty());
        QCOMPARE(parsed.items.size(), std::size_t(3));
        QCOMPARE(parsed.items[0].source, QStringLiteral("/srv/site"));
        QVERIFY(parsed.items[0].readOnly);
        QCOMPARE(parsed.items[1].source, QStringLiteral("cache"));
        QVERIFY(!parsed.items[1].readOnly);
        QCOMPARE(parsed.items[2].source, QDir::homePath() + QStringLiteral("/x"));
    }

    void refusesMountsThatAreNotAbsoluteInside()
    {
        QCOMPARE(parseMounts(QStringLiteral("/a:b")).wrong, QStringLiteral("/a:b"));
        QCOMPARE(parseMounts(QStringLiteral("a/b:/c")).wrong, QStringLiteral("a/b:/c"));
        QCOMPARE(parseMounts(QStringLiteral("/a")).wrong, QStringLiteral("/a"));
    }

    void splitsWordsAsAShellDoes()
    {
        QCOMPARE(*commandWords(QStringLiteral("sh -c 'echo \"a b\"'  x\\ y \"\"")),
            QStringList({ QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo \"a b\""),
                QStringLiteral("x y"), QString() }));
        QVERIFY(!commandWords(QStringLiteral("sh -c 'open")));
        QVERIFY(!commandWords(QStringLiteral("sh \\")));
    }

    void quotesWhatAShellWouldSplit()
    {
        for (const QString& word : { QStringLiteral("plain"), QStringLiteral("two words"), QStringLiteral("it's"),
                 QString(), QStringLiteral("$HOME") })
            QCOMPARE(*commandWords(shellWord(word)), QStringList(word));
        QCOMPARE(shellWord(QStringLiteral("127.0.0.1:8080:80")), QStringLiteral("127.0.0.1:8080:80"));
    }

    void takesPastedEnvironment()
    {
        QCOMPARE(environmentLines(QStringLiteral("A=1\n\n  export B=two words \n")),
            QStringList({ QStringLiteral("A=1"), QStringLiteral("B=two words") }));
    }
};

QTEST_GUILESS_MAIN(CreateFormTextTest)
#include "create_form_text_test.moc"
