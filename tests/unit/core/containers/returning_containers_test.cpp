// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/returning_containers.h"

#include "core/base/files.h"
#include "core/ipc/container_folder.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

enum class LastRun { None, Ended, EndedByPerson, CutOff, CutOffWhileStopping };

} // namespace

class ReturningContainersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsPolicyAndLastEnd_data()
    {
        QTest::addColumn<QByteArray>("policy");
        QTest::addColumn<int>("lastRun");
        QTest::addColumn<bool>("comesBack");
        const auto row = [](const char* name, const char* policy, LastRun run, bool comesBack) {
            QTest::newRow(name) << QByteArray(policy) << static_cast<int>(run) << comesBack;
        };
        row("always", "always", LastRun::Ended, true);
        row("always, stopped", "always", LastRun::EndedByPerson, true);
        row("always, cut off", "always", LastRun::CutOff, true);
        row("unless stopped", "unless-stopped", LastRun::Ended, true);
        row("unless stopped, stopped", "unless-stopped", LastRun::EndedByPerson, false);
        row("unless stopped, cut off", "unless-stopped", LastRun::CutOff, true);
        row("unless stopped, cut off while a person stopped it", "unless-stopped", LastRun::CutOffWhileStopping, false);
        row("unless stopped, never ran", "unless-stopped", LastRun::None, true);
        row("on failure", "on-failure:3", LastRun::CutOff, false);
        row("no", "no", LastRun::CutOff, false);
    }
    void followsPolicyAndLastEnd()
    {
        QFETCH(QByteArray, policy);
        QFETCH(int, lastRun);
        QFETCH(bool, comesBack);
        const TemporaryWorld world;
        write(world.folders(), "a", policy.toStdString(), 1, static_cast<LastRun>(lastRun));
        const auto all = returningContainers(world.folders());
        QCOMPARE(all.size(), std::size_t{ 1 });
        QCOMPARE(all[0].comesBack, comesBack);
    }

    void areInTheOrderTheyWereMade()
    {
        const TemporaryWorld world;
        write(world.folders(), "a", "always", 300, LastRun::None);
        write(world.folders(), "b", "no", 100, LastRun::None);
        write(world.folders(), "c", "always", 200, LastRun::None);
        std::string order;
        for (const auto& container : returningContainers(world.folders()))
            order += container.id;
        QCOMPARE(order, std::string("bca"));
    }

    void leavesOutWhatCannotBeRead()
    {
        const TemporaryWorld world;
        write(world.folders(), "a", "always", 1, LastRun::None);
        const ContainerFolder broken(world.folders(), "b");
        QVERIFY(makeFolders(broken.path()));
        QVERIFY(writeFileAtomically(broken.settingsPath(), "{"));
        QCOMPARE(returningContainers(world.folders()).size(), std::size_t{ 1 });
    }

private:
    static void write(const DataFolders& folders, const std::string& id, const std::string& policy,
        std::int64_t createdMilliseconds, LastRun run)
    {
        const ContainerFolder folder(folders, id);
        QVERIFY(makeFolders(folder.path()));
        ContainerSettings settings;
        settings.id = id;
        settings.name = "name-" + id;
        settings.imageReference = "starter";
        settings.imageDigest = "sha256:" + std::string(64, '0');
        settings.createdMilliseconds = createdMilliseconds;
        const auto decoded = decodeRestartPolicy(policy);
        QVERIFY(decoded);
        settings.upkeep.restart = *decoded;
        QVERIFY(writeFileAtomically(folder.settingsPath(), encodeContainerSettings(settings)));
        const bool wasAsked = run == LastRun::EndedByPerson || run == LastRun::CutOffWhileStopping;
        if (run == LastRun::Ended || run == LastRun::EndedByPerson) {
            ExitRecord record{ 0, 0, false, 1, {} };
            record.wasAsked = wasAsked;
            QVERIFY(writeFileAtomically(folder.exitRecordPath(), encodeExitRecord(record)));
        } else if (run != LastRun::None) {
            MonitorStatus status;
            status.phase = MonitorPhase::Running;
            status.isStopAsked = wasAsked;
            QVERIFY(writeFileAtomically(folder.runRecordPath(), encodeMonitorReply(status)));
        }
    }
};

QTEST_GUILESS_MAIN(ReturningContainersTest)
#include "returning_containers_test.moc"
