// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_order.h"
#include "core/compose/compose_reader.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace twinhull;

namespace {

ComposeReading readingOf(const QByteArray& text, const ComposeVariables& variables = {}, const QString& folder = {})
{
    const QString file = (folder.isEmpty() ? QStringLiteral("/srv/x") : folder) + QStringLiteral("/compose.yaml");
    return readCompose({ file, text.toStdString(), variables, {} });
}

QString findingsOf(const ComposeReading& read)
{
    QStringList lines;
    for (const auto& finding : read.findings.all())
        lines << findingLine(QStringLiteral("f"), finding).section(QStringLiteral(": "), 1);
    return lines.join(u'\n');
}

bool writeText(const QString& path, const QByteArray& text)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

}

/// What single sentences of the Compose specification (05-services.md, 09-secrets.md, 15-profiles.md, build.md,
/// deploy.md) ask for.
class ComposeSpecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void finds_data()
    {
        QTest::addColumn<QByteArray>("lines"); // below services.web
        QTest::addColumn<QString>("finding"); // all of them
        const auto row = [](const char* lines, const char* finding) {
            QTest::newRow(lines) << QByteArray(lines) << QString::fromLatin1(finding);
        };
        row("scale: 2\n    deploy: {replicas: 2}", "");
        row("scale: 2\n    deploy: {replicas: 3}",
            "error: services.web: scale says 2 containers, and deploy.replicas 3; leave one out");
        row("deploy: {replicas: 101}", "error: services.web.deploy.replicas: a number from 0 to 100 is wanted here");
        row("deploy: {replicas: 2}\n    networks: {back: {ipv4_address: 10.5.0.9}}",
            "error: services.web: 2 containers cannot share the address 10.5.0.9");
        row("scale: 2\n    ports: ['0.0.0.0:80-81:80']", "");
        row("scale: 3\n    ports: ['0.0.0.0:80-81:80']",
            "error: services.web: 3 containers cannot share port 80; publish a range");
        row("container_name: 'a b'",
            "error: services.web: container_name is of letters, digits, \".\", \"-\" and \"_\"");
        row("profiles: ['a b']",
            "error: services.web.profiles: \"a b\" is no name for a profile: use letters, digits, \".\", \"-\" and "
            "\"_\"");
        row("network_mode: host\n    networks: [back]",
            "error: services.web: network_mode and networks say two things; leave one out");
        row("network_mode: host\n    ports: ['0.0.0.0:80:80']",
            "error: services.web: in the host's network its ports are open as they are; leave ports out");
        row("labels: {com.docker.compose.project: other}",
            "error: services.web.labels: com.docker.compose.project: labels of that beginning are kept for what made "
            "the container");
        row("memswap_limit: 0", "");
        row("deploy: {restart_policy: {condition: any, max_attempts: 3}}",
            "warning: services.web.deploy.restart_policy.max_attempts: attempts are counted with the condition "
            "on-failure only");
        row("cpu_quota: 50000\n    cpu_period: 25000", "");
        row("cpu_quota: -1\n    cpus: 2", "");
        row("cpu_quota: 50000\n    cpus: 2", "error: services.web: cpus and cpu_quota say two things; leave one out");
        row("cpu_quota: 1000\n    cpu_period: 1000000",
            "error: services.web: cpu_quota and cpu_period give 0.001 cores; from 0.01 to 4096 can be had");
        row("shm_size: 0", "");
        row("ulimits: {nofile: 9, memlock: {soft: -1, hard: -1}}", "");
        row("ulimits: {nofile: {soft: 9, hard: 5}}",
            "error: services.web.ulimits.nofile: limit nofile=9:5: the soft limit is above the hard one. Write it as "
            "nofile=1024:65536, or memlock=-1 for none.");
        row("ulimits: {nofile: {soft: 9}}", nullptr);
        row("ulimits: {nofile: {soft: 9, heard: 5}}", nullptr);
        row("ulimits: {files: 9}", nullptr);
        row("shm_size: much", "error: services.web.shm_size: a size is wanted here, as 512M");
        row("blkio_config: {weight: 300}", "warning: services.web.blkio_config.weight: this has no effect here");
        row("blkio_config: {device_read_bps: [{path: /dev/sda}]}",
            "error: services.web.blkio_config.device_read_bps[0]: path, a disk, and rate are wanted here");
        row("blkio_config: {device_read_iops: [{path: sda, rate: 5}]}", nullptr);
        row("depends_on: {db: {condition: service_healthy, restart: true, required: false}}", "");
        row("healthcheck: {test: 'true', start_interval: 1s}", "");
        row("healthcheck: {test: 'true', start_interval: 1ms}",
            "error: services.web.healthcheck: health check: the start interval must be from 100 ms to a day");
        row("build: {context: ., dockerfile: a, dockerfile_inline: FROM b}",
            "error: services.web.build: dockerfile and dockerfile_inline say two things; leave one out");
        row("build: {context: ., secrets: [key]}",
            "error: services.web.build.secrets: a build has its context, args and network alone");
        row("build: {context: ., tags: ['Not A Tag']}\n    env_file: []", nullptr);
        row("build: {context: ., contxt: 1}",
            "error: services.web.build.contxt: there is no such key in the Compose specification; is context meant?");
    }
    void finds()
    {
        QFETCH(QByteArray, lines);
        QFETCH(QString, finding);
        const auto read = readingOf("services:\n  web:\n    image: web\n    " + lines
            + "\n  db: {image: db, healthcheck: {test: 'true'}}\nnetworks: {back: }\n");
        if (finding.isNull())
            QVERIFY(read.findings.hasErrors());
        else
            QCOMPARE(findingsOf(read), finding);
    }

    void takesTheRestartOfDeployBeforeTheOther()
    {
        for (const char* lines : { "restart: always\n    deploy: {restart_policy: {condition: on-failure}}",
                 "deploy: {restart_policy: {condition: on-failure}}\n    restart: always" }) {
            const auto read = readingOf("services:\n  web:\n    image: web\n    " + QByteArray(lines) + "\n");
            QCOMPARE(read.project.services.front().plan.upkeep.restart.when, RestartPolicy::When::OnFailure);
        }
    }

    void readsWhatAServiceMayTakeOfTheComputer()
    {
        const auto read = readingOf("services:\n  web:\n    image: web\n    cpu_quota: 50000\n    shm_size: 256m\n"
                                    "    ulimits: {nofile: {soft: 100, hard: 200}, memlock: -1}\n    blkio_config:\n"
                                    "      device_read_bps: [{path: /dev/sda, rate: 12mb}]\n"
                                    "      device_write_iops: [{path: /dev/sdb, rate: 30}]\n");
        QCOMPARE(findingsOf(read), QString());
        const auto& plan = read.project.services.front().plan;
        QCOMPARE(plan.limits.cpus, std::optional(0.5));
        const std::vector<ProcessLimit> limits{
            { QStringLiteral("nofile"), 100, 200 },
            { QStringLiteral("memlock"), ProcessLimit::kNone, ProcessLimit::kNone },
        };
        QVERIFY(plan.process.limits == limits);
        const TemporaryFolder shared{ QStringLiteral("/dev/shm"), std::uint64_t{ 256 } << 20U, 01777, false, false };
        QVERIFY(plan.files.temporaryFolders == std::vector{ shared });
        const std::vector<DeviceRateOption> rates{
            { DeviceRateKind::ReadBytes, QStringLiteral("/dev/sda"), std::uint64_t{ 12 } << 20U },
            { DeviceRateKind::WriteOperations, QStringLiteral("/dev/sdb"), 30 },
        };
        QVERIFY(plan.fineLimits.deviceRates == rates);
    }

    void isInTheDefaultNetworkWhereNoneIsNamed()
    {
        for (const char* networks : { "", ", networks: ", ", networks: []", ", networks: {}" }) {
            const auto read = readingOf("services: {web: {image: web" + QByteArray(networks) + "}}\n");
            QCOMPARE(read.project.services.front().networks.size(), std::size_t{ 1 });
            QCOMPARE(read.project.networks.size(), std::size_t{ 1 });
        }
    }

    /// "This holds true even if those values are empty or undefined."
    void takesAVariableThatNobodySetAwayFromItsFile()
    {
        QTemporaryDir folder;
        QVERIFY(writeText(folder.filePath(QStringLiteral("a.env")), "A=file\nB=file\nC=file\n"));
        const auto read = readingOf(
            "services: {web: {image: x, env_file: {path: a.env}, environment: [A, B=, OUT]}}\n", {}, folder.path());
        QVERIFY(read.findings.hasErrors()); // a map alone is no list
        const auto good
            = readingOf("services: {web: {image: x, env_file: [{path: a.env}], environment: [A, B=, OUT]}}\n",
                { { QStringLiteral("OUT"), QStringLiteral("here") } }, folder.path());
        QCOMPARE(findingsOf(good), QString());
        QCOMPARE(good.project.services.front().plan.environment.join(u' '), QStringLiteral("B= C=file OUT=here"));
    }

    void readsNoVariablesOfWhatIsNoFile()
    {
        QTemporaryDir folder;
        QCOMPARE(::mkfifo(folder.filePath(QStringLiteral("pipe")).toUtf8().constData(), 0600), 0);
        const auto read = readingOf("services: {web: {image: x, env_file: pipe}}\n", {}, folder.path());
        QCOMPARE(findingsOf(read),
            QStringLiteral("error: services.web.env_file: %1 is no file").arg(folder.filePath(QStringLiteral("pipe"))));
    }

    void readsWhatIsBuilt()
    {
        const auto read = readingOf("services:\n  web:\n    build:\n      context: .\n      dockerfile_inline: |\n"
                                    "        FROM base\n        RUN echo $$HOME\n      labels: {team: web, empty: }\n"
                                    "      tags: ['team/web:2']\n");
        QCOMPARE(findingsOf(read), QString());
        const auto& build = *read.project.services.front().build;
        QCOMPARE(build.containerfileText, QStringLiteral("FROM base\nRUN echo $HOME\n"));
        QCOMPARE(build.labels.join(u' '), QStringLiteral("team=web empty="));
        QCOMPARE(build.tags, QStringList{ QStringLiteral("team/web:2") });
    }

    /// The example of 15-profiles.md.
    void choosesTheProfilesOfWhatIsNamed()
    {
        const auto read = readingOf("services:\n  foo: {image: foo}\n  bar: {image: bar, profiles: [test]}\n"
                                    "  baz: {image: baz, depends_on: [bar], profiles: [test]}\n"
                                    "  zot: {image: zot, depends_on: [bar], profiles: [debug]}\n");
        const auto chosen = [&read](const QStringList& names, const QStringList& profiles) {
            const auto all = chosenServices(read.project, names, profiles);
            return all ? all->join(u' ') : QStringLiteral("refused");
        };
        const QString test = QStringLiteral("test");
        const QString debug = QStringLiteral("debug");
        QCOMPARE(chosen({}, {}), QStringLiteral("foo"));
        QCOMPARE(chosen({}, { test }), QStringLiteral("foo bar baz"));
        QCOMPARE(chosen({}, { debug }), QStringLiteral("refused"));
        QCOMPARE(chosen({}, { debug, test }), QStringLiteral("foo bar baz zot"));
        QCOMPARE(chosen({ QStringLiteral("bar") }, {}), QStringLiteral("bar"));
        QCOMPARE(chosen({ QStringLiteral("baz") }, {}), QStringLiteral("bar baz"));
        QCOMPARE(chosen({ QStringLiteral("zot") }, {}), QStringLiteral("refused"));
        QCOMPARE(chosen({ QStringLiteral("zot") }, { test }), QStringLiteral("bar zot"));
    }

    void readsSecretsAsTheirChapterHasThem()
    {
        const auto read = readingOf("services: {web: {image: x, secrets: [{source: key, mode: 0766}]}}\n"
                                    "secrets: {key: {content: x}}\n");
        QCOMPARE(findingsOf(read), QString());
        QCOMPARE(read.project.services.front().secrets.front().mode, 0544U);
        QCOMPARE(findingsOf(readingOf("services: {web: {image: x}}\n"
                                      "secrets: {key: {external: true, environment: KEY}}\n")),
            QStringLiteral("error: secrets.key.external: what is there already has no file, environment or content"));
        QCOMPARE(findingsOf(readingOf("services: {web: {image: x}}\nsecrets: {key: {content: x, name: other}}\n")),
            QStringLiteral("warning: secrets.key.name: this has no effect here"));
    }

    void takesVariablesOfTheFilesThatAreNamed()
    {
        QTemporaryDir folder;
        const auto path = [&folder](const char* name) { return folder.filePath(QLatin1String(name)); };
        QVERIFY(writeText(path("compose.yaml"), "services: {web: {image: '${A}-${B}-${C}'}}\n"));
        QVERIFY(writeText(path(".env"), "A=usual\nB=usual\nC=usual\nCOMPOSE_PROFILES=one, two\n"));
        QVERIFY(writeText(path("one.env"), "A=1\nB=1\n") && writeText(path("two.env"), "B=2$A\nC=${B}\n"));
        const auto image = [&](const QStringList& files, const ComposeVariables& variables) {
            const auto text = openCompose({ path("compose.yaml"), {}, {}, files, variables });
            return text ? readCompose(*text).project.services.front().image
                        : QString::fromStdString(text.error().message);
        };
        const QStringList both{ path("one.env"), path("two.env") };
        QCOMPARE(image({}, {}), QStringLiteral("usual-usual-usual"));
        QCOMPARE(image(both, {}), QStringLiteral("1-21-21"));
        QCOMPARE(image({}, { { QStringLiteral("COMPOSE_ENV_FILES"), both.join(u',') } }), QStringLiteral("1-21-21"));
        QCOMPARE(image(both, { { QStringLiteral("B"), QStringLiteral("set") } }), QStringLiteral("1-set-set"));
        QCOMPARE(image(both, { { QStringLiteral("A"), QStringLiteral("set") } }), QStringLiteral("set-2set-2set"));
        QCOMPARE(image({}, { { QStringLiteral("COMPOSE_DISABLE_ENV_FILE"), QStringLiteral("true") } }),
            QStringLiteral("--"));
        QVERIFY(image({ path("none.env") }, {}).contains(u"none.env"));
        const auto text = openCompose({ path("compose.yaml"), {}, {}, {}, {} });
        QVERIFY(text);
        QCOMPARE(
            readCompose(*text).project.usualProfiles, (QStringList{ QStringLiteral("one"), QStringLiteral("two") }));
    }
};

QTEST_GUILESS_MAIN(ComposeSpecTest)
#include "compose_spec_test.moc"
