// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_order.h"
#include "core/compose/compose_reader.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

ComposeReading reading(const char* text, const ComposeVariables& variables = {}, const QString& folder = {})
{
    const QString file = (folder.isEmpty() ? QStringLiteral("/srv/My Shop") : folder) + QStringLiteral("/compose.yaml");
    return readCompose({ file, text, variables, {} });
}

QString allOf(const ComposeReading& read)
{
    QStringList lines;
    for (const auto& finding : read.findings.all())
        lines << findingLine(QStringLiteral("f"), finding);
    return lines.join(u'\n');
}

/// What a service is read as, where the file says nothing wrong.
ComposeService serviceOf(const QByteArray& lines)
{
    const QByteArray text = "services:\n  web:\n    image: web:1\n" + lines
        + "  db: {image: db}\nvolumes: {data: , other: {external: true, name: real}}\nnetworks: {back: }\n"
          "secrets: {key: {environment: KEY}}\nconfigs: {conf: {content: text}}\n";
    const auto read = reading(text.constData(), { { QStringLiteral("KEY"), QStringLiteral("secret") } });
    if (read.findings.hasErrors())
        qWarning("%s", qPrintable(allOf(read)));
    return read.findings.hasErrors() ? ComposeService() : *read.project.service(QStringLiteral("web"));
}

const char* const kShop = R"(
name: shop
services:
  web:
    build: ./web
    ports: ["8080:80"]
    depends_on:
      db: {condition: service_healthy}
      cache: {condition: service_started}
      migrate: {condition: service_completed_successfully}
    networks: [front, back]
  migrate:
    image: team/migrate:${TAG:-1}
    depends_on: [db]
    networks: [back]
  cache:
    image: redis:7-alpine
    command: redis-server --save 60 1 --loglevel warning
    networks: [back]
    profiles: []
  db:
    image: postgres:16
    restart: unless-stopped
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/password
      POSTGRES_DB: shop
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U postgres"]
      interval: 5s
      timeout: 1m
      retries: 5
      start_period: 10s
    volumes: ["data:/var/lib/postgresql/data"]
    networks: [back]
    secrets: [password]
  admin:
    image: adminer
    profiles: [tools]
    depends_on: [db]
    networks: [back]
volumes:
  data:
networks:
  front:
  back: {internal: true}
secrets:
  password: {environment: DB_PASSWORD}
)";

}

/// A Compose file as a project, and what is wrong with it.
class ComposeReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAShop()
    {
        const auto read = reading(kShop, { { QStringLiteral("DB_PASSWORD"), QStringLiteral("x") } });
        QVERIFY2(!read.findings.hasErrors(), qPrintable(allOf(read)));
        const auto& project = read.project;
        QCOMPARE(project.name, QStringLiteral("shop"));
        QCOMPARE(project.services.size(), std::size_t{ 5 });
        const auto* web = project.service(QStringLiteral("web"));
        QCOMPARE(web->image, QStringLiteral("shop-web"));
        QCOMPARE(web->build->contextFolder, QStringLiteral("/srv/My Shop/web"));
        QCOMPARE(web->ports.front().hostFirst, std::uint16_t{ 8080 });
        QCOMPARE(web->ports.front().hostAddress, QStringLiteral("localhost"));
        QCOMPARE(web->dependencies.front().condition, StartCondition::Healthy);
        QCOMPARE(project.service(QStringLiteral("migrate"))->image, QStringLiteral("team/migrate:1"));
        QCOMPARE(project.service(QStringLiteral("cache"))->plan.command.size(), qsizetype{ 6 });
        const auto* db = project.service(QStringLiteral("db"));
        QCOMPARE(db->plan.upkeep.health->command.back(), std::string("pg_isready -U postgres"));
        QCOMPARE(db->plan.upkeep.health->timeout, std::chrono::milliseconds(60'000));
        QVERIFY(db->plan.upkeep.health->hasSaid(HealthCheck::Timeout));
        QCOMPARE(db->plan.upkeep.health->startPeriod, std::chrono::milliseconds(10'000));
        QCOMPARE(db->plan.upkeep.restart.when, RestartPolicy::When::UnlessStopped);
        QCOMPARE(db->mounts.front().source, QStringLiteral("data"));
        QCOMPARE(db->secrets.front().target, QStringLiteral("/run/secrets/password"));
        QCOMPARE(partOf(project.volumes, QStringLiteral("data"))->name, QStringLiteral("shop_data"));
        QVERIFY(partOf(project.networks, QStringLiteral("back"))->isInternal);
        QVERIFY(partOf(project.networks, QStringLiteral("default")) == nullptr); // nobody is in it
        QCOMPARE(allOf(read),
            QStringLiteral("f:6:13: warning: services.web.ports[0]: published on 127.0.0.1 and ::1; write "
                           "0.0.0.0: before it to let other computers in"));
    }

    void startsWhatOthersNeedFirst()
    {
        const auto read = reading(kShop, { { QStringLiteral("DB_PASSWORD"), QStringLiteral("x") } });
        const auto chosen = [&read](const QStringList& names, const QStringList& profiles) {
            const auto order = chosenServices(read.project, names, profiles);
            return order ? order->join(u' ') : QString::fromStdString(order.error().message);
        };
        QCOMPARE(chosen({}, {}), QStringLiteral("db cache migrate web"));
        QCOMPARE(chosen({}, { QStringLiteral("tools") }), QStringLiteral("db cache migrate web admin"));
        QCOMPARE(chosen({}, { QStringLiteral("*") }), QStringLiteral("db cache migrate web admin"));
        QCOMPARE(chosen({ QStringLiteral("migrate") }, {}), QStringLiteral("db migrate"));
        QCOMPARE(chosen({ QStringLiteral("admin") }, {}), QStringLiteral("db admin")); // named: its profile is chosen
        QCOMPARE(chosen({ QStringLiteral("nobody") }, {}), QStringLiteral("there is no service nobody"));
    }

    void namesServicesThatWaitForEachOther()
    {
        const auto read = reading("services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n"
                                  "  c: {image: x, depends_on: [a]}\n");
        QVERIFY(read.findings.hasErrors());
        QVERIFY2(allOf(read).contains(QStringLiteral("a -> b -> c -> a")), qPrintable(allOf(read)));
    }

    void namesWhatIsOfAProfileThatIsNotChosen()
    {
        const auto read = reading("services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, profiles: [extra]}\n"
                                  "  c: {image: x, depends_on: {b: {condition: service_started, required: false}}}\n");
        QVERIFY2(!read.findings.hasErrors(), qPrintable(allOf(read)));
        const auto all = chosenServices(read.project, {}, {});
        QVERIFY(!all);
        QCOMPARE(all.error().hint, std::string("Add --profile extra"));
        QCOMPARE(chosenServices(read.project, { QStringLiteral("c") }, {}).value(), QStringList{ QStringLiteral("c") });
    }

    void finds_data()
    {
        QTest::addColumn<QByteArray>("lines"); // below services.web
        QTest::addColumn<QString>("finding"); // its line from the severity on; the first
        const auto row = [](const char* lines, const char* finding) {
            QTest::newRow(lines) << QByteArray(lines) << QString::fromUtf8(finding);
        };
        const QByteArray unknown = "there is no such key in the Compose specification";
        row("prots: [80]", ("error: services.web.prots: " + unknown + "; is ports meant?").constData());
        row("zzz: 1", ("error: services.web.zzz: " + unknown).constData());
        row("healthcheck: {tset: x}",
            ("error: services.web.healthcheck.tset: " + unknown + "; is test meant?").constData());
        row("deploy: {resources: {limits: {ram: 1}}}",
            ("error: services.web.deploy.resources.limits.ram: " + unknown).constData());
        row("x-mine: {a: 1}", "");
        row("privileged: false", "");
        row("privileged: true",
            "error: services.web.privileged: no container has all rights over this computer; name what it needs with "
            "cap_add and devices");
        row("pid: host", "error: services.web.pid: containers always have a process namespace of their own");
        row("oom_score_adj: 9", "warning: services.web.oom_score_adj: this has no effect here");
        row("sysctls: [a=1]", "warning: services.web.sysctls: this has no effect here");
        row("ports: [80:80:80:80]",
            "error: services.web.ports[0]: port 80:80:80:80: too many parts. Write an "
            "IPv6 address in brackets: [::1]:8080:80.");
        row("ports: [{published: 80}]", "error: services.web.ports[0]: target, the port inside, is missing");
        row("ports: 80", "error: services.web.ports: a list is wanted here");
        row("scale: 3\n    ports: ['127.0.0.1:80:80']",
            "error: services.web: 3 containers cannot share port 80; publish a range");
        row("scale: 2\n    container_name: one",
            "error: services.web: several containers cannot bear one container_name");
        row("volumes: ['missing:/x']", "error: services.web.volumes: missing is not there on the top level");
        row("volumes: ['data:x']", "error: services.web.volumes[0]: the place inside must be an absolute path");
        row("volumes: [{type: npipe, target: /x}]",
            "error: services.web.volumes[0]: its type must be bind, volume or tmpfs");
        row("networks: [nowhere]", "error: services.web.networks: nowhere is not there on the top level");
        row("network_mode: 'service:db'",
            "error: services.web.network_mode: none, host or bridge is wanted here; one "
            "container's network cannot be another's");
        row("depends_on: [nobody]", "error: services.web.depends_on: there is no service nobody");
        row("depends_on: {db: {condition: soon}}",
            "error: services.web.depends_on.db.condition: service_started, service_healthy or "
            "service_completed_successfully is wanted here");
        row("mem_limit: much", "error: services.web.mem_limit: a size is wanted here, as 512M");
        row("tty: perhaps", "error: services.web.tty: true or false is wanted here");
        row("stdin_open: perhaps", "error: services.web.stdin_open: true or false is wanted here");
        row("environment: ['=x']", "error: services.web.environment[0]: KEY=VALUE is wanted here");
        row("env_file: /nowhere/x.env", "error: services.web.env_file: open /nowhere/x.env: No such file or directory");
        row("command: \"'open\"", "error: services.web.command: a quote that does not end: 'open");
        row("healthcheck: {test: [sh]}",
            "error: services.web.healthcheck.test: a text, or a list that begins with CMD, "
            "CMD-SHELL or NONE, is wanted here");
        row("user: $NOBODY", "warning: services.web.user: the variable NOBODY is not set: nothing stands there");
        row("user: ${NOBODY:?say who}",
            "error: services.web.user: NOBODY: say who. Set it in the environment or in .env.");
        row("secrets: [{source: key, target: ../key}]",
            "error: services.web.secrets[0]: /run/secrets/../key is no place for a secret");
        row("secrets: [{source: key, mode: 0999}]",
            "error: services.web.secrets[0].mode: a number of up to 777 is wanted here");
        row("image: twice", "error: services.web.image: this key is there twice");
    }
    void finds()
    {
        QFETCH(QByteArray, lines);
        QFETCH(QString, finding);
        const QByteArray text = "services:\n  web:\n    image: web\n    " + lines
            + "\n  db: {image: db}\nvolumes: {data: }\nsecrets: {key: {content: x}}\n";
        const auto read = reading(text.constData());
        if (finding.isEmpty()) {
            QCOMPARE(allOf(read), QString());
            return;
        }
        QVERIFY(!read.findings.all().empty());
        const QString first = findingLine(QStringLiteral("f"), read.findings.all().front());
        QCOMPARE(first.section(QStringLiteral(": "), 1), finding);
        QVERIFY2(
            first.startsWith(QStringLiteral("f:")) && read.findings.all().front().place.line >= 2, qPrintable(first));
    }

    void findsOnTheTopLevel_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* text, const char* finding) {
            QTest::newRow(text) << QByteArray(text) << QString::fromLatin1(finding);
        };
        row("serivces: {a: {image: x}}",
            "f:1:1: error: serivces: there is no such key in the Compose specification; is services meant?");
        row("include: [a.yaml]\nservices: {a: {image: x}}",
            "f:1:11: error: include[0]: there is no file /srv/My Shop/a.yaml");
        row("services: {}", "f:1:1: error: there are no services");
        row("services: {a: {}}", "f:1:15: error: services.a: neither an image nor a build");
        row("name: Big Shop\nservices: {a: {image: x}}",
            "f:1:7: error: name: \"Big Shop\" is no name for a project: use up to 40 small letters, digits, \"-\" and "
            "\"_\"");
        row("services: {a: {image: x}}\nvolumes: {v: {driver: nfs}}",
            "f:2:23: error: volumes.v.driver: there is no other driver than local");
        row("services: {a: {image: x}}\nconfigs: {s: {external: true}}",
            "f:2:25: error: configs.s.external: it must be a file, a variable or a content of this project");
        row("services: {a: {image: x}}\nsecrets: {s: {content: ''}}", "f:2:14: error: secrets.s: it is empty");
        row("services: {a: {image: x}}\nsecrets: {s: {file: nowhere}}",
            "f:2:21: error: secrets.s.file: there is no file /srv/My Shop/nowhere");
        row("services: {'a/b': {image: x}}",
            "f:1:19: error: services.a/b: a service's name is of up to 40 letters, digits, \".\", \"-\" and \"_\"");
    }
    void findsOnTheTopLevel()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, finding);
        const auto read = reading(text.constData());
        QVERIFY(read.findings.hasErrors());
        QCOMPARE(findingLine(QStringLiteral("f"), read.findings.all().front()), finding);
    }

    void readsShortAndLongFormsAlike()
    {
        const auto shortly = serviceOf("    ports: ['0.0.0.0:8080:80/udp', '3000', '[::1]:81:80']\n"
                                       "    volumes: ['data:/data:ro', './conf:/conf', '/cache']\n"
                                       "    networks: [back]\n    secrets: [key]\n    configs: [conf]\n"
                                       "    environment: [A=1, KEY, NOBODY]\n    depends_on: [db]\n"
                                       "    command: sh -c 'echo hi'\n    labels: [a=b]\n");
        const auto longly = serviceOf(
            "    ports:\n      - {target: 80, published: 8080, host_ip: 0.0.0.0, protocol: udp, mode: host}\n"
            "      - {target: 3000}\n      - {target: 80, published: 81, host_ip: '::1'}\n"
            "    volumes:\n      - {type: volume, source: data, target: /data, read_only: true}\n"
            "      - {type: bind, source: conf, target: /conf}\n      - {type: volume, target: /cache}\n"
            "    networks: {back: }\n    secrets: [{source: key, target: key, uid: '0', mode: 0444}]\n    configs: "
            "[{source: conf}]\n"
            "    environment: {A: 1, KEY: , NOBODY: }\n"
            "    depends_on: {db: {condition: service_started}}\n    command: [sh, -c, echo hi]\n    labels: {a: b}\n");
        QCOMPARE(shortly.name, QStringLiteral("web"));
        QVERIFY(shortly.ports == longly.ports);
        QVERIFY(shortly.mounts == longly.mounts);
        QVERIFY(shortly.secrets == longly.secrets);
        QVERIFY(shortly.configs == longly.configs);
        QVERIFY(shortly.dependencies == longly.dependencies);
        QCOMPARE(shortly.networks.front().network, longly.networks.front().network);
        QCOMPARE(shortly.plan.environment, (QStringList{ QStringLiteral("A=1"), QStringLiteral("KEY=secret") }));
        QCOMPARE(longly.plan.environment, shortly.plan.environment);
        QCOMPARE(longly.plan.command, shortly.plan.command);
        QCOMPARE(longly.plan.labels, shortly.plan.labels);
        QCOMPARE(shortly.mounts[1].source, QStringLiteral("/srv/My Shop/conf"));
        QCOMPARE(shortly.mounts[2].kind, ServiceMount::Kind::Anonymous);
        QCOMPARE(shortly.ports[1].hostFirst, std::uint16_t{ 0 });
        QCOMPARE(shortly.configs[0].target, QStringLiteral("/conf"));
    }

    void readsLimitsAndTheRest()
    {
        const auto service = serviceOf(
            "    deploy: {replicas: 2, resources: {limits: {cpus: '0.5', memory: 64M, pids: 9}},"
            " restart_policy: {condition: on-failure, max_attempts: 3}}\n"
            "    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]\n    read_only: true\n"
            "    tmpfs: [/tmp, '/run:size=1m']\n    user: '1000:1000'\n    init: true\n    userns_mode: keep-id:uid=7\n"
            "    stop_signal: SIGINT\n    stop_grace_period: 1m30s\n    hostname: inside\n"
            "    extra_hosts: ['a=10.0.0.1', 'b:10.0.0.2']\n    dns: 9.9.9.9\n"
            "    logging: {driver: json-file, options: {max-size: 1m, max-file: '3'}}\n"
            "    entrypoint: []\n    command: [run]\n    mem_limit: 32m\n");
        QCOMPARE(service.scale, 2U);
        QCOMPARE(service.plan.limits.cpus, std::optional(0.5));
        QCOMPARE(service.plan.limits.pids, std::optional(std::uint32_t{ 9 }));
        QCOMPARE(service.plan.limits.memoryBytes, std::optional(std::uint64_t{ 32 } << 20U));
        QCOMPARE(encodeRestartPolicy(service.plan.upkeep.restart), std::string("on-failure:3"));
        QCOMPARE(service.plan.security.droppedCapabilities, QStringList{ QStringLiteral("ALL") });
        QCOMPARE(service.plan.files.temporaryFolders.size(), std::size_t{ 2 });
        QVERIFY(service.plan.files.isRootReadOnly && service.plan.process.hasInit);
        QCOMPARE(service.plan.process.stopSeconds, std::optional(std::uint32_t{ 90 }));
        QVERIFY(service.plan.process.keepId == std::optional(KeepId{ 7U, {} }));
        QCOMPARE(service.plan.naming.hosts.size(), std::size_t{ 2 });
        QCOMPARE(service.plan.naming.hosts[0].address, QStringLiteral("10.0.0.1"));
        QCOMPARE(service.plan.upkeep.log.maxFiles, 3U);
        QCOMPARE(service.plan.process.entrypoint, std::optional(QStringList()));
    }

    void putsTheEnvironmentAboveItsFiles()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("a.env")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("A=file\nB=\"of ${HERE}\"\n") > 0);
        file.close();
        const auto read
            = reading("services:\n  web:\n    image: x\n    env_file: [a.env, {path: b.env, required: false}]\n"
                      "    environment: {A: said}\n",
                { { QStringLiteral("HERE"), QStringLiteral("this place") } }, folder.path());
        QVERIFY2(!read.findings.hasErrors(), qPrintable(allOf(read)));
        QCOMPARE(read.project.services.front().plan.environment,
            (QStringList{ QStringLiteral("A=said"), QStringLiteral("B=of this place") }));
    }

    void findsTheFileAndItsVariables()
    {
        QTemporaryDir folder;
        QVERIFY(!openCompose({ {}, folder.path(), {}, {}, {} }));
        const auto write = [&folder](const char* name, const QByteArray& text) {
            QFile file(folder.filePath(QLatin1String(name)));
            return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
        };
        QVERIFY(write("docker-compose.yml", "services: {a: {image: '$IMAGE'}}\n") && write(".env", "IMAGE=x\nB=1\n"));
        QVERIFY(write("docker-compose.override.yml", "services: {a: {hostname: b}}\n"));
        const auto text = openCompose({ {}, folder.path(), {}, {}, { { QStringLiteral("B"), QStringLiteral("2") } } });
        QVERIFY(text);
        QCOMPARE(text->layers.size(), std::size_t{ 1 }); // the override file
        QCOMPARE(text->variables.value(QStringLiteral("IMAGE")), QStringLiteral("x"));
        QCOMPARE(text->variables.value(QStringLiteral("B")), QStringLiteral("2")); // the environment stands above it
        const auto service = readCompose(*text).project.services.front();
        QCOMPARE(service.image, QStringLiteral("x"));
        QCOMPARE(service.plan.naming.hostName, QStringLiteral("b"));
        QCOMPARE(
            openCompose({ QStringLiteral("none.yaml"), folder.path(), {}, {}, {} }).error().code, ErrorCode::NotFound);
    }

    void putsFilesAboveEachOther()
    {
        const auto read = readCompose({ QStringLiteral("/srv/x/compose.yaml"),
            "name: below\nservices:\n  a:\n    image: x:1\n    command: one two\n    environment: [A=1, B=1]\n"
            "    ports: ['127.0.0.1:80:80', '127.0.0.1:81:81']\n    volumes: ['./a:/a', 'data:/data']\n"
            "    depends_on: [b]\n    cap_drop: [ALL]\n    dns: 9.9.9.9\n"
            "    healthcheck: {test: [CMD, a, b], interval: 5s}\n  b: {image: x}\nvolumes: {data: }\n",
            {}, {},
            { { QStringLiteral("/srv/x/more/prod.yaml"),
                "name: above\nservices:\n  a:\n    image: x:2\n    command: [three]\n    environment: {B: 2, C: 3}\n"
                "    ports: [{target: 80, published: '80', host_ip: 127.0.0.1}, '127.0.0.1:82:82']\n"
                "    volumes: ['./other:/a:ro']\n    depends_on: {c: {condition: service_healthy}}\n"
                "    cap_drop: [ALL]\n    dns: [1.1.1.1]\n    healthcheck: {test: [CMD, c]}\n"
                "  c: {image: y, oom_score_adj: 1}\n" } } });
        QVERIFY2(!read.findings.hasErrors(), qPrintable(allOf(read)));
        QCOMPARE(allOf(read),
            QStringLiteral("more/prod.yaml:13:17: warning: services.c.oom_score_adj: this has no effect here"));
        QCOMPARE(read.project.name, QStringLiteral("above"));
        const auto& a = *read.project.service(QStringLiteral("a"));
        QCOMPARE(a.image, QStringLiteral("x:2"));
        QCOMPARE(a.plan.command, QStringList{ QStringLiteral("three") });
        QCOMPARE(a.plan.environment.join(u' '), QStringLiteral("A=1 B=2 C=3"));
        QCOMPARE(a.ports.size(), std::size_t{ 3 });
        QCOMPARE(a.mounts.size(), std::size_t{ 2 });
        QCOMPARE(a.mounts[0].source, QStringLiteral("/srv/x/other")); // relative to the first file
        QVERIFY(a.mounts[0].readOnly);
        QCOMPARE(a.dependencies.size(), std::size_t{ 2 });
        QCOMPARE(a.plan.security.droppedCapabilities.size(), qsizetype{ 1 });
        QCOMPARE(a.plan.naming.nameServers.size(), qsizetype{ 2 });
        QCOMPARE(a.plan.upkeep.health->command, (std::vector<std::string>{ "c" }));
        QCOMPARE(a.plan.upkeep.health->interval, std::chrono::milliseconds(5000));
    }

    void extendsServices()
    {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("common")));
        QFile file(folder.filePath(QStringLiteral("common/base.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("services:\n  base: {extends: root, volumes: ['./here:/here'], environment: {WHO: $WHO}}\n"
                   "  root: {image: 'base:1', build: ./src, labels: {a: b}}\n");
        file.close();
        const auto read = reading("services:\n  web: {extends: own, command: [run]}\n"
                                  "  own: {extends: {file: common/base.yaml, service: base}, labels: [a=c, d=e]}\n",
            { { QStringLiteral("WHO"), QStringLiteral("me") } }, folder.path());
        QCOMPARE(allOf(read), QString());
        const auto& web = *read.project.service(QStringLiteral("web"));
        QCOMPARE(web.image, QStringLiteral("base:1"));
        QCOMPARE(web.plan.command, QStringList{ QStringLiteral("run") });
        QCOMPARE(web.plan.environment, QStringList{ QStringLiteral("WHO=me") });
        QCOMPARE(web.plan.labels.value(QStringLiteral("a")), QStringLiteral("c"));
        QCOMPARE(web.plan.labels.size(), qsizetype{ 2 });
        QCOMPARE(web.mounts[0].source, folder.filePath(QStringLiteral("common/here")));
        QCOMPARE(web.build->contextFolder, folder.filePath(QStringLiteral("common/src")));
        QVERIFY(read.project.service(QStringLiteral("own"))->plan.command.isEmpty());
        QCOMPARE(read.project.services.size(), std::size_t{ 2 });
    }

    void takesInOtherFiles()
    {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("db")));
        const auto write = [&folder](const char* name, const QByteArray& text) {
            QFile file(folder.filePath(QLatin1String(name)));
            return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
        };
        const char* const here = "include: [db/compose.yaml]\nservices: {web: {image: x, depends_on: [db]}}\n"
                                 "volumes: {data: }\n";
        QVERIFY(write("db/compose.yaml",
            "name: other\ninclude: [more.yaml]\nservices: {db: {image: '$DB', volumes: ['./init:/init', 'data:/data'],"
            " secrets: [key]}}\nvolumes: {data: }\nsecrets: {key: {file: key.txt}}\n"));
        QVERIFY(write("db/more.yaml", "services: {extra: {image: y}}\n") && write("db/key.txt", "secret"));
        const ComposeVariables variables{ { QStringLiteral("DB"), QStringLiteral("postgres") } };
        const auto read = reading(here, variables, folder.path());
        QCOMPARE(allOf(read), QString());
        const auto* db = read.project.service(QStringLiteral("db"));
        QVERIFY(db != nullptr && read.project.service(QStringLiteral("extra")) != nullptr);
        QCOMPARE(db->image, QStringLiteral("postgres"));
        QCOMPARE(db->mounts[0].source, folder.filePath(QStringLiteral("db/init")));
        QCOMPARE(read.project.secrets[0].content, QByteArray("secret"));
        QVERIFY(read.project.name != u"other");
        QVERIFY(write("db/more.yaml", "include: [compose.yaml]\nservices: {web: {image: y}}\n"));
        const QString all = allOf(reading(here, variables, folder.path()));
        QVERIFY2(all.contains(QStringLiteral("db/compose.yaml includes itself")), qPrintable(all));
        QVERIFY2(all.contains(QStringLiteral("db/more.yaml:2:12: error: services.web: it is there already")),
            qPrintable(all));
    }

    void refusesWhatCannotBeExtended_data()
    {
        QTest::addColumn<QByteArray>("service");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* service, const char* finding) {
            QTest::newRow(service) << QByteArray(service) << QString::fromLatin1(finding);
        };
        row("{extends: a}", "error: services.a.extends: it extends itself, by way of a");
        row("{extends: b}", "error: services.a.extends: it extends itself, by way of b");
        row("{extends: c}", "error: services.a.extends: there is no service c");
        row("{extends: {service: a, file: none.yaml}}",
            "error: services.a.extends: there is no file /srv/My Shop/none.yaml");
        row("{extends: {service: a, file: /dev/zero}}", "error: services.a.extends: there is no file /dev/zero");
        row("{extends: {servce: a}}",
            "error: services.a.extends.servce: there is no such key in the Compose specification; is service "
            "meant?");
    }
    void refusesWhatCannotBeExtended()
    {
        QFETCH(QByteArray, service);
        QFETCH(QString, finding);
        const QByteArray text = "services:\n  a: " + service + "\n  b: {extends: a}\n";
        const QString all = allOf(reading(text.constData()));
        QVERIFY2(all.contains(finding), qPrintable(all));
    }

    void namesTheProjectAfterItsFolder()
    {
        QCOMPARE(reading("services: {a: {image: x}}").project.name, QStringLiteral("myshop"));
        const auto asked = readCompose({ QStringLiteral("/srv/x/compose.yaml"), "name: no\nservices: {a: {image: x}}",
            {}, QStringLiteral("mine") });
        QCOMPARE(asked.project.name, QStringLiteral("mine"));
        QCOMPARE(
            reading("services: {a: {image: x}}", { { QStringLiteral("COMPOSE_PROJECT_NAME"), QStringLiteral("said") } })
                .project.name,
            QStringLiteral("said"));
    }
};

QTEST_GUILESS_MAIN(ComposeReaderTest)
#include "compose_reader_test.moc"
