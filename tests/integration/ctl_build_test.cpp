// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_jobs.h"
#include "tests/support/ctl_world.h"
#include "tests/support/process_search.h"
#include "tests/support/wait_for_job.h"

#include <QDir>
#include <QProcess>
#include <QTest>

#include <unistd.h>

#include <atomic>

using namespace twinhull;
using namespace std::chrono_literals;
using namespace twinhull::test;

/// "twinhullctl images build" with the real buildah, on the starter image.
class CtlBuildTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        if (findExecutable("buildah").empty())
            QSKIP("buildah is not installed");
        m_world = std::make_unique<CtlWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
        QVERIFY(QDir().mkpath(m_world->path(QStringLiteral("work"))));
    }
    void cleanup()
    {
        if (m_world && !QTest::currentTestFailed())
            QCOMPARE(ctl({ "images", "prune", "--build-cache", "--force" }).exitCode, 0); // owned as images are
        m_world.reset();
    }

    void buildsAnImageThatRuns()
    {
        write("page.html", "<p>built</p>\n");
        write("Containerfile",
            "ARG BASE\nFROM $BASE AS first\nUSER 0\nRUN echo made by $(id -u) > /made\nFROM twinhull/starter\nUSER 0\n"
            "COPY --from=first /made /made\nCOPY page.html /www/page.html\nENV GREETING=hello\nLABEL team=web\n"
            "CMD [\"/bin/cat\", \"/made\", \"/www/page.html\"]\n");
        const auto built = build({ "-t", "team/built:1", "--build-arg", "BASE=twinhull/starter" });
        QVERIFY2(built.exitCode == 0, qPrintable(built.text()));
        QVERIFY2(built.err.contains("STEP "), qPrintable(built.text())); // live output
        const auto image = ctl({ "images", "inspect", "team/built:1" }).json().object();
        QCOMPARE(built.out.trimmed(), image[u"digest"].toString().toUtf8());
        QVERIFY(image[u"environment"].toArray().contains(QStringLiteral("GREETING=hello")));
        QCOMPARE(image[u"labels"][u"team"].toString(), QStringLiteral("web"));
        QCOMPARE(ctl({ "create", "--name", "made", "team/built:1" }).exitCode, 0);
        QCOMPARE(ctl({ "start", "made" }).exitCode, 0);
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "logs", "made" }).out.contains("<p>built</p>"), 20'000);
        QVERIFY(ctl({ "logs", "made" }).out.contains("made by 0"));
    }

    /// A built service is made before it is started, once, and again with --build.
    void buildsAServiceOfAComposeFile()
    {
        write("Containerfile",
            "ARG WHO\nFROM twinhull/starter\nARG WHO\nENV WHO=$WHO\nCMD [\"/bin/sh\", \"-c\", "
            "\"echo for $WHO\"]\n");
        write("compose.yaml",
            "name: made\nservices:\n  one: {build: {context: ., args: {WHO: us}, labels: {team: web}, tags: "
            "['made/other:2']}, pull_policy: build, network_mode: none}\n  two:\n    network_mode: none\n    build:\n"
            "      dockerfile_inline: |\n        FROM twinhull/starter\n        CMD [\"/bin/sh\", \"-c\", \"echo said "
            "inline\"]\n");
        const auto file = m_world->path(QStringLiteral("work/compose.yaml")).toStdString();
        const auto brought = ctl({ "compose", "--file", file, "up", "-d" });
        QVERIFY2(brought.exitCode == 0, qPrintable(brought.text()));
        QVERIFY2(
            brought.err.contains("one | STEP ") && brought.err.contains("two | STEP "), qPrintable(brought.text()));
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "logs", "made-one-1" }).out.contains("for us"), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "logs", "made-two-1" }).out.contains("said inline"), 20'000);
        const auto other = ctl({ "images", "inspect", "made/other:2" }).json().object();
        QCOMPARE(other[u"labels"][u"team"].toString(), QStringLiteral("web"));
        const auto again = ctl({ "compose", "--file", file, "up", "--dry-run" });
        QVERIFY2(again.out.startsWith("build image made-one\n"), qPrintable(again.text())); // its policy
        QCOMPARE(ctl({ "compose", "--file", file, "down" }).exitCode, 0);
    }

    void endsABuildOfAComposeFileAtASignal()
    {
        write("Containerfile", "FROM twinhull/starter\nRUN echo now-it-runs; sleep 98764\n");
        write("compose.yaml", "name: never\nservices: {one: {build: ., network_mode: none}}\n");
        QProcess up;
        up.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            { QStringLiteral("compose"), QStringLiteral("--file"), m_world->path(QStringLiteral("work/compose.yaml")),
                QStringLiteral("up"), QStringLiteral("-d") });
        QByteArray said;
        QTRY_VERIFY2_WITH_TIMEOUT(
            (said += up.readAllStandardError()).contains("one | now-it-runs"), said.constData(), 60'000);
        up.terminate();
        QTRY_COMPARE_WITH_TIMEOUT(up.state(), QProcess::NotRunning, 30'000);
        QVERIFY(up.exitCode() != 0 && up.exitStatus() == QProcess::NormalExit);
        QTRY_VERIFY_WITH_TIMEOUT(processesNaming(QStringLiteral("98764"), "sleep").empty(), 20'000);
        QVERIFY(CtlWorld::containers().isEmpty());
        QCOMPARE(ctl({ "images", "inspect", "never-one" }).exitCode, 3);
    }

    void usesTheCache()
    {
        write("Dockerfile", "FROM twinhull/starter\nUSER 0\nRUN cat /proc/sys/kernel/random/uuid > /id\n");
        const auto first = build({ "-t", "team/one" });
        const auto second = build({ "-t", "team/two" });
        const auto third = build({ "-t", "team/three", "--no-cache" });
        for (const auto* built : { &first, &second, &third })
            QVERIFY2(built->exitCode == 0, qPrintable(built->text()));
        QVERIFY2(second.err.contains("Using cache"), qPrintable(second.text()));
        QCOMPARE(topLayer("team/one"), topLayer("team/two"));
        QVERIFY(topLayer("team/three") != topLayer("team/one"));
    }

    void saysWhichStepFailed()
    {
        write("Containerfile", "FROM twinhull/starter\nRUN echo before; exit 7\n");
        const auto failed = build({ "-t", "team/never" });
        QCOMPARE(failed.exitCode, 2);
        QVERIFY2(failed.err.contains("exit 7"), qPrintable(failed.text()));
        QCOMPARE(ctl({ "images", "inspect", "team/never" }).exitCode, 3);
        QVERIFY(
            QDir(m_world->path(QStringLiteral("data/images"))).entryList({ QStringLiteral("*.partial") }).isEmpty());
        QCOMPARE(ctl({ "images", "build", m_world->path(QStringLiteral("nowhere")).toStdString() }).exitCode, 3);
        QVERIFY(QFile::remove(m_world->path(QStringLiteral("work/Containerfile"))));
        const auto empty = build({});
        QCOMPARE(empty.exitCode, 3);
        QVERIFY2(empty.err.contains("neither a Containerfile nor a Dockerfile"), qPrintable(empty.text()));
    }

    void endsWhatRunsWhenItIsCancelled()
    {
        write("Containerfile", "FROM twinhull/starter\nRUN echo now-it-runs; sleep 98765\n");
        ImageStore store(m_world->folders());
        BuildPlan plan;
        plan.contextFolder = work();
        plan.references = { "team/never:1" };
        std::atomic<bool> runs = false;
        std::string said;
        plan.output = [&](std::string_view bytes) {
            said += bytes; // of one thread
            runs = runs || said.find("\nnow-it-runs") != std::string::npos;
        };
        const auto job = buildJob(store, plan);
        job->start();
        QTRY_VERIFY_WITH_TIMEOUT(runs || job->isFinished(), 60'000);
        QVERIFY2(runs, said.c_str());
        job->cancel();
        QTRY_VERIFY_WITH_TIMEOUT(job->isFinished(), 30'000);
        QCOMPARE(job->state(), Job::State::Cancelled);
        QTRY_VERIFY_WITH_TIMEOUT(processesNaming(QStringLiteral("98765"), "sleep").empty(), 20'000);
        QVERIFY(!store.find(QStringLiteral("team/never:1")));
        write("Containerfile", "FROM twinhull/starter\nRUN true\n");
        QCOMPARE(build({ "-t", "team/after" }).exitCode, 0); // nothing of it is in the way
    }

    void saysWhatIsMissing()
    {
        if (::geteuid() != 0)
            QSKIP("hiding a program by a mount needs root");
        write("Containerfile", "FROM twinhull/starter\n");
        const auto refused
            = runCommand({ { "unshare", "-m", "sh", "-c", "mount --bind /dev/null \"$1\" && shift && exec \"$@\"", "sh",
                               findExecutable("buildah"), TH_BIN_DIR "/twinhullctl", "images", "build", work() },
                             {}, {} },
                60s);
        QVERIFY(refused);
        QVERIFY2(
            refused->standardError.find("apt install buildah") != std::string::npos, refused->standardError.c_str());
        QVERIFY(refused->exitStatus != 0);
    }

private:
    std::string work() const { return m_world->path(QStringLiteral("work")).toStdString(); }
    void write(const char* name, const std::string& text) const
    {
        QVERIFY(writeFileAtomically(work() + "/" + name, text));
    }
    CtlOutput build(std::vector<std::string> more) const
    {
        std::vector<std::string> arguments{ "images", "build" };
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.push_back(work());
        return ctl(arguments, 5min);
    }
    static QString topLayer(const char* image)
    {
        const auto layers = ctl({ "images", "inspect", image }).json().object()[u"layers"].toArray();
        return layers.isEmpty() ? QString() : layers.last()[u"diff_id"].toString();
    }

    std::unique_ptr<CtlWorld> m_world;
};

QTEST_GUILESS_MAIN(CtlBuildTest)
#include "ctl_build_test.moc"
