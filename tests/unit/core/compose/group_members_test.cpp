// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/group_members.h"

#include "core/compose/compose_labels.h"

#include <QTest>

using namespace twinhull;

class GroupMembersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theHalvesOfATwinGoTogether()
    {
        const WorkloadInfo container = made(WorkloadKind::Container, "web", "pair");
        const WorkloadInfo vm = made(WorkloadKind::Vm, "web", "pair");
        const WorkloadInfo alone = made(WorkloadKind::Vm, "alone", "");
        const auto members = groupMembers({ container, made(WorkloadKind::Vm, "other", ""), vm, alone }, { vm, alone });
        QVERIFY(members);
        QCOMPARE(*members, std::vector<WorkloadId>({ vm.id, container.id, alone.id }));
    }

    void aContainerOfAnApplicationStaysInIt()
    {
        WorkloadInfo part = made(WorkloadKind::Container, "shop-web-1", "");
        part.labels = { { kProjectLabel, QStringLiteral("shop") } };
        QVERIFY(isOfApplication(part));
        const auto members = groupMembers({ part }, { made(WorkloadKind::Vm, "vm", ""), part });
        QCOMPARE(members.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(members.error().message, std::string("shop-web-1 stays in its application shop"));
    }

private:
    static WorkloadInfo made(WorkloadKind kind, const char* name, const char* twin)
    {
        WorkloadInfo info;
        info.id = { kind, QStringLiteral("key-") + QLatin1String(name) };
        info.name = QLatin1String(name);
        info.twinGroup = QLatin1String(twin);
        return info;
    }
};

QTEST_GUILESS_MAIN(GroupMembersTest)
#include "group_members_test.moc"
