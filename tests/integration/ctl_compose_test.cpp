// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/support/ctl_world.h"
#include "tests/support/image_archive.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace twinhull;
using test::ctl;

namespace {

/// Web, database, cache, and a job that runs before the web starts; as public examples have them.
constexpr const char* kShopFile = R"(
name: shop
x-base: &base
  image: shop/busybox:1
  stop_grace_period: 2s
services:
  web:
    <<: *base
    command: sh -c 'cat /run/secrets/password; echo; echo $$GREETING; nc -w 5 $$(nslookup -type=a db | grep -o "10[.]89[.][0-9.]*" | tail -n 1) 5432; echo web is up; exec httpd -f -p 8080 -h /www'
    environment:
      GREETING: ${GREETING:-hello}
    ports: ["8080"]
    volumes: ["./www:/www:ro"]
    secrets: [password]
    init: true
    depends_on:
      db: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
      cache: {condition: service_started}
  migrate:
    <<: *base
    command: ["sh", "-c", "echo migrated | tee /data/migrated"]
    volumes: ["data:/data"]
    depends_on: {db: {condition: service_healthy}}
  db:
    <<: *base
    command:
      - sh
      - -c
      - trap 'exit 0' TERM; while :; do echo an answer of db | nc -l -p 5432; done & sleep 0.4; echo db is ready; touch /tmp/ready; while :; do sleep 0.1; done
    healthcheck: {test: "${CHECK:-test -e /tmp/ready}", interval: 100ms, retries: 30}
    volumes: ["data:/data"]
    restart: unless-stopped
  cache:
    <<: *base
    command: sh -c "trap 'exit 0' TERM; while :; do sleep 0.1; done"
    tmpfs: /cache
  admin:
    <<: *base
    command: sh -c "trap 'exit 0' TERM; while :; do sleep 0.1; done"
    profiles: [tools]
    depends_on: [db]
volumes:
  data:
secrets:
  password: {environment: PASSWORD}
)";

}

/// "twinhullctl compose" on an application of several real containers.
class CtlComposeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        const auto archive = m_world.path(QStringLiteral("image.tar")).toStdString();
        const auto busybox = readFile("/bin/busybox");
        QVERIFY(busybox);
        test::TarBuilder root;
        for (const char* folder : { "bin/", "tmp/", "data/", "www/", "cache/" })
            root.folder(folder);
        root.add({ "bin/busybox", '0', *busybox, {}, 0755 });
        for (const char* name : { "sh", "cat", "echo", "sleep", "touch", "test", "tee", "httpd", "false", "nc",
                 "nslookup", "grep", "tail" })
            root.add({ std::string("bin/") + name, '2', {}, "busybox", 0777 });
        QVERIFY(writeFileAtomically(archive, test::dockerArchive("shop/busybox:1", { root.build() })));
        const auto loaded = ctl({ "images", "load", archive });
        QVERIFY2(loaded.exitCode == 0, qPrintable(loaded.text()));
        QVERIFY(makeFolders(m_world.path(QStringLiteral("shop/www")).toStdString()));
        write("www/index.html", "a page");
        qputenv("PASSWORD", "open sesame");
    }

    void init()
    {
        qunsetenv("GREETING");
        qunsetenv("CHECK");
        write("compose.yaml", kShopFile);
    }

    void cleanupTestCase() { test::CtlWorld::removeContainers(); }

    void tellsWhatItWouldDo()
    {
        const auto dry = compose({ "up", "--dry-run" });
        QVERIFY2(dry.exitCode == 0, qPrintable(dry.text()));
        QVERIFY2(dry.out.startsWith("create network shop_default\ncreate volume shop_data\n"), dry.out.constData());
        QVERIFY(dry.out.indexOf("start container shop-db-1") < dry.out.indexOf("wait until db is healthy"));
        QVERIFY(dry.out.indexOf("wait until migrate has ended well") < dry.out.indexOf("start container shop-web-1"));
        QVERIFY(test::CtlWorld::containers().isEmpty());
    }

    void bringsUpInOrder()
    {
        const auto brought = compose({ "up", "-d", "--json" });
        QVERIFY2(brought.exitCode == 0, qPrintable(brought.text()));
        QCOMPARE(states(), QStringLiteral("cache running, db running healthy, migrate stopped, web running"));
        QByteArray log;
        QTRY_VERIFY2((log = compose({ "logs" }).out).contains("web is up"), log.constData());
        const auto place = [&log](const char* text) { return log.indexOf(text); };
        QVERIFY2(place("db-1      | db is ready\n") >= 0, log.constData());
        QVERIFY2(place("db is ready") < place("migrate-1 | migrated\n"), log.constData());
        QVERIFY2(place("migrated") < place("web-1     | open sesame\n"), log.constData());
        QVERIFY2(place("web-1     | hello\n") >= 0, log.constData());
        QVERIFY2(place("web-1     | an answer of db\n") >= 0, log.constData()); // found by its name
        QCOMPARE(compose({ "logs", "--tail", "1", "web" }).out, QByteArray("web-1 | web is up\n"));
        const auto mounts = ctl({ "exec", "shop-web-1", "grep", "/run/secrets", "/proc/mounts" }).out;
        QVERIFY2(mounts.startsWith("tmpfs /run/secrets tmpfs ro,"), mounts.constData()); // in memory alone
        const auto web = container("web");
        const int port = web[u"ports"][0][u"host_port"].toInt();
        QVERIFY(port > 0);
        QCOMPARE(test::httpGet(static_cast<std::uint16_t>(port), "/index.html"), QByteArray("a page"));
    }

    void leavesAloneWhatIsTheSame()
    {
        const auto before = ids();
        QCOMPARE(compose({ "up", "-d" }).exitCode, 0);
        QCOMPARE(ids(), before);
        qputenv("GREETING", "good evening");
        const auto changed = compose({ "up", "-d" });
        QVERIFY2(changed.exitCode == 0, qPrintable(changed.text()));
        auto after = ids();
        QVERIFY(after.take(QStringLiteral("web-1")) != before[QStringLiteral("web-1")]);
        auto others = before;
        others.remove(QStringLiteral("web-1"));
        QCOMPARE(after, others);
        QCOMPARE(test::CtlWorld::containers().size(), 4); // the old one is gone
    }

    void stopsAndStartsInOrder()
    {
        QCOMPARE(compose({ "up", "-d" }).exitCode, 0);
        const auto stopped = compose({ "stop" });
        QVERIFY2(stopped.exitCode == 0, qPrintable(stopped.text()));
        QCOMPARE(states(), QStringLiteral("cache stopped, db stopped, migrate stopped, web stopped"));
        const QByteArray log = compose({ "logs", "migrate" }).out;
        const auto started = ctl({ "compose", "-p", "shop", "start", "web" }); // without the file, by the labels
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QCOMPARE(states(), QStringLiteral("cache running, db running healthy, migrate stopped, web running"));
        QVERIFY(container("db")[u"started_at"].toString() < container("web")[u"started_at"].toString());
        QCOMPARE(compose({ "logs", "migrate" }).out.count("migrated"), log.count("migrated") + 1); // waited for again
        QCOMPARE(compose({ "stop", "cache" }).exitCode, 0);
        QCOMPARE(states(), QStringLiteral("cache stopped, db running healthy, migrate stopped, web running"));
        QCOMPARE(compose({ "start", "nobody" }).exitCode, 3);
    }

    void scales()
    {
        const auto scaled = compose({ "up", "-d", "--scale", "cache=3" });
        QVERIFY2(scaled.exitCode == 0, qPrintable(scaled.text()));
        QVERIFY(ids().contains(QStringLiteral("cache-3")));
        static const QRegularExpression kAddress(QStringLiteral("10[.]89[.][0-9]+[.][0-9]+"));
        const QString found = QString::fromUtf8(ctl({ "exec", "shop-web-1", "nslookup", "-type=a", "cache" }).out);
        QSet<QString> addresses;
        for (const auto& match : kAddress.globalMatch(found))
            addresses.insert(match.captured());
        QVERIFY2(addresses.size() == 4, qPrintable(found)); // the name server's, and of each container its own
        qputenv("GREETING", "good morning"); // up would make web anew
        auto before = ids();
        const auto fewer = compose({ "scale", "cache=2" });
        QVERIFY2(fewer.exitCode == 0, qPrintable(fewer.text()));
        before.remove(QStringLiteral("cache-3"));
        QCOMPARE(ids(), before); // nothing else
        const auto dry = compose({ "scale", "--dry-run", "cache=1" });
        QVERIFY2(dry.out.contains("stop container shop-cache-2"), qPrintable(dry.text())); // with grace
        QVERIFY2(!dry.out.contains("shop-web"), qPrintable(dry.text()));
        qunsetenv("GREETING");
        QCOMPARE(compose({ "scale", "cache=101" }).exitCode, 2);
        QCOMPARE(compose({ "up", "-d" }).exitCode, 0);
        QVERIFY(!ids().contains(QStringLiteral("cache-2"))); // as the file says
        QCOMPARE(compose({ "up", "-d", "--scale", "nobody=1" }).exitCode, 2);
    }

    void leavesWhatWasThereWhenItFails()
    {
        QCOMPARE(compose({ "up", "-d" }).exitCode, 0);
        const auto before = ids();
        qputenv("CHECK", "echo no such luck; false");
        QByteArray impatient(kShopFile);
        impatient.replace("retries: 30", "retries: 2");
        write("compose.yaml", impatient);
        const auto failed = compose({ "up", "-d" });
        QCOMPARE(failed.exitCode, 5);
        QVERIFY2(failed.err.contains("shop-db-1 is unhealthy: no such luck"), failed.err.constData());
        QCOMPARE(ids(), before);
        QTRY_COMPARE(states(), QStringLiteral("cache running, db running healthy, migrate stopped, web running"));
    }

    void startsWhatHasAChosenProfile()
    {
        const auto brought = compose({ "--profile", "tools", "up", "-d" });
        QVERIFY2(brought.exitCode == 0, qPrintable(brought.text()));
        QVERIFY(ids().contains(QStringLiteral("admin-1")));
        const auto listed = compose({ "ps", "admin" });
        QVERIFY2(listed.out.contains("shop-admin-1"), listed.out.constData());
    }

    void followsTheirLogs()
    {
        QProcess logs;
        logs.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            { QStringLiteral("compose"), QStringLiteral("--file"), file(), QStringLiteral("logs"), QStringLiteral("-f"),
                QStringLiteral("cache"), QStringLiteral("db") });
        QByteArray said;
        QTRY_VERIFY((said += logs.readAllStandardOutput()).contains("db is ready"));
        QCOMPARE(ctl({ "restart", "shop-db-1", "--kind", "container" }).exitCode, 0);
        QTRY_VERIFY((said += logs.readAllStandardOutput()).count("db is ready") >= 2);
        logs.terminate();
        QTRY_COMPARE(logs.state(), QProcess::NotRunning);
        QCOMPARE(logs.exitCode(), 0);
    }

    void takesAllAway()
    {
        QCOMPARE(compose({ "scale", "cache=2" }).exitCode, 0);
        const auto down = compose({ "down" });
        QVERIFY2(down.exitCode == 0, qPrintable(down.text()));
        QVERIFY(test::CtlWorld::containers().isEmpty());
        QCOMPARE(ctl({ "volume", "list", "--json" }).json()[0][u"name"].toString(), QStringLiteral("shop_data"));
        QVERIFY(!QFile::exists(QString::fromStdString(m_world.folders().data + "/compose/shop"))); // no secret stays
        QVERIFY(ctl({ "secret", "list", "--json" }).json().array().isEmpty());
        QVERIFY(ctl({ "network", "list", "--json" }).json().array().isEmpty());
        QCOMPARE(compose({ "down", "--volumes" }).exitCode, 0);
        QVERIFY(ctl({ "volume", "list", "--json" }).json().array().isEmpty());
    }

    void undoesWhatItBegan()
    {
        qputenv("CHECK", "false");
        QByteArray impatient(kShopFile);
        impatient.replace("retries: 30", "retries: 2");
        write("compose.yaml", impatient);
        QCOMPARE(compose({ "up", "-d" }).exitCode, 5);
        QVERIFY(test::CtlWorld::containers().isEmpty());
        QVERIFY(ctl({ "volume", "list", "--json" }).json().array().isEmpty());
        QVERIFY(ctl({ "network", "list", "--json" }).json().array().isEmpty());
        QVERIFY(ctl({ "secret", "list", "--json" }).json().array().isEmpty());
    }

    void namesWhatItDoesNotKnow()
    {
        write("compose.yaml", "services:\n  web:\n    image: shop/busybox:1\n    prots: [80]\n    oom_score_adj: 9\n");
        const auto refused = compose({ "up", "-d" });
        QCOMPARE(refused.exitCode, 2);
        QVERIFY2(
            refused.err.contains("compose.yaml:4:5: error: services.web.prots: there is no such key in the Compose "
                                 "specification; is ports meant?"),
            refused.err.constData());
        QVERIFY(refused.err.contains("compose.yaml:5:5: warning: services.web.oom_score_adj: this has no effect here"));
        const auto checked = compose({ "config", "--json" });
        QCOMPARE(checked.exitCode, 2);
        QCOMPARE(checked.json()[u"findings"][0][u"line"].toInt(), 4);
        QVERIFY(test::CtlWorld::containers().isEmpty());
        QCOMPARE(ctl({ "compose", "--file", "/nowhere.yaml", "up" }).exitCode, 3);
    }

    void putsFilesAboveEachOther()
    {
        write("more.yaml", "services:\n  cache: {hostname: of-more}\n");
        const auto shown
            = compose({ "--file", m_world.path(QStringLiteral("shop/more.yaml")).toStdString(), "config" });
        QVERIFY2(shown.exitCode == 0, qPrintable(shown.text()));
        QVERIFY2(shown.out.contains("--hostname of-more "), shown.out.constData());
    }

    void showsWhatTheFileMeans()
    {
        const auto shown = compose({ "config" });
        QCOMPARE(shown.exitCode, 0);
        QVERIFY2(shown.out.contains("# cache\ntwinhullctl run --name shop-cache-1 "), shown.out.constData());
    }

private:
    QString file() const { return m_world.path(QStringLiteral("shop/compose.yaml")); }

    void write(const char* name, const QByteArray& text)
    {
        QVERIFY(
            writeFileAtomically(m_world.path(QStringLiteral("shop/")).toStdString() + name, text.toStdString(), 0644));
    }

    test::CtlOutput compose(std::vector<std::string> words) const
    {
        const std::vector<std::string> head{ "compose", "--file", file().toStdString() };
        words.insert(words.begin(), head.begin(), head.end());
        return ctl(words);
    }

    QJsonArray listed() const { return compose({ "ps", "--json" }).json().array(); }

    QJsonObject container(const char* service) const
    {
        for (const auto& each : listed()) {
            if (each[u"service"].toString() == QLatin1String(service))
                return each.toObject();
        }
        return {};
    }

    QMap<QString, QString> ids() const
    {
        QMap<QString, QString> all;
        for (const auto& each : listed())
            all.insert(QStringLiteral("%1-%2").arg(each[u"service"].toString()).arg(each[u"number"].toInt()),
                each[u"id"].toString());
        return all;
    }

    QString states() const
    {
        QStringList all;
        for (const auto& each : listed()) {
            const QString health = each[u"health"].toString();
            all << each[u"service"].toString() + u' ' + each[u"state"].toString()
                    + (health.isEmpty() ? QString() : u' ' + health);
        }
        return all.join(QStringLiteral(", "));
    }

    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlComposeTest)
#include "ctl_compose_test.moc"
