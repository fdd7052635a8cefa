// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_platform.h"
#include "core/images/registry_reference.h"
#include "core/images/skopeo.h"

#include <QTest>

using namespace twinhull;

/// The names of registries and platforms, and what skopeo's complaints mean.
class RegistryWordsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsNames_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("transport");
        QTest::addColumn<QString>("storeName");
        const QString digest = QStringLiteral("sha256:") + QString(64, u'a');
        QTest::newRow("short") << "alpine"
                               << "docker://docker.io/library/alpine:latest"
                               << "docker.io/library/alpine:latest";
        QTest::newRow("user") << "team/web:1"
                              << "docker://docker.io/team/web:1"
                              << "docker.io/team/web:1";
        QTest::newRow("port") << "localhost:5000/web"
                              << "docker://localhost:5000/web:latest"
                              << "localhost:5000/web:latest";
        QTest::newRow("transport") << "docker://quay.io/a/b:c"
                                   << "docker://quay.io/a/b:c"
                                   << "quay.io/a/b:c";
        QTest::newRow("digest") << QStringLiteral("quay.io/a/b@") + digest
                                << QStringLiteral("docker://quay.io/a/b@") + digest << "";
        QTest::newRow("both") << QStringLiteral("quay.io/a/b:1@") + digest
                              << QStringLiteral("docker://quay.io/a/b@") + digest << "quay.io/a/b:1";
    }
    void readsNames()
    {
        QFETCH(QString, text);
        const auto reference = RegistryReference::parse(text.toStdString());
        QVERIFY(reference);
        QTEST(QString::fromStdString(reference->transport()), "transport");
        QTEST(QString::fromStdString(reference->storeName()), "storeName");
    }

    void refusesWhatIsNoName_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : { "", "/", "a b", "Upper/Case:1", "web:", "web:-x", "web@sha256:12", "a//b", "x.y/",
                 "-a", "a.b/c;d", "web:1\n--help" })
            QTest::newRow(text) << QString::fromLatin1(text);
        QTest::newRow("long") << QString(400, u'a');
    }
    void refusesWhatIsNoName()
    {
        QFETCH(QString, text);
        const auto reference = RegistryReference::parse(text.toStdString());
        QVERIFY(!reference);
        QCOMPARE(reference.error().code, ErrorCode::InvalidArgument);
    }

    void readsPlatforms()
    {
        QCOMPARE(platformText(*parsePlatform("arm64")), std::string("linux/arm64"));
        QCOMPARE(platformText(*parsePlatform("linux/arm/v7")), std::string("linux/arm/v7"));
        for (const char* text : { "", "linux/", "linux/arm/v7/x", "Linux/amd64", "linux amd64" })
            QVERIFY2(!parsePlatform(text), text);
        QVERIFY(fitsPlatform({ "arm", "linux", "v7" }, { "arm", "linux", {} }));
        QVERIFY(!fitsPlatform({ "arm", "linux", "v6" }, { "arm", "linux", "v7" }));
        QVERIFY(!fitsPlatform({ "amd64", "windows", {} }, { "amd64", "linux", {} }));
    }

    void tellsTroubleApart_data()
    {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("digest") << QByteArray(
            "writing blob: happened during read: Digest did not match, expected a, got b")
                                << ErrorCode::Corrupt;
        QTest::newRow("broken") << QByteArray("writing blob: happened during read: unexpected EOF")
                                << ErrorCode::Unavailable;
        QTest::newRow("login") << QByteArray("reading manifest 1 in x/y: unauthorized: authentication required")
                               << ErrorCode::PermissionDenied;
        QTest::newRow("refused") << QByteArray(
            "Get \\\"http://x/v2/\\\": dial tcp 127.0.0.1:9: connect: connection refused")
                                 << ErrorCode::Unavailable;
        QTest::newRow("missing") << QByteArray("reading manifest 1 in x/y: manifest unknown: manifest unknown")
                                 << ErrorCode::NotFound;
        QTest::newRow("else") << QByteArray("a new kind of trouble") << ErrorCode::Io;
    }
    void tellsTroubleApart()
    {
        QFETCH(QByteArray, words);
        QFETCH(ErrorCode, code);
        const std::string text = "noise\ntime=\"2026\" level=fatal msg=\"" + words.toStdString() + "\"\n";
        const Error error = skopeoError(text, "host:1");
        QCOMPARE(error.code, code);
        QVERIFY2(error.message.find("level=fatal") == std::string::npos, error.message.c_str());
        QVERIFY2(error.hint.find("%1") == std::string::npos, error.hint.c_str());
    }

    void showsNoControlCharactersOfARegistry()
    {
        const Error error = skopeoError("\x1b[31mred\x1b[0m", {});
        QVERIFY(error.message.find('\x1b') == std::string::npos);
    }
};

QTEST_GUILESS_MAIN(RegistryWordsTest)
#include "registry_words_test.moc"
