// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/default_profile.h"

#include "core/runtime/seccomp/seccomp_filter.h"

#include <QTest>

#include <seccomp.h>

#include <algorithm>
#include <map>
#include <set>

using namespace twinhull;
using namespace twinhull::runtime;

/// resources/seccomp/default.json: a name that nobody knows is a rule that does nothing, and nobody is told.
class DefaultProfileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto read = defaultSeccompProfile();
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        m_profile = *std::move(read);
    }

    void namesOnlyCallsThatExist()
    {
        // newer than the libseccomp of the oldest system that this is built on (2.5.4)
        static const std::set<std::string> newer{ "cachestat", "fchmodat2", "futex_requeue", "futex_wait", "futex_wake",
            "getxattrat", "listmount", "listxattrat", "lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr",
            "map_shadow_stack", "mseal", "open_tree_attr", "removexattrat", "riscv_hwprobe", "set_mempolicy_home_node",
            "setxattrat", "statmount", "uretprobe" };
        QStringList unknown;
        for (const auto& rule : m_profile.syscalls) {
            for (const auto& name : rule.names) {
                if (::seccomp_syscall_resolve_name(name.c_str()) == __NR_SCMP_ERROR && newer.count(name) == 0)
                    unknown << QString::fromStdString(name);
            }
        }
        QVERIFY2(unknown.isEmpty(), qPrintable(unknown.join(QLatin1Char(' '))));
    }

    void refusesByDefault()
    {
        QVERIFY(m_profile.defaultAction == "SCMP_ACT_ERRNO");
        QCOMPARE(m_profile.defaultErrnoRet.value_or(EPERM), std::uint32_t{ EPERM });
    }

    void knowsEachWordItUses()
    {
        for (const auto& rule : m_profile.syscalls) {
            QVERIFY2(contains(seccompActionNames(), rule.action), rule.action.c_str());
            QVERIFY(!rule.names.empty());
            for (const auto& argument : rule.args) {
                QVERIFY2(contains(seccompOperatorNames(), argument.op), argument.op.c_str());
                QVERIFY(argument.index < 6);
            }
        }
        for (const auto& name : m_profile.architectures)
            QVERIFY2(contains(seccompArchitectureNames(), name), name.c_str());
    }

    void allowsNoCallTwice()
    {
        std::map<std::string, int> counts;
        for (const auto& rule : m_profile.syscalls) {
            if (!rule.args.empty() || rule.action != "SCMP_ACT_ALLOW")
                continue;
            for (const auto& name : rule.names)
                ++counts[name];
        }
        QStringList twice;
        for (const auto& [name, count] : counts) {
            if (count > 1)
                twice << QString::fromStdString(name);
        }
        QVERIFY2(twice.isEmpty(), qPrintable(twice.join(QLatin1Char(' '))));
    }

    // what has let containers out, or reaches the whole computer
    void allowsNothingThatReachesTheHost()
    {
        for (const char* name : { "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
                 "bpf", "mount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount",
                 "mount_setattr", "setns", "unshare", "swapon", "swapoff", "reboot", "settimeofday", "clock_settime",
                 "open_by_handle_at", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key",
                 "io_uring_setup", "io_uring_enter", "io_uring_register", "acct", "quotactl", "iopl", "ioperm",
                 "lookup_dcookie", "syslog", "vhangup", "nfsservctl" })
            QVERIFY2(!isAllowed(name), name);
    }

    void allowsWhatProgramsNeed()
    {
        for (const char* name : { "read", "write", "openat", "openat2", "execve", "execveat", "clone", "clone3",
                 "futex", "mmap", "mprotect", "brk", "rt_sigaction", "rt_sigreturn", "exit_group", "newfstatat",
                 "statx", "faccessat2", "getrandom", "rseq", "epoll_pwait2", "close_range", "pidfd_open",
                 "memfd_create", "accept4", "wait4", "waitid", "prlimit64", "arch_prctl", "sched_yield" })
            QVERIFY2(isNamed(name), name);
    }

private:
    static bool contains(const std::vector<std::string>& names, const std::string& name)
    {
        return std::find(names.begin(), names.end(), name) != names.end();
    }
    bool isAllowed(const std::string& name) const
    {
        return std::any_of(m_profile.syscalls.begin(), m_profile.syscalls.end(), [&](const oci::SeccompRule& rule) {
            return rule.action == "SCMP_ACT_ALLOW" && contains(rule.names, name);
        });
    }
    bool isNamed(const std::string& name) const
    {
        return std::any_of(m_profile.syscalls.begin(), m_profile.syscalls.end(),
            [&](const oci::SeccompRule& rule) { return contains(rule.names, name); });
    }

    oci::Seccomp m_profile;
};

QTEST_GUILESS_MAIN(DefaultProfileTest)
#include "default_profile_test.moc"
