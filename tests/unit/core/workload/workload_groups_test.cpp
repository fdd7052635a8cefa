// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_groups.h"

#include "core/base/files.h"
#include "core/workload/group_follower.h"

#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace twinhull;

namespace {

constexpr std::int64_t kGroupDay = std::int64_t{ 24 } * 3600 * 1000;
const WorkloadId kWeb{ WorkloadKind::Container, QStringLiteral("web") };
const WorkloadId kWindows{ WorkloadKind::Vm, QStringLiteral("uuid") };
const WorkloadId kFar{ WorkloadKind::Vm, QStringLiteral("uuid@lab") };

SeenWorkloads seeing(const QSet<WorkloadId>& ids)
{
    return { ids, { { WorkloadKind::Container, QString() }, { WorkloadKind::Vm, QString() } } };
}

} // namespace

class WorkloadGroupsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_folders.data = m_root->path().toStdString() + "/twinhull";
    }

    void keepsWhoIsInWhichGroup()
    {
        QVERIFY(readGroups(m_folders) && readGroups(m_folders)->isEmpty());
        QVERIFY(put({ kWeb, kWindows, kFar }, QStringLiteral("Lab")));
        QVERIFY(put({ kFar }, QStringLiteral("Büro \"2\" <b>&")));
        QVERIFY(put({ kWindows }, {}));
        const QHash<WorkloadId, QString> kept{ { kWeb, QStringLiteral("Lab") },
            { kFar, QStringLiteral("Büro \"2\" <b>&") } };
        QCOMPARE(*readGroups(m_folders), kept);
    }

    void takesAnyTextThatIsShown_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isName");
        QTest::newRow("usual") << QStringLiteral("Web servers") << true;
        QTest::newRow("none") << QString() << true;
        QTest::newRow("marks") << QStringLiteral("<img src=x> & \"%1\" --none ../..") << true;
        QTest::newRow("other scripts") << QStringLiteral("実験室 лаб 🧪") << true;
        QTest::newRow("as long as can be") << QStringLiteral("🧪").repeated(64) << true;
        QTest::newRow("too long") << QString(65, QLatin1Char('a')) << false;
        QTest::newRow("line end") << QStringLiteral("a\nb") << false;
        QTest::newRow("escape") << QStringLiteral("a\x1b[2J") << false;
        QTest::newRow("nothing at all") << QStringLiteral("a") + QChar(0) + QStringLiteral("b") << false;
        QTest::newRow("other direction") << QStringLiteral("a") + QChar(0x202e) + QStringLiteral("b") << false;
        QTest::newRow("separator of lines") << QStringLiteral("a") + QChar(0x2028) + QStringLiteral("b") << false;
    }
    void takesAnyTextThatIsShown()
    {
        QFETCH(QString, text);
        const auto name = groupNameFrom(QStringLiteral("  ") + text + QLatin1Char(' '));
        QTEST(static_cast<bool>(name), "isName");
        if (name)
            QCOMPARE(*name, text);
    }

    void whatIsBrokenStaysForAPersonToRepair()
    {
        write("{ no list");
        QCOMPARE(readGroups(m_folders).error().code, ErrorCode::Corrupt);
        QCOMPARE(put({ kWeb }, QStringLiteral("Lab")).error().code, ErrorCode::Corrupt);
        QCOMPARE(*readFile(path()), std::string("{ no list"));
    }

    void passesOverEntriesThatMeanNothing()
    {
        write("[7,{\"kind\":\"vm\",\"id\":\"\",\"group\":\"a\"},{\"kind\":\"pod\",\"id\":\"x\",\"group\":\"a\"},"
              "{\"kind\":\"vm\",\"id\":\"x\",\"group\":\"a\\nb\"},{\"kind\":\"vm\",\"id\":\"uuid\",\"group\":\"ok\"}]");
        const QHash<WorkloadId, QString> kept{ { kWindows, QStringLiteral("ok") } };
        QCOMPARE(*readGroups(m_folders), kept);
    }

    /// What came back from a bin, or whose host was away, is where it was; what is gone for good leaves nothing behind.
    void forgetsWhatStaysAway()
    {
        QVERIFY(put({ kWeb, kWindows, kFar }, QStringLiteral("Lab")));
        const auto sweepAt = [this](std::int64_t now, const QSet<WorkloadId>& ids) {
            return static_cast<bool>(putIntoGroup(m_folders, {}, seeing(ids), now));
        };
        QVERIFY(sweepAt(kGroupDay, {})); // missed for the first time
        QVERIFY(sweepAt(2 * kGroupDay, { kWeb }));
        QVERIFY(sweepAt(20 * kGroupDay, {})); // web a first time again
        QCOMPARE(keys(), QSet<WorkloadId>({ kWeb, kFar })); // lab does not answer
        QVERIFY(sweepAt(27 * kGroupDay, {}));
        QVERIFY(keys().contains(kWeb));
        QVERIFY(sweepAt(29 * kGroupDay, {}));
        QCOMPARE(keys(), QSet<WorkloadId>({ kFar }));
    }

    void losesNothingWhenProgramsChangeItAtOnce()
    {
        constexpr int kEach = 20;
        std::vector<std::thread> programs;
        for (int program = 0; program < 4; ++program) {
            programs.emplace_back([this, program] {
                for (int i = 0; i < kEach; ++i)
                    (void)put({ { WorkloadKind::Vm, QStringLiteral("%1-%2").arg(program).arg(i) } },
                        QStringLiteral("Lab")); // the count says it
            });
        }
        for (auto& program : programs)
            program.join();
        QCOMPARE(readGroups(m_folders)->size(), 4 * kEach);
    }

    void isFollowedWhoeverChangesIt()
    {
        OneWorkload provider(kWeb);
        WorkloadRegistry registry;
        registry.add(&provider);
        const GroupFollower follower(m_folders, registry);
        QVERIFY(put({ kWeb }, QStringLiteral("Lab")));
        QTRY_COMPARE(registry.find(kWeb)->group, QStringLiteral("Lab"));
        QVERIFY(removeTree(path()));
        QTRY_COMPARE(registry.find(kWeb)->group, QString());
    }

private:
    /// A provider of one workload; it has no jobs.
    class OneWorkload : public WorkloadProvider {
    public:
        explicit OneWorkload(const WorkloadId& id) { m_info.id = id; }

        WorkloadKind kind() const override { return m_info.id.kind; }
        std::vector<WorkloadInfo> workloads() const override { return { m_info }; }
        Result<> availability() const override { return {}; }
        std::vector<HostNotice> notices() const override { return {}; }
        std::unique_ptr<Job> create(const WorkloadPlan&) override { return nullptr; }
        std::unique_ptr<Job> start(const WorkloadId&) override { return nullptr; }
        std::unique_ptr<Job> stop(const WorkloadId&, StopMode) override { return nullptr; }
        std::unique_ptr<Job> pause(const WorkloadId&) override { return nullptr; }
        std::unique_ptr<Job> resume(const WorkloadId&) override { return nullptr; }
        std::unique_ptr<Job> remove(const WorkloadId&) override { return nullptr; }
        Result<DiskUse> diskUse(const WorkloadId&) const override { return DiskUse{}; }

    private:
        WorkloadInfo m_info;
    };

    Result<> put(const std::vector<WorkloadId>& members, const QString& group) const
    {
        return putIntoGroup(m_folders, { members, group }, {}, kGroupDay);
    }
    QSet<WorkloadId> keys() const
    {
        const auto groups = *readGroups(m_folders);
        return { groups.keyBegin(), groups.keyEnd() };
    }
    std::string path() const { return m_folders.groups() + "/groups.json"; }
    void write(const char* text) const
    {
        QVERIFY(makeFolders(m_folders.groups()));
        QVERIFY(writeFileAtomically(path(), text));
    }

    std::unique_ptr<QTemporaryDir> m_root;
    DataFolders m_folders;
};

QTEST_GUILESS_MAIN(WorkloadGroupsTest)
#include "workload_groups_test.moc"
