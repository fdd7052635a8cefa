// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/compose/compose_job.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_power.h"
#include "core/compose/compose_reader.h"
#include "core/compose/compose_scale.h"
#include "core/compose/compose_steps.h"
#include "core/compose/container_plan.h"
#include "core/volumes/secrets.h"
#include "core/workload/option_text.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

/// What `up` and `down` find out that they have to do.
class ComposeStepsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_state = {};
        m_state.folders.data = m_folder.path().toStdString();
        m_state.imageDigest
            = [](const QString& reference) { return std::optional<QString>(QStringLiteral("sha256:") + reference); };
    }

    void cleanup()
    {
        QVERIFY(removeTree(m_state.folders.volumes()));
        QVERIFY(removeTree(m_state.folders.networks()));
    }

    void makesAllInOrder()
    {
        QCOMPARE(up(read(kPair)),
            QStringLiteral("create network pair_default|create volume pair_data|create container pair-db-1|start "
                           "container pair-db-1|create container pair-web-1|wait until db is healthy|start container "
                           "pair-web-1"));
    }

    void leavesAloneWhatIsAsTheFileSays()
    {
        const auto project = read(kPair);
        bringUp(project);
        QCOMPARE(up(project), QString());
        m_state.containers[0].state = WorkloadState::Stopped;
        QCOMPARE(up(project), QStringLiteral("start container pair-db-1"));
        UpWish all;
        all.recreatesAll = true;
        all.startsNothing = true;
        QCOMPARE(up(project, all),
            QStringLiteral("replace container pair-db-1|create container pair-db-1|replace container pair-web-1|"
                           "create container pair-web-1|remove container pair-db-1|remove container pair-web-1"));
    }

    void replacesOnlyWhatChanged()
    {
        bringUp(read(kPair));
        QByteArray changed(kPair);
        changed.replace("A: 1", "A: 2");
        QCOMPARE(up(read(changed)),
            QStringLiteral("replace container pair-web-1|create container pair-web-1|wait until db is healthy|start "
                           "container pair-web-1|remove container pair-web-1"));
        UpWish wish;
        wish.recreatesNothing = true;
        QCOMPARE(up(read(changed), wish), QString());
        m_state.imageDigest = [](const QString& reference) {
            return std::optional<QString>(QStringLiteral("sha256:newer-") + reference);
        };
        QVERIFY(up(read(kPair)).contains(QStringLiteral("replace container pair-db-1")));
    }

    void scales()
    {
        const auto project = read(kPair);
        UpWish wish;
        wish.services = QStringList{ QStringLiteral("db") };
        wish.scale.insert(QStringLiteral("db"), 2);
        bringUp(project);
        QCOMPARE(up(project, wish), QStringLiteral("create container pair-db-2|start container pair-db-2"));
        wish.scale.insert(QStringLiteral("db"), 0);
        QCOMPARE(up(project, wish), QStringLiteral("stop container pair-db-1|remove container pair-db-1"));
        m_state.containers[0].capabilities = Capability::Remove; // it rests
        QCOMPARE(up(project, wish), QStringLiteral("remove container pair-db-1"));
    }

    /// Neither what a service depends on nor what somebody gave another name.
    void scalesAndLeavesOthersAlone()
    {
        bringUp(read(kPair));
        m_state.containers[0].state = WorkloadState::Stopped; // a one-shot's state, or a person stopped it
        m_state.containers[1].name = QStringLiteral("shop");
        const auto changed = read(QByteArray(kPair).replace("image: db", "image: db2").replace("A: 1", "A: 2"));
        m_state.imageDigest = [](const QString& reference) {
            return reference == u"web" ? std::optional<QString>(QStringLiteral("sha256:newer")) : std::nullopt;
        };
        const auto wish = scaleWish(changed, m_state.containers, { { QStringLiteral("web"), 2 } });
        QCOMPARE(up(changed, wish),
            QStringLiteral("create container pair-web-2|wait until db is healthy|start container pair-web-2"));
        QVERIFY(imageSteps(changed, wish, {}, m_state)->empty()); // nor is db2 pulled
        const auto none = scaleWish(changed, m_state.containers, { { QStringLiteral("web"), 0 } });
        QCOMPARE(up(changed, none), QStringLiteral("stop container shop|remove container shop"));
        m_state.containers[1].state = WorkloadState::Stopped;
        QVERIFY(up(changed, wish).endsWith(QStringLiteral("start container shop|start container pair-web-2")));
        m_state.containers[1].name = asideName(QStringLiteral("pair-web-1")); // of a run that was killed
        QVERIFY(up(changed, wish).startsWith(QStringLiteral("replace container pair-web-1.old|create container")));
        m_state.containers.erase(m_state.containers.begin()); // there is nothing to wait for
        QVERIFY(!up(changed, wish).contains(QStringLiteral("wait")));
    }

    void restartsWhatDependsOnWhatIsMadeAnew()
    {
        const QByteArray text = QByteArray(kPair).replace("service_healthy}", "service_healthy, restart: true}");
        bringUp(read(text));
        QCOMPARE(up(read(text)), QString());
        QCOMPARE(up(read(QByteArray(text).replace("image: db", "image: db2"))),
            QStringLiteral("replace container pair-db-1|create container pair-db-1|start container pair-db-1|wait "
                           "until db is healthy|restart container pair-web-1|remove container pair-db-1"));
        const QString pair = QStringLiteral("pair");
        const QStringList db{ QStringLiteral("db") };
        QCOMPARE(withRestarted(m_state.containers, pair, db).join(u' '), QStringLiteral("db web"));
        QCOMPARE(withRestarted(m_state.containers, pair, { QStringLiteral("web") }).join(u' '), QStringLiteral("web"));
        QCOMPARE(withRestarted(m_state.containers, pair, {}).size(), qsizetype{ 0 }); // all
        m_state.containers[1].capabilities = Capability::Start; // web rests
        QCOMPARE(withRestarted(m_state.containers, pair, db).join(u' '), QStringLiteral("db"));
    }

    void clearsUpAfterARunThatWasKilled()
    {
        const auto project = read(kPair);
        bringUp(project);
        auto old = m_state.containers[0];
        old.name += QStringLiteral(".old");
        old.id.key = QStringLiteral("0old");
        m_state.containers.insert(m_state.containers.begin(), old);
        old.capabilities = Capability::Start | Capability::Remove;
        m_state.containers.front() = old;
        QCOMPARE(up(project), QStringLiteral("remove container pair-db-1.old"));
        m_state.containers.erase(m_state.containers.begin() + 1); // it was killed before the new one was made
        QCOMPARE(up(project).section(u'|', 0, 1),
            QStringLiteral("replace container pair-db-1.old|create container pair-db-1"));
    }

    void startsAndStopsInRoundsByLabels()
    {
        bringUp(read(kPair));
        QCOMPARE(roundsOf(stopRounds(m_state.containers, QStringLiteral("pair"))),
            QStringLiteral("stop container pair-web-1 / stop container pair-db-1"));
        QCOMPARE(roundsOf(startRounds(m_state.containers, QStringLiteral("pair"))), QString()); // they run
        QVERIFY(textOf(downSteps(projectByLabels(m_state.folders, QStringLiteral("pair")), {}, m_state))
                    .startsWith(QStringLiteral("stop container pair-web-1|stop container pair-db-1|"))); // likewise
        for (auto& info : m_state.containers)
            info.capabilities = Capability::Start;
        const QString all
            = QStringLiteral("start container pair-db-1 / wait until db is healthy / start container pair-web-1");
        QCOMPARE(roundsOf(startRounds(m_state.containers, QStringLiteral("pair"))), all);
        QCOMPARE(roundsOf(startRounds(m_state.containers, QStringLiteral("pair"), { QStringLiteral("web") })), all);
        QCOMPARE(roundsOf(startRounds(m_state.containers, QStringLiteral("pair"), { QStringLiteral("db") })),
            QStringLiteral("start container pair-db-1"));
        QCOMPARE(roundsOf(startRounds(m_state.containers, QStringLiteral("other"))), QString());
    }

    /// As no file of ours can say, but labels of others can.
    void startsACircleTogether()
    {
        bringUp(read(kPair));
        for (auto& info : m_state.containers) {
            info.capabilities = Capability::Start;
            info.labels[kDependenciesLabel] = QStringLiteral("web:service_healthy:false,db:service_healthy:false,,:x");
        }
        QCOMPARE(roundsOf(startRounds(m_state.containers, QStringLiteral("pair"))),
            QStringLiteral("start container pair-db-1|start container pair-web-1"));
    }

    void needsWhatIsExternal()
    {
        const auto project = read("services: {a: {image: x, volumes: ['v:/v']}}\nvolumes: {v: {external: true}}\n");
        const auto steps = upSteps(project, {}, m_state);
        QVERIFY(!steps);
        QCOMPARE(steps.error().hint, std::string("Make it: twinhullctl volume create v"));
        QVERIFY(makeFolders(m_state.folders.volumes() + "/v"));
        QVERIFY(upSteps(project, {}, m_state));
    }

    void storesSecretsThatAreNotThereAsTheyAre()
    {
        const QByteArray text
            = "name: safe\nservices: {a: {image: x, secrets: [own, {source: given, target: /key, mode: "
              "0400}]}}\nsecrets: {own: {content: one}, given: {external: true, name: mine}}\n";
        const auto project = read(text);
        QCOMPARE(upSteps(project, {}, m_state).error().hint,
            std::string("Make it with: twinhullctl secret create mine FILE"));
        QVERIFY(createSecret(m_state.folders, QStringLiteral("mine"), "of a person"));
        QVERIFY(up(project).contains(QStringLiteral("|store secret compose.safe.own|create container")));
        const auto plan = containerPlan(project, project.services.front(), 1, {}, m_state.folders);
        QCOMPARE(secretText(plan.files.secrets[0]), QStringLiteral("compose.safe.own,target=/run/secrets/own"));
        QCOMPARE(secretText(plan.files.secrets[1]), QStringLiteral("mine,target=/key,mode=0400"));
        QVERIFY(plan.mounts.empty());
        QVERIFY(createSecret(m_state.folders, QStringLiteral("compose.safe.own"), "one"));
        QVERIFY(!up(project).contains(QStringLiteral("store secret")));
        const auto changed = read(QByteArray(text).replace("one", "two"));
        QVERIFY(up(changed).contains(QStringLiteral("store secret")));
        QVERIFY(containerPlan(changed, changed.services.front(), 1, {}, m_state.folders).labels[kHashLabel]
            != plan.labels[kHashLabel]);
        QVERIFY(textOf(downSteps(project, {}, m_state)).endsWith(QStringLiteral("remove secret compose.safe.own")));
        QVERIFY(removeTree(m_state.folders.secrets()));
    }

    void needsImages()
    {
        m_state.imageDigest = [](const QString&) { return std::optional<QString>(); };
        QCOMPARE(upSteps(read(kPair), {}, m_state).error().code, ErrorCode::NotFound);
        QVERIFY(upSteps(read(kPair), {}, m_state, true));
    }

    void getsImagesAsTheirPolicySays_data()
    {
        QTest::addColumn<QByteArray>("service");
        QTest::addColumn<bool>("isThere");
        QTest::addColumn<QString>("steps");
        const auto row = [](const char* service, bool isThere, const char* steps) {
            QTest::addRow("%s, %s", service, isThere ? "there" : "missing")
                << QByteArray(service) << isThere << QString::fromLatin1(steps);
        };
        row("image: x", true, "");
        row("image: x", false, "pull image x");
        row("image: x, pull_policy: always", true, "pull image x");
        row("image: x, pull_policy: never", true, "");
        row("image: x, pull_policy: never", false, "service a: there is no image x, and it is never pulled");
        row("build: .", true, "");
        row("build: .", false, "build image pair-a");
        row("build: ., pull_policy: build", true, "build image pair-a");
        row("build: ., image: x", false, "build image x");
    }
    void getsImagesAsTheirPolicySays()
    {
        QFETCH(QByteArray, service);
        QFETCH(bool, isThere);
        QFETCH(QString, steps);
        if (!isThere)
            m_state.imageDigest = [](const QString&) { return std::optional<QString>(); };
        const auto project = read("name: pair\nservices: {a: {" + service + "}}\n");
        const auto found = imageSteps(project, {}, {}, m_state);
        QStringList texts;
        for (const auto& step : found ? *found : std::vector<ImageStep>())
            texts << stepText(step);
        QCOMPARE(found ? texts.join(u'|') : QString::fromStdString(found.error().message), steps);
    }

    /// Of replicas that were removed since, too.
    void takesAwayVolumesWithoutANameWithTheirContainers()
    {
        const auto project = read("name: pair\nservices: {a: {image: a, volumes: [/data]}}\n");
        const QString first = anonymousVolume(QStringLiteral("pair-a-1"), QStringLiteral("/data"));
        const QString last = anonymousVolume(QStringLiteral("pair-a-100"), QStringLiteral("/data"));
        for (const QString& name : { first, last })
            QVERIFY(makeFolders(m_state.folders.volumes() + '/' + name.toStdString()));
        QCOMPARE(textOf(downSteps(project, {}, m_state)), QString());
        QCOMPARE(textOf(downSteps(project, { true, false }, m_state)),
            QStringLiteral("remove volume %1, and what is in it|remove volume %2, and what is in it").arg(first, last));
    }

    void takesAwayWhatDependsFirst()
    {
        const auto project = read(kPair);
        bringUp(project);
        QVERIFY(makeFolders(m_state.folders.volumes() + "/pair_data"));
        const auto down = [&](const DownWish& wish) { return textOf(downSteps(project, wish, m_state)); };
        QVERIFY(removeTree(m_state.folders.networks()));
        const QString containers = QStringLiteral("stop container pair-web-1|stop container pair-db-1|remove container "
                                                  "pair-web-1|remove container pair-db-1");
        QCOMPARE(down({}), containers);
        QCOMPARE(down({ true, false }), containers + QStringLiteral("|remove volume pair_data, and what is in it"));
        WorkloadInfo orphan = m_state.containers[0];
        orphan.name = QStringLiteral("pair-gone-1");
        orphan.labels[kServiceLabel] = QStringLiteral("gone");
        orphan.capabilities = Capability::Remove;
        m_state.containers.push_back(orphan);
        QCOMPARE(down({}), containers);
        QVERIFY(down({ false, true }).contains(QStringLiteral("remove container pair-gone-1")));
        ComposeProject named;
        named.name = project.name;
        QCOMPARE(downSteps(named, {}, m_state).size(), std::size_t{ 5 }); // without its file: all of that name
    }

    void givesEachContainerItsPortOfARange()
    {
        const auto project = read("services: {a: {image: x, scale: 2, ports: ['0.0.0.0:8080-8081:80', '81']}}\n");
        const auto& service = project.services.front();
        QCOMPARE(containerPlan(project, service, 1, {}, m_state.folders).ports[0].hostPort, std::uint16_t{ 8080 });
        auto ports = containerPlan(project, service, 2, {}, m_state.folders).ports;
        QCOMPARE(ports[0].hostPort, std::uint16_t{ 8081 });
        QCOMPARE(ports[1].hostPort, std::uint16_t{ 0 });
        QVERIFY(chooseFreePorts(ports));
        QVERIFY(ports[1].hostPort != 0);
        QCOMPARE(ports[1].hostAddress, QStringLiteral("localhost"));
    }

private:
    static constexpr const char* kPair = "name: pair\n"
                                         "services:\n"
                                         "  web: {image: web, environment: {A: 1}, depends_on: {db: {condition: "
                                         "service_healthy}}}\n"
                                         "  db: {image: db, volumes: ['data:/data'], healthcheck: {test: 'true'}}\n"
                                         "volumes: {data: }\n";

    static ComposeProject read(const QByteArray& text)
    {
        const auto reading = readCompose({ QStringLiteral("/srv/pair/compose.yaml"), text.toStdString(), {}, {} });
        for (const auto& finding : reading.findings.all())
            qWarning("%s", qPrintable(findingLine(QStringLiteral("f"), finding)));
        return reading.project;
    }

    static QString textOf(const std::vector<ComposeStep>& steps)
    {
        QStringList texts;
        for (const auto& step : steps)
            texts << stepText(step);
        return texts.join(u'|');
    }

    static QString roundsOf(const std::vector<ComposeRound>& rounds)
    {
        QStringList texts;
        for (const auto& round : rounds)
            texts << textOf(round);
        return texts.join(QStringLiteral(" / "));
    }

    QString up(const ComposeProject& project, const UpWish& wish = {}) const
    {
        const auto steps = upSteps(project, wish, m_state);
        return steps ? textOf(*steps) : QString::fromStdString(steps.error().toLine());
    }

    /// As if it had been done.
    void bringUp(const ComposeProject& project)
    {
        for (const char* name : { "db", "web" }) {
            const auto& service = *project.service(QLatin1String(name));
            const auto plan = containerPlan(project, service, 1, *m_state.imageDigest(service.image), m_state.folders);
            WorkloadInfo info;
            info.id = { WorkloadKind::Container, plan.name };
            info.name = plan.name;
            info.labels = plan.labels;
            info.state = WorkloadState::Running;
            info.capabilities = Capability::Stop | Capability::Remove;
            m_state.containers.push_back(info);
        }
        QVERIFY(makeFolders(m_state.folders.volumes() + "/pair_data"));
        QVERIFY(makeFolders(m_state.folders.networks()));
        QVERIFY(writeFileAtomically(m_state.folders.networks() + "/pair_default.json", "{}"));
    }

    QTemporaryDir m_folder;
    ComposeState m_state;
};

QTEST_GUILESS_MAIN(ComposeStepsTest)
#include "compose_steps_test.moc"
