// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_reader.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// Which files a project is of, and what one takes from those below it.
class ComposeFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Also where a file lies between, and by way of a service that is extended.
    void takesAwayAndReplacesWhatFilesBelowSay()
    {
        const ComposeLayer between{ QStringLiteral("/srv/x/between.yaml"),
            "services:\n  a:\n    ports: !override ['127.0.0.1:90:90']\n    environment: {A: !reset null, C: 3}\n"
            "    hostname: !reset null\n    command: !reset null\n"
            "  b: {extends: c}\n  c: {image: x, dns: !override [8.8.8.8]}\n" };
        const ComposeLayer top{ QStringLiteral("/srv/x/top.yaml"),
            "services:\n  a:\n    ports: ['127.0.0.1:91:91']\n    hostname: top\n" };
        const auto read = readCompose({ QStringLiteral("/srv/x/compose.yaml"),
            "services:\n  a:\n    image: x\n    command: [one]\n    hostname: low\n    environment: {A: 1, B: 2}\n"
            "    ports: ['127.0.0.1:80:80']\n    volumes: !reset ['./a:/a']\n  b: {image: y, dns: 9.9.9.9}\n",
            {}, {}, { between, top } });
        QCOMPARE(allOf(read), QString());
        const auto& a = *read.project.service(QStringLiteral("a"));
        QCOMPARE(a.ports.size(), std::size_t{ 2 });
        QCOMPARE(a.plan.environment.join(u' '), QStringLiteral("B=2 C=3"));
        QCOMPARE(a.plan.naming.hostName, QStringLiteral("top"));
        QCOMPARE(a.plan.command, QStringList());
        QVERIFY(a.mounts.empty()); // of the first file itself
        QCOMPARE(read.project.service(QStringLiteral("b"))->plan.naming.nameServers,
            QStringList{ QStringLiteral("8.8.8.8") });
    }

    void takesTheFilesThatAVariableNames()
    {
        QTemporaryDir folder;
        const auto write = [&folder](const char* name, const QByteArray& text) {
            QFile file(folder.filePath(QLatin1String(name)));
            return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
        };
        QVERIFY(
            write("one.yaml", "services: {a: {image: one}}\n") && write("two.yaml", "services: {a: {image: two}}\n"));
        QVERIFY(write("compose.yaml", "services: {a: {image: none}}\n"));
        const auto imageOf = [&folder](const QString& file, const ComposeVariables& variables) {
            const auto text = openCompose({ file, folder.path(), {}, {}, variables });
            return text ? readCompose(*text).project.services.front().image
                        : QString::fromStdString(text.error().message);
        };
        const QString name = QStringLiteral("COMPOSE_FILE");
        QCOMPARE(imageOf({}, { { name, QStringLiteral("one.yaml:two.yaml") } }), QStringLiteral("two"));
        QCOMPARE(imageOf({},
                     { { name, QStringLiteral("two.yaml;one.yaml") },
                         { QStringLiteral("COMPOSE_PATH_SEPARATOR"), QStringLiteral(";") } }),
            QStringLiteral("one"));
        QCOMPARE(imageOf(QStringLiteral("compose.yaml"), { { name, QStringLiteral("one.yaml") } }),
            QStringLiteral("none")); // what is named goes first
        QVERIFY(imageOf({}, { { name, QStringLiteral("three.yaml") } }).contains(u"three.yaml"));
        QVERIFY(write(".env", "COMPOSE_FILE=one.yaml\n"));
        QCOMPARE(imageOf({}, {}), QStringLiteral("one"));
        QCOMPARE(imageOf({}, { { name, QStringLiteral("two.yaml") } }), QStringLiteral("two"));
    }

private:
    static QString allOf(const ComposeReading& read)
    {
        QStringList texts;
        for (const auto& finding : read.findings.all())
            texts << finding.text;
        return texts.join(u'\n');
    }
};

QTEST_GUILESS_MAIN(ComposeFilesTest)
#include "compose_files_test.moc"
