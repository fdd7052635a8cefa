// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_registry.h"

#include "core/workload/workload_connection.h"

#include <QSignalSpy>
#include <QTest>

using namespace twinhull;

namespace {

/// A provider of what the test puts into it; it has no jobs.
class ListedProvider : public WorkloadProvider {
public:
    explicit ListedProvider(WorkloadKind kind) : m_kind(kind) { }

    WorkloadKind kind() const override { return m_kind; }
    std::vector<WorkloadInfo> workloads() const override { return m_workloads; }
    Result<> availability() const override { return {}; }
    std::vector<HostNotice> notices() const override { return {}; }
    std::unique_ptr<Job> create(const WorkloadPlan&) override { return nullptr; }
    std::unique_ptr<Job> start(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> stop(const WorkloadId&, StopMode) override { return nullptr; }
    std::unique_ptr<Job> pause(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> resume(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> remove(const WorkloadId&) override { return nullptr; }
    Result<DiskUse> diskUse(const WorkloadId&) const override { return DiskUse{}; }

    WorkloadInfo put(const char* key, const char* name)
    {
        WorkloadInfo info;
        info.id = { m_kind, QString::fromLatin1(key) };
        info.name = QString::fromLatin1(name);
        m_workloads.push_back(info);
        Q_EMIT added(info);
        return info;
    }

private:
    WorkloadKind m_kind;
    std::vector<WorkloadInfo> m_workloads;
};

}

class WorkloadRegistryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWorkloadIsItsOwnConnections()
    {
        WorkloadRegistry registry;
        ListedProvider home(WorkloadKind::Vm);
        auto lab = std::make_unique<ListedProvider>(WorkloadKind::Vm);
        registry.add(&home);
        registry.add(lab.get());
        const WorkloadId near = home.put("uuid", "web").id;
        const WorkloadId far = lab->put("uuid@lab", "web").id;
        QCOMPARE(providerOf(registry, near), static_cast<WorkloadProvider*>(&home));
        QCOMPARE(providerOf(registry, far), static_cast<WorkloadProvider*>(lab.get()));
        QCOMPARE(connectionOf(far), QStringLiteral("lab"));
        QCOMPARE(withoutConnection(far.key), near.key);
        QVERIFY(connectionOf(near).isEmpty());
        lab.reset(); // a namesake at home is not taken for it
        QCOMPARE(providerOf(registry, far), nullptr);
        QCOMPARE(registry.providers().size(), std::size_t{ 1 });
    }

    void init()
    {
        m_containers = std::make_unique<ListedProvider>(WorkloadKind::Container);
        m_vms = std::make_unique<ListedProvider>(WorkloadKind::Vm);
        m_registry = std::make_unique<WorkloadRegistry>();
        m_registry->add(m_containers.get());
        m_registry->add(m_vms.get());
    }
    void cleanup() { m_registry.reset(); } // before what it listens to

    void listsBothKindsAsOne()
    {
        m_containers->put("c1", "web");
        m_vms->put("v1", "web");
        QCOMPARE(m_registry->workloads().size(), std::size_t{ 2 });
    }

    void findsTheProviderOfAKind()
    {
        QCOMPARE(m_registry->provider(WorkloadKind::Vm), m_vms.get());
        QVERIFY(WorkloadRegistry().provider(WorkloadKind::Vm) == nullptr);
    }

    void passesOnWhatProvidersTell()
    {
        QSignalSpy added(m_registry.get(), &WorkloadRegistry::added);
        QSignalSpy removed(m_registry.get(), &WorkloadRegistry::removed);
        const auto info = m_vms->put("v1", "web");
        Q_EMIT m_containers->removed(info.id);
        QCOMPARE(added.size(), 1);
        QCOMPARE(added.at(0).at(0).value<WorkloadInfo>(), info);
        QCOMPARE(removed.size(), 1);
    }

    void marksWhichGroupEachIsIn()
    {
        const auto web = m_containers->put("c1", "web");
        m_vms->put("v1", "other");
        QSignalSpy changed(m_registry.get(), &WorkloadRegistry::changed);
        m_registry->setGroups({ { web.id, QStringLiteral("Lab") },
            { { WorkloadKind::Vm, QStringLiteral("later") }, QStringLiteral("Lab") } });
        QCOMPARE(changed.size(), 1); // of the one that is there
        QCOMPARE(changed.at(0).at(0).value<WorkloadInfo>().group, QStringLiteral("Lab"));
        QCOMPARE(m_registry->find(web.id)->group, QStringLiteral("Lab"));
        QCOMPARE(m_registry->findByName(QStringLiteral("other")).front().group, QString());
        QSignalSpy added(m_registry.get(), &WorkloadRegistry::added);
        m_vms->put("later", "later");
        QCOMPARE(added.at(0).at(0).value<WorkloadInfo>().group, QStringLiteral("Lab"));
        Q_EMIT m_containers->changed(web); // of which its provider knows nothing
        QCOMPARE(changed.at(1).at(0).value<WorkloadInfo>().group, QStringLiteral("Lab"));
        m_registry->setGroups({});
        QCOMPARE(changed.size(), 4);
        QCOMPARE(m_registry->find(web.id)->group, QString());
    }

    void findsById()
    {
        const auto info = m_vms->put("v1", "web");
        QCOMPARE(m_registry->find(info.id).value(), info);
        QVERIFY(!m_registry->find({ WorkloadKind::Container, QStringLiteral("v1") }));
    }

    void findsByNameOfEitherKind()
    {
        m_containers->put("c1", "web");
        m_vms->put("v1", "web");
        QCOMPARE(m_registry->findByName(QStringLiteral("web")).size(), std::size_t{ 2 });
        const auto vms = m_registry->findByName(QStringLiteral("web"), WorkloadKind::Vm);
        QCOMPARE(vms.size(), std::size_t{ 1 });
        QCOMPARE(vms.front().id.kind, WorkloadKind::Vm);
    }

    void findsByTheBeginningOfAKeyFromFourLetters()
    {
        m_containers->put("abcdef123", "web");
        QCOMPARE(m_registry->findByName(QStringLiteral("abcd")).size(), std::size_t{ 1 });
        QVERIFY(m_registry->findByName(QStringLiteral("abc")).empty());
        QVERIFY(m_registry->findByName(QStringLiteral("abce")).empty());
        QVERIFY(m_registry->findByName(QString()).empty());
    }

private:
    std::unique_ptr<ListedProvider> m_containers;
    std::unique_ptr<ListedProvider> m_vms;
    std::unique_ptr<WorkloadRegistry> m_registry;
};

QTEST_GUILESS_MAIN(WorkloadRegistryTest)
#include "workload_registry_test.moc"
