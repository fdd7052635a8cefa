// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/volumes/volume_jobs.h"
#include "tests/support/container_world.h"

#include <QTest>

#include <sys/mount.h>

using namespace twinhull;
using namespace twinhull::test;

/// Volumes with a size, on a file system that counts projects: for the lab's guest, whose kernel has quotas.
class VolumeLimitTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
        const std::string image = m_world->path(QStringLiteral("volumes.img")).toStdString();
        m_volumes = m_world->folders().volumes();
        QVERIFY(makeFolders(m_volumes));
        run({ "mke2fs", "-q", "-t", "ext4", "-O", "^has_journal,quota,project", image, "64M" });
        run({ "mount", "-o", "loop,prjquota", image, m_volumes });
    }

    void cleanupTestCase()
    {
        for (const auto& info : m_world->provider().workloads())
            QVERIFY(m_world->remove(info.name));
        QCOMPARE(::umount2(m_volumes.c_str(), MNT_DETACH), 0);
        m_world.reset();
    }

    void stopsAtItsSizeAndNoOtherDoes()
    {
        make("small", kLimitBytes);
        make("free", {});
        auto plan = script(QStringLiteral("filler"),
            "for to in small free small; do\n"
            "  dd if=/dev/zero of=/$to/data bs=64k count=192 2>&1 | grep -o 'quota exceeded' || echo $to has room\n"
            "done; rm /small/data; dd if=/dev/zero of=/small/again bs=64k count=16 2>/dev/null && echo again");
        plan.mounts = { { QStringLiteral("small"), QStringLiteral("/small"), false },
            { QStringLiteral("free"), QStringLiteral("/free"), false } };
        QCOMPARE(outputOf(plan), QByteArray("quota exceeded\nfree has room\nquota exceeded\nagain\n"));
        const auto small = volume("small");
        QCOMPARE(small.limitBytes, std::optional<std::uint64_t>(kLimitBytes));
        QVERIFY2(small.countedBytes >= 1U << 20U && small.countedBytes < 2U << 20U,
            std::to_string(small.countedBytes.value_or(0)).c_str());
        QVERIFY(!volume("free").limitBytes);
    }

    /// What takes an empty volume's place has its limit: the image's content, and a tar.
    void keepsItWhenItIsFilled()
    {
        make("site", kLimitBytes);
        auto plan = script(QStringLiteral("first"),
            "ls /srv/www/index.html; dd if=/dev/zero of=/srv/www/big bs=64k "
            "count=192 2>&1 | grep -o 'quota exceeded'; rm /srv/www/big");
        plan.process.user = QStringLiteral("0");
        plan.mounts = { { QStringLiteral("site"), QStringLiteral("/srv/www"), false } };
        QCOMPARE(outputOf(plan), QByteArray("/srv/www/index.html\nquota exceeded\n"));
        const QString tar = m_world->path(QStringLiteral("site.tar"));
        QVERIFY(done(exportVolumeJob(m_world->folders(), QStringLiteral("site"), tar)));
        make("copy", kLimitBytes / 2);
        QVERIFY(done(importVolumeJob(m_world->folders(), QStringLiteral("copy"), tar)));
        QVERIFY(exists(m_volumes + "/copy/index.html"));
        QCOMPARE(volume("copy").limitBytes, std::optional<std::uint64_t>(kLimitBytes / 2));
        QVERIFY(volume("copy").countedBytes > 0U);
    }

    void aRemovedOneLeavesNoLimit()
    {
        make("gone", kLimitBytes);
        QVERIFY(done(removeVolumeJob(m_world->folders(), QStringLiteral("gone"))));
        make("gone", {});
        QVERIFY(!volume("gone").limitBytes);
        make("next", kLimitBytes);
        QCOMPARE(volume("next").limitBytes, std::optional<std::uint64_t>(kLimitBytes));
    }

private:
    static constexpr std::uint64_t kLimitBytes = 4U << 20U;

    static void run(std::vector<std::string> words)
    {
        words.front() = findExecutable(words.front());
        const auto ended = runCommand({ words, {}, {} }, std::chrono::seconds(60));
        QVERIFY2(ended && ended->exitStatus == 0, ended ? ended->standardError.c_str() : words.front().c_str());
    }
    static bool done(const std::unique_ptr<Job>& job)
    {
        const auto result = runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }
    void make(const char* name, std::optional<std::uint64_t> limit) const
    {
        QVERIFY(done(createVolumeJob(m_world->folders(), QString::fromLatin1(name), limit)));
    }
    VolumeInfo volume(const char* name) const
    {
        const auto found = findVolume(m_world->folders(), QString::fromLatin1(name));
        return found ? *found : VolumeInfo();
    }
    static WorkloadPlan script(const QString& name, const char* text)
    {
        return ContainerWorld::script(name, QString::fromLatin1(text));
    }
    QByteArray outputOf(const WorkloadPlan& plan) const
    {
        const auto made = m_world->create(plan);
        const auto started = made ? m_world->start(plan.name) : made;
        if (!started)
            return QByteArray::fromStdString(started.error().toLine());
        (void)QTest::qWaitFor([&] { return m_world->info(plan.name).exitStatus.has_value(); }, 60'000);
        return m_world->log(plan.name);
    }

    std::unique_ptr<ContainerWorld> m_world;
    std::string m_volumes;
};

QTEST_GUILESS_MAIN(VolumeLimitTest)
#include "volume_limit_test.moc"
