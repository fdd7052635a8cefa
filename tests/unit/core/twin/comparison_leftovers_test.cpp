// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_leftovers.h"

#include "tests/support/fake_provider.h"
#include "tests/support/wait_for_job.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>

using namespace twinhull;
using test::FakeProvider;
using test::makeWorkload;

namespace {

/// A process that does nothing, under the name of a program; ended with the object.
class Bystander {
public:
    explicit Bystander(const char* name) : m_pid(::fork())
    {
        if (m_pid != 0)
            return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_NAME, name);
        while (true)
            ::pause();
    }
    ~Bystander() { reap(); }
    Bystander(const Bystander&) = delete;
    Bystander& operator=(const Bystander&) = delete;

    pid_t pid() const { return m_pid; }

    /// As kill -9; nobody has waited for it afterwards.
    void kill()
    {
        if (m_pid > 0)
            ::kill(m_pid, SIGKILL);
    }

private:
    void reap()
    {
        kill();
        ::waitpid(m_pid, nullptr, 0);
    }

    pid_t m_pid;
};

QString groupOf(pid_t pid)
{
    return QStringLiteral("comparison-%1").arg(pid);
}

} // namespace

class ComparisonLeftoversTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_registry = std::make_unique<WorkloadRegistry>();
        m_containers = std::make_unique<FakeProvider>(WorkloadKind::Container);
        m_vms = std::make_unique<FakeProvider>(WorkloadKind::Vm);
        m_registry->add(m_containers.get());
        m_registry->add(m_vms.get());
    }

    void cleanup() { m_registry.reset(); }

    void namesAComparisonAfterItsProcess()
    {
        const QString first = comparisonGroup();
        const QString second = comparisonGroup();
        QVERIFY(first.startsWith(groupOf(::getpid())));
        QVERIFY(second.startsWith(groupOf(::getpid())));
        QVERIFY(first != second);
    }

    void areWhatNobodyWillRemove()
    {
        Bystander alive("twinhullctl");
        Bystander other("another");
        QTRY_COMPARE(nameOf(alive.pid()), QByteArray("twinhullctl\n"));
        QTRY_COMPARE(nameOf(other.pid()), QByteArray("another\n"));
        put(*m_containers, groupOf(alive.pid()));
        put(*m_containers, groupOf(endedPid()));
        put(*m_vms, groupOf(endedPid()) + QStringLiteral("-2"));
        put(*m_vms, groupOf(other.pid())); // the number is another program's by now
        put(*m_containers, QStringLiteral("comparison-of-mine"));
        put(*m_vms, QStringLiteral("web"));
        QStringList names;
        for (const auto& info : comparisonLeftovers(*m_registry))
            names << info.name;
        names.sort();
        QStringList wanted{ groupOf(endedPid()), groupOf(endedPid()) + QStringLiteral("-2"), groupOf(other.pid()) };
        wanted.sort();
        QCOMPARE(names, wanted);
    }

    void areNoticedWhenTheProcessIsKilled()
    {
        Bystander runner("twinhullctl");
        QTRY_COMPARE(nameOf(runner.pid()), QByteArray("twinhullctl\n"));
        const ComparisonLeftoversWatch watch(*m_registry);
        QSignalSpy changed(&watch, &ComparisonLeftoversWatch::changed);
        put(*m_containers, groupOf(runner.pid()));
        QVERIFY(watch.leftovers().empty());
        runner.kill(); // and nobody has waited for it yet
        QVERIFY(!changed.isEmpty() || changed.wait(test::kTestPatienceMilliseconds));
        QCOMPARE(watch.leftovers().size(), std::size_t(1));
        m_containers->drop(watch.leftovers().front().id);
        QVERIFY(watch.leftovers().empty());
        QCOMPARE(changed.size(), 2);
    }

    void areRemovedTogether()
    {
        put(*m_containers, groupOf(endedPid()));
        put(*m_vms, groupOf(endedPid()));
        put(*m_vms, QStringLiteral("web"));
        QVERIFY(test::runJob(*removeComparisonLeftovers(*m_registry)));
        QCOMPARE(m_registry->workloads().size(), std::size_t(1));
        QCOMPARE(m_registry->workloads().front().name, QStringLiteral("web"));
    }

private:
    /// Above any that the kernel gives (PID_MAX_LIMIT).
    static pid_t endedPid() { return (1 << 22) + 1; }

    static QByteArray nameOf(pid_t pid)
    {
        QFile file(QStringLiteral("/proc/%1/comm").arg(pid));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static void put(FakeProvider& provider, const QString& group)
    {
        auto info = makeWorkload(provider.kind(), group);
        info.twinGroup = group;
        provider.put(info);
    }

    std::unique_ptr<FakeProvider> m_containers;
    std::unique_ptr<FakeProvider> m_vms;
    std::unique_ptr<WorkloadRegistry> m_registry;
};

QTEST_GUILESS_MAIN(ComparisonLeftoversTest)
#include "comparison_leftovers_test.moc"
