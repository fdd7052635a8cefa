// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/option_text.h"

#include "core/ipc/listened_ports.h"

#include <QTest>

using namespace twinhull;

/// The forms that people write options in, and back.
class OptionTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsPorts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("again"); // empty: refused
        const auto row = [](const char* text, const char* again) {
            QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(again);
        };
        row("80", "80:80");
        row("localhost:8080:80", "8080:80");
        row("127.0.0.1:8080:80", "127.0.0.1:8080:80");
        row("8080:80", "8080:80");
        row("8080:80/tcp", "8080:80");
        row("0.0.0.0:53:53/udp", "0.0.0.0:53:53/udp");
        row("8000-8010:9000-9010/udp", "8000-8010:9000-9010/udp");
        row("8000-8001", "8000-8001:8000-8001");
        row("0:80", "");
        row("70000", "");
        row("8000-8010:80", "");
        row("8010-8000:8010-8000", "");
        row("1-65535:1-65535", "");
        row("80/sctp", "");
        row("80/", "");
        row(":80:80", "");
        row("::1:80:80", "");
        row("[::1]:8080:80", "[::1]:8080:80");
        row("[::]:8000-8001:80-81/udp", "[::]:8000-8001:80-81/udp");
        row("[0:0::1]:80:80", "[::1]:80:80");
        row("[::1]:80", "");
        row("[::1]80:80", "");
        row("[::1:80:80", "");
        row("[]:80:80", "");
        row("[127.0.0.1]:80:80", "");
        row("[fe80::1%lo]:80:80", "");
        row("host:80:80", "");
        row("", "");
        row("-", "");
        row("80-", "");
    }

    void readsPorts()
    {
        QFETCH(QString, text);
        QFETCH(QString, again);
        const auto ports = portsFromText(text);
        QCOMPARE(bool(ports), !again.isEmpty());
        if (ports)
            QCOMPARE(portTexts(*ports), QStringList{ again });
        else
            QVERIFY2(ports.error().message.find("port") == 0, ports.error().message.c_str());
    }

    void tellsWhereAPortListens()
    {
        const auto texts
            = [](const char* text) { return listenTexts(portsFromText(QString::fromLatin1(text))->front()); };
        QStringList both{ QStringLiteral("127.0.0.1:8080") };
        if (hasIpv6Loopback())
            both << QStringLiteral("[::1]:8080");
        QCOMPARE(texts("8080:80"), both);
        QCOMPARE(texts("127.0.0.1:8080:80"), QStringList{ QStringLiteral("127.0.0.1:8080") });
        QCOMPARE(texts("[::]:8080:80"), QStringList{ QStringLiteral("[::]:8080") });
    }

    void aVmListensOnIpv4()
    {
        const auto ports = portsOnIpv4(*portsFromText(QStringLiteral("8080:80")));
        QCOMPARE(portTexts(ports), QStringList{ QStringLiteral("127.0.0.1:8080:80") });
    }

    void readsWhomThePersonIsInside_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isRight");
        for (const char* text : { "keep-id", "keep-id:uid=1000", "keep-id:gid=0", "keep-id:uid=1000,gid=100" })
            QTest::newRow(text) << QString::fromLatin1(text) << true;
        for (const char* text :
            { "-", "auto", "host", "keep-id:", "keep-id:1000", "keep-id:uid=", "keep-id:uid=-1", "keep-id:uid=1,uid=2",
                "keep-id:uid=4294967295", "keep-id:uid=1,", "keep-id:size=3", "keep-id:uid=1\n", "xkeep-id" })
            QTest::newRow(text) << QString::fromLatin1(text) << false;
    }
    void readsWhomThePersonIsInside()
    {
        QFETCH(QString, text);
        QFETCH(bool, isRight);
        const auto keep = keepIdFromText(text);
        QCOMPARE(bool(keep), isRight);
        if (keep)
            QCOMPARE(keepIdText(*keep), text);
        else
            QVERIFY2(!keep.error().hint.empty(), keep.error().message.c_str());
    }

    void joinsNeighboursOnly()
    {
        auto ports = *portsFromText(QStringLiteral("1000-1001:80-81"));
        ports.push_back(portsFromText(QStringLiteral("1002:82/udp"))->front());
        ports.push_back(portsFromText(QStringLiteral("1003:90/udp"))->front());
        QCOMPARE(portTexts(ports),
            (QStringList{
                QStringLiteral("1000-1001:80-81"), QStringLiteral("1002:82/udp"), QStringLiteral("1003:90/udp") }));
    }

    void readsEntrypoints_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("none") << QStringList();
        QTest::newRow("one") << QStringList{ QStringLiteral("/bin/with space") };
        QTest::newRow("several") << QStringList{ QStringLiteral("sh"), QStringLiteral("-c"),
            QStringLiteral("echo \"x\"") };
        QTest::newRow("one that looks like a list") << QStringList{ QStringLiteral("[x]") };
    }

    void readsEntrypoints()
    {
        QFETCH(QStringList, words);
        const auto read = entrypointFromText(entrypointText(words));
        QVERIFY(read);
        QCOMPARE(*read, words);
    }

    void refusesEntrypointsThatAreNoList()
    {
        for (const char* text : { "[", "[]", "[1]", "[\"\"]", "[[\"a\"]]" })
            QVERIFY2(!entrypointFromText(QString::fromLatin1(text)), text);
    }

    void readsEnvironmentFiles()
    {
        qputenv("TWINHULL_TEST_HERE", "yes");
        const auto lines = environmentFromFileText(
            QStringLiteral("# comment\n\nA=1\r\n  B = two words \nC=\nTWINHULL_TEST_HERE\nTWINHULL_TEST_GONE\nD=x=y"));
        QVERIFY(lines);
        QCOMPARE(*lines,
            (QStringList{ QStringLiteral("A=1"), QStringLiteral("B= two words "), QStringLiteral("C="),
                QStringLiteral("TWINHULL_TEST_HERE=yes"), QStringLiteral("D=x=y") }));
        QVERIFY(!environmentFromFileText(QStringLiteral("A=1\n=x")));
    }

    void readsTemporaryFolders_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("again");
        const auto row = [](const char* text, const char* again) {
            QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(again);
        };
        row("/tmp", "/tmp");
        row("/tmp:size=65536k,mode=700,exec,ro", "/tmp:size=64M,mode=700,exec,ro");
        row("/tmp:rw,noexec,nosuid,nodev", "/tmp");
        row("tmp", "");
        row("/", "");
        row("/a/../..", "");
        row("/tmp:size=0", "");
        row("/tmp:size=lots", "");
        row("/tmp:mode=999", "");
        row("/tmp:suid", "");
    }

    void readsTemporaryFolders()
    {
        QFETCH(QString, text);
        QFETCH(QString, again);
        const auto folder = temporaryFolderFromText(text);
        QCOMPARE(bool(folder), !again.isEmpty());
        if (folder)
            QCOMPARE(temporaryFolderText(*folder), again);
    }

    void readsSecrets_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("path"); // empty: refused
        QTest::addColumn<QString>("again");
        const auto row = [](const char* text, const char* path, const char* again) {
            QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(path) << QString::fromLatin1(again);
        };
        row("key", "/run/secrets/key", "key");
        row("key,target=tls/key.pem", "/run/secrets/tls/key.pem", "key,target=tls/key.pem");
        row("key,mode=0400,uid=7,gid=8", "/run/secrets/key", "key,uid=7,gid=8,mode=0400");
        row("source=key,type=mount,target=/etc/key", "/etc/key", "key,target=/etc/key");
        row("key,target=/run/secrets/other", "/run/secrets/other", "key,target=/run/secrets/other");
        row("", "", "");
        row("../key", "", "");
        row("key,type=env", "", "");
        row("key,target=../out", "", "");
        row("key,target=/a/../../out", "", "");
        row("key,target=a//b", "", "");
        row("key,target=/", "", "");
        row("key,target=/run/secrets", "", "");
        row("key,target=.", "", "");
        row("key,mode=888", "", "");
        row("key,mode=4444", "", "");
        row("key,uid=-1", "", "");
        row("key,uid=root", "", "");
        row("key,colour=red", "", "");
        row("target=x", "", "");
    }

    void readsSecrets()
    {
        QFETCH(QString, text);
        QFETCH(QString, path);
        QFETCH(QString, again);
        const auto secret = secretFromText(text);
        QCOMPARE(bool(secret), !path.isEmpty());
        if (!secret)
            return;
        QCOMPARE(secretPath(*secret), path);
        QCOMPARE(secretText(*secret), again);
        QVERIFY(*secretFromText(again) == *secret);
    }

    void readsDevices()
    {
        const auto plain = deviceFromText(QStringLiteral("/dev/snd/seq"));
        QVERIFY(plain && plain->target == plain->source && !plain->readOnly);
        const auto other = deviceFromText(QStringLiteral("/dev/ttyS0:/dev/modem:r"));
        QVERIFY(other && other->target == u"/dev/modem" && other->readOnly);
        QCOMPARE(deviceText(*other), QStringLiteral("/dev/ttyS0:/dev/modem:r"));
        for (const char* text : { "", "snd", "/dev/a:b", "/dev/a:/dev/b:/dev/c", "/dev/../x" })
            QVERIFY2(!deviceFromText(QString::fromLatin1(text)), text);
    }

    void namesCapabilitiesInOneWay()
    {
        for (const char* text : { "NET_RAW", "net_raw", "CAP_NET_RAW", " cap_net_raw " })
            QCOMPARE(*capabilityFromText(QString::fromLatin1(text)), QStringLiteral("CAP_NET_RAW"));
        QCOMPARE(*capabilityFromText(QStringLiteral("all")), QStringLiteral("ALL"));
        for (const char* text : { "", "NET", "CAP_", "CAP_CAP_CHOWN" })
            QVERIFY2(!capabilityFromText(QString::fromLatin1(text)), text);
        QCOMPARE(knownCapabilities().size(), 41);
    }

    void readsSecurityOptions()
    {
        SecurityOptions options;
        QVERIFY(addSecurityOption(QStringLiteral("seccomp=/etc/x=y.json"), options));
        QCOMPARE(options.seccompPath, QStringLiteral("/etc/x=y.json"));
        QVERIFY(addSecurityOption(QStringLiteral("seccomp:unconfined"), options));
        QVERIFY(options.seccomp == SeccompChoice::Unconfined && options.seccompPath.isEmpty());
        QVERIFY(addSecurityOption(QStringLiteral("no-new-privileges=false"), options) && options.allowsNewPrivileges);
        QVERIFY(addSecurityOption(QStringLiteral("no-new-privileges"), options) && !options.allowsNewPrivileges);
        for (const char* text : { "", "seccomp", "seccomp=", "label=disable", "no-new-privileges=maybe" })
            QVERIFY2(!addSecurityOption(QString::fromLatin1(text), options), text);
    }

    void judgesNames()
    {
        QVERIFY(checkHostName(QStringLiteral("db-1.example")));
        for (const char* name : { "", "-x", "x-", "a b", "a_b", "a\n" })
            QVERIFY2(!checkHostName(QString::fromLatin1(name)), name);
        QVERIFY(!checkHostName(QString(65, u'a')));
        QVERIFY(checkNameServer(QStringLiteral("9.9.9.9")));
        QVERIFY(!checkNameServer(QStringLiteral("2620:fe::fe")) && !checkNameServer(QStringLiteral("dns.example")));
        QVERIFY(checkSearchDomain(QStringLiteral("example.org")) && checkSearchDomain(QStringLiteral(".")));
        QVERIFY(
            !checkSearchDomain(QStringLiteral("a b")) && !checkSearchDomain(QStringLiteral("a\nnameserver 1.2.3.4")));
        const auto entry = hostEntryFromText(QStringLiteral("db:[fd00::1]"));
        QVERIFY(entry && entry->name == u"db" && entry->address == u"fd00::1");
        for (const char* text : { "db", "db:", ":1.2.3.4", "db:here", "d b:1.2.3.4", "db:host-gateway" })
            QVERIFY2(!hostEntryFromText(QString::fromLatin1(text)), text);
    }

    void readsLimits()
    {
        QCOMPARE(*swapFromText(QStringLiteral("1G")), std::int64_t{ 1 } << 30);
        QCOMPARE(*swapFromText(QStringLiteral("-1")), std::int64_t{ -1 });
        QVERIFY(!swapFromText(QStringLiteral("-2")) && !swapFromText(QStringLiteral("0")));
        const auto bytes = deviceRateFromText(QStringLiteral("/dev/sda:10M"), DeviceRateKind::ReadBytes);
        QVERIFY(bytes && bytes->device == u"/dev/sda" && bytes->perSecond == 10U << 20U);
        const auto operations = deviceRateFromText(QStringLiteral("/dev/sda:1000"), DeviceRateKind::WriteOperations);
        QVERIFY(operations && operations->perSecond == 1000);
        for (const char* text : { "", "/dev/sda", "/dev/sda:", "/dev/sda:0", "sda:1M", ":1M" })
            QVERIFY2(!deviceRateFromText(QString::fromLatin1(text), DeviceRateKind::ReadBytes), text);
        QVERIFY(!deviceRateFromText(QStringLiteral("/dev/sda:1M"), DeviceRateKind::ReadOperations));
    }

    void readsLabels()
    {
        QCOMPARE(labelFromText(QStringLiteral("a=b=c"))->second, QStringLiteral("b=c"));
        QCOMPARE(labelFromText(QStringLiteral("alone"))->second, QString());
        QVERIFY(!labelFromText(QStringLiteral("=x")) && !labelFromText(QStringLiteral("a=x\ny")));
    }
};

QTEST_GUILESS_MAIN(OptionTextTest)
#include "option_text_test.moc"
