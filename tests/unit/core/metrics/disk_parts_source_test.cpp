// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/disk_parts_source.h"

#include <QTest>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

using namespace twinhull;
using namespace std::chrono_literals;

namespace {

MetricTarget targetOf(const char* key, bool isLookedAt = true)
{
    MetricTarget target;
    target.id = { WorkloadKind::Container, QLatin1String(key) };
    target.isLookedAt = isLookedAt;
    return target;
}

} // namespace

class DiskPartsSourceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void asksOnItsOwnThreadAndKeepsWhatItHeard()
    {
        std::atomic<int> asked = 0;
        const auto here = std::this_thread::get_id();
        std::atomic<bool> isElsewhere = false;
        DiskPartsSource source(WorkloadKind::Container, [&](const WorkloadId&, const auto&) {
            isElsewhere = std::this_thread::get_id() != here;
            DiskParts parts;
            parts.writable = static_cast<std::uint64_t>(++asked) * 100;
            return parts;
        });
        QCOMPARE(read(source, { targetOf("web") }).writable.needs(), Needs::FirstReading);
        QTRY_COMPARE(read(source, { targetOf("web") }).writable.value_or(0), std::uint64_t{ 100 });
        QVERIFY(isElsewhere);
        for (int i = 0; i < 50; ++i) // ticks within a minute
            QCOMPARE(read(source, { targetOf("web") }).writable.value_or(0), std::uint64_t{ 100 });
        QCOMPARE(asked.load(), 1);
    }

    void leavesTheOtherKindAlone()
    {
        std::atomic<int> asked = 0;
        DiskPartsSource source(WorkloadKind::Vm, [&](const WorkloadId&, const auto&) {
            ++asked;
            return DiskParts();
        });
        (void)read(source, { targetOf("web") });
        QTest::qWait(20);
        QCOMPARE(asked.load(), 0);
    }

    void asksAgainOnlyWhereSomebodyLooks()
    {
        std::mutex mutex;
        std::map<QString, int> asked;
        DiskPartsSource source(WorkloadKind::Container,
            [&](const WorkloadId& id, const auto&) {
                const std::lock_guard lock(mutex);
                ++asked[id.key];
                return DiskParts();
            },
            { 10ms, 1h });
        const auto countOf = [&](const QString& key) {
            (void)read(source, { targetOf("seen"), targetOf("unseen", false) });
            const std::lock_guard lock(mutex);
            return asked[key];
        };
        QTRY_VERIFY(countOf(QStringLiteral("seen")) >= 3);
        QCOMPARE(countOf(QStringLiteral("unseen")), 1); // for the history
    }

    void keepsWhatItHeardWhereTargetsChangePlaces()
    {
        DiskPartsSource source(WorkloadKind::Container, [](const WorkloadId& id, const auto&) {
            DiskParts parts;
            parts.writable = std::uint64_t{ id.key == u"web" ? 1U : 2U };
            return parts;
        });
        QTRY_COMPARE(read(source, { targetOf("web"), targetOf("db") }).writable.value_or(0), std::uint64_t{ 1 });
        QTRY_COMPARE(read(source, { targetOf("db"), targetOf("web") }).writable.value_or(0), std::uint64_t{ 2 });
        QCOMPARE(read(source, { targetOf("db") }).writable.value_or(0), std::uint64_t{ 2 });
        QCOMPARE(
            read(source, { targetOf("web"), targetOf("db") }).writable.needs(), Needs::FirstReading); // it was gone
        std::vector<Sample> spared(1);
        spared.front().isSpared = true;
        source.read(std::vector{ targetOf("db") }, spared);
        QVERIFY(!spared.front().disk.writable);
    }

    /// A walk through a large tree must not hold up the end of the program.
    void tellsAQuestionThatItIsToStopAndDoesNotWait()
    {
        std::atomic<bool> isAsked = false;
        const auto isStopped = std::make_shared<std::atomic<bool>>(false);
        {
            DiskPartsSource source(
                WorkloadKind::Container, [&isAsked, isStopped](const WorkloadId&, const auto& isStopping) {
                    isAsked = true;
                    while (!isStopping())
                        std::this_thread::yield();
                    *isStopped = true;
                    return DiskParts();
                });
            (void)read(source, { targetOf("web") });
            QTRY_VERIFY(isAsked);
        }
        QTRY_VERIFY(*isStopped);
    }

private:
    static DiskParts read(DiskPartsSource& source, const std::vector<MetricTarget>& targets)
    {
        std::vector<Sample> samples(targets.size());
        source.read(targets, samples);
        return samples.front().disk;
    }
};

QTEST_GUILESS_MAIN(DiskPartsSourceTest)
#include "disk_parts_source_test.moc"
