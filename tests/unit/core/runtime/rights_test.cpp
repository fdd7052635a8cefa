// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/namespaces/namespace_plan.h"
#include "core/runtime/namespaces/sysctls.h"
#include "core/runtime/seccomp/default_profile.h"
#include "core/runtime/seccomp/filter_cache.h"

#include <QTemporaryDir>
#include <QTest>

#include <sched.h>
#include <sys/stat.h>

using namespace twinhull;
using namespace twinhull::runtime;

class RightsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void addsACgroupNamespaceAlways()
    {
        auto plan = planNamespaces({ { oci::NamespaceKind::Mount, {} } });
        QVERIFY(plan);
        QCOMPARE(plan->newFlags, std::uint64_t{ CLONE_NEWNS | CLONE_NEWCGROUP });
        QVERIFY(plan->makes(oci::NamespaceKind::Cgroup) && !plan->hasOwn(oci::NamespaceKind::User));
    }

    void requiresAMountNamespace() { QVERIFY(!planNamespaces({ { oci::NamespaceKind::Pid, {} } })); }

    void joinsOnlyWhatIsANamespaceOfThatKind()
    {
        const oci::Namespace mount{ oci::NamespaceKind::Mount, {} };
        auto plan = planNamespaces({ mount, { oci::NamespaceKind::Network, "/proc/self/ns/net" } });
        QVERIFY(plan && plan->needsStage() && plan->hasOwn(oci::NamespaceKind::Network));
        QVERIFY(!planNamespaces({ mount, { oci::NamespaceKind::Pid, "/proc/self/ns/net" } }));
    }

    void knowsWhoseAParameterIs()
    {
        QCOMPARE(namespaceOfSysctl("net.ipv4.ip_forward"), std::optional(oci::NamespaceKind::Network));
        QCOMPARE(namespaceOfSysctl("fs/mqueue/msg_max"), std::optional(oci::NamespaceKind::Ipc));
        QVERIFY(!namespaceOfSysctl("kernel.core_pattern"));
        QVERIFY(!namespaceOfSysctl("net/../kernel/core_pattern"));
        QVERIFY(!namespaceOfSysctl("network"));
    }

    void findsTheRangeOfTheUser()
    {
        const std::string file = path("subuid");
        QVERIFY(writeFileAtomically(file, "other:1:2\nme:x:5\nme:100000:65536\nme:9:9\n"));
        const auto mappings = ordinaryUserMappings(file, "me", 1000);
        QCOMPARE(mappingText(mappings), std::string("0 1000 1\n1 100000 65536\n"));
        QCOMPARE(mappingText(ordinaryUserMappings(path("none"), "me", 7)), std::string("0 7 1\n"));
    }

    void compilesTheDefaultProfileOnce()
    {
        auto profile = defaultSeccompProfile();
        QVERIFY2(profile, profile ? "" : profile.error().message.c_str());
        const FilterCache cache(path("cache"));
        auto first = cache.filterFor(*profile);
        QVERIFY(first && !first->program.empty());
        QVERIFY(exists(cache.pathOf(*profile)));
        auto second = cache.filterFor(*profile);
        QVERIFY(second);
        QCOMPARE(second->program.size(), first->program.size());
        QCOMPARE(
            std::memcmp(second->program.data(), first->program.data(), first->program.size() * sizeof(sock_filter)), 0);
    }

    void namesWhatAProfileGetsWrong()
    {
        oci::Seccomp profile{ "SCMP_ACT_MAYBE", {}, {}, {}, {} };
        QVERIFY(compileFilter(profile).error().message.find("unknown action SCMP_ACT_MAYBE") != std::string::npos);
        profile.defaultAction = "SCMP_ACT_ALLOW";
        profile.architectures = { "SCMP_ARCH_PDP11" };
        QVERIFY(!compileFilter(profile));
    }

private:
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(RightsTest)
#include "rights_test.moc"
