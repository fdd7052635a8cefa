// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/cloud_init_seed.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

using namespace twinhull;

namespace {

CloudInit orderlyCloudInit()
{
    return { QStringLiteral("anna"), QStringLiteral("$6$salt$abc./XYZ"),
        { QStringLiteral("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 anna@\"home\": x") }, { QStringLiteral("g++") },
        QStringLiteral("db.example"), {}, {} };
}

} // namespace

class CloudInitSeedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesWhatWasAsked()
    {
        const CloudInit options = orderlyCloudInit();
        QVERIFY(checkCloudInit(options));
        const QByteArray text = cloudUserData(options);
        QVERIFY(text.startsWith("#cloud-config\n"));
        const QJsonObject config = QJsonDocument::fromJson(text.mid(text.indexOf('\n'))).object();
        const QJsonObject user = config[u"users"].toArray().at(0).toObject();
        QCOMPARE(user[u"name"].toString(), options.user);
        QCOMPARE(user[u"passwd"].toString(), options.passwordHash);
        QCOMPARE(user[u"lock_passwd"].toBool(true), false);
        QCOMPARE(user[u"ssh_authorized_keys"].toArray().at(0).toString(), options.sshKeys.front());
        QCOMPARE(config[u"packages"].toArray().at(0).toString(), QStringLiteral("g++"));
    }

    void hashesAPassword()
    {
        const auto hash = hashOfPassword(QStringLiteral("hunter2"));
        QVERIFY(hash && hash->startsWith(u"$6$") && !hash->contains(QStringLiteral("hunter2")));
        QVERIFY(*hash != *hashOfPassword(QStringLiteral("hunter2"))); // each has a salt of its own
        CloudInit options = orderlyCloudInit();
        options.passwordHash = *hash;
        QVERIFY(checkCloudInit(options));
        options.password = QStringLiteral("x");
        QVERIFY(!checkCloudInit(options)); // one of both
        QVERIFY(!hashOfPassword(QString(1000, u'x')));
    }

    void keepsTheImagesOwnUserWhereNoneIsAsked()
    {
        CloudInit options;
        options.sshKeys = orderlyCloudInit().sshKeys;
        const QByteArray text = cloudUserData(options);
        const QJsonObject config = QJsonDocument::fromJson(text.mid(text.indexOf('\n'))).object();
        QVERIFY(!config.contains(u"users"));
        QCOMPARE(config[u"ssh_authorized_keys"].toArray().size(), 1);
    }

    void refusesWhatCannotBeMeant_data()
    {
        using Change = std::function<void(CloudInit&)>;
        QTest::addColumn<Change>("change");
        QTest::newRow("user") << Change([](CloudInit& c) { c.user = QStringLiteral("Anna B"); });
        QTest::newRow("user line") << Change([](CloudInit& c) { c.user = QStringLiteral("anna\n"); });
        QTest::newRow("password") << Change([](CloudInit& c) { c.passwordHash = QStringLiteral("hunter2"); });
        QTest::newRow("nobody's") << Change([](CloudInit& c) { c.user.clear(); });
        QTest::newRow("private key") << Change(
            [](CloudInit& c) { c.sshKeys = { QStringLiteral("-----BEGIN OPENSSH PRIVATE KEY-----") }; });
        QTest::newRow("no key") << Change([](CloudInit& c) { c.sshKeys = { QStringLiteral("key") }; });
        QTest::newRow("package") << Change([](CloudInit& c) { c.packages = { QStringLiteral("-o x") }; });
        QTest::newRow("host") << Change([](CloudInit& c) { c.hostName = QStringLiteral("a b"); });
        QTest::newRow("own") << Change([](CloudInit& c) { c.userData = "users: []\n"; });
        QTest::newRow("large") << Change([](CloudInit& c) { c.userData = QByteArray(2 << 20, '#'); });
    }

    void refusesWhatCannotBeMeant()
    {
        QFETCH(std::function<void(CloudInit&)>, change);
        CloudInit options = orderlyCloudInit();
        change(options);
        QVERIFY(!checkCloudInit(options));
    }

    void makesAMediumThatCloudInitLooksFor()
    {
        const QTemporaryDir folder;
        const std::string iso = folder.filePath(QStringLiteral("seed.iso")).toStdString();
        CloudInit options = orderlyCloudInit();
        options.userData = "#!/bin/sh\necho mine\n";
        options.networkConfig = "version: 2\n";
        const auto seed = makeCloudSeed(options, QStringLiteral("an-id"), QStringLiteral("unused"), iso);
        QVERIFY2(seed, seed ? "" : seed.error().message.c_str());
        QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(), 1);
        const auto bytes = readFile(iso);
        QVERIFY(bytes);
        QCOMPARE(bytes->substr(0x8028, 7), std::string("cidata ")); // ECMA-119 8.4.7: the volume's identifier
        const std::string out = folder.filePath(QStringLiteral("out")).toStdString();
        QVERIFY(
            runChecked({ { findExecutable("xorriso"), "-osirrox", "on", "-indev", iso, "-extract", "/", out }, {}, {} },
                std::chrono::seconds(30)));
        QCOMPARE(readFile(out + "/user-data").value(), std::string("#!/bin/sh\necho mine\n"));
        QCOMPARE(readFile(out + "/network-config").value(), std::string("version: 2\n"));
        const auto meta = QJsonDocument::fromJson(QByteArray::fromStdString(readFile(out + "/meta-data").value()));
        QCOMPARE(meta[u"instance-id"].toString(), QStringLiteral("an-id"));
        QCOMPARE(meta[u"local-hostname"].toString(), QStringLiteral("db.example"));
    }
};

QTEST_GUILESS_MAIN(CloudInitSeedTest)
#include "cloud_init_seed_test.moc"
