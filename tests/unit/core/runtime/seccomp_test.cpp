// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/default_profile.h"
#include "core/runtime/seccomp/seccomp_filter.h"
#include "tests/support/child_report.h"

#include <QTest>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <sched.h>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// Compiled filters, installed in children that then try.
class SeccompTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void failsWithTheNumberThatIsGiven()
    {
        oci::Seccomp profile = allowAllBut({ { "uname" }, "SCMP_ACT_ERRNO", 77, {} });
        QCOMPARE(under(profile, [] { return tryUname(); }), std::string("77"));
    }

    void failsWithPermissionWhereNoNumberIsGiven()
    {
        oci::Seccomp profile = allowAllBut({ { "uname" }, "SCMP_ACT_ERRNO", {}, {} });
        QCOMPARE(under(profile, [] { return tryUname(); }), std::to_string(EPERM));
    }

    void takesTheDefaultNumber()
    {
        oci::Seccomp profile = allowAllBut({ { "write", "exit_group", "exit", "rt_sigprocmask", "mmap", "munmap",
                                                 "madvise", "futex", "sigaltstack" }, // the last ones for a sanitizer
            "SCMP_ACT_ALLOW", {}, {} });
        profile.defaultAction = "SCMP_ACT_ERRNO";
        profile.defaultErrnoRet = 55;
        QCOMPARE(under(profile, [] { return tryUname(); }), std::string("55"));
    }

    void looksAtArguments_data()
    {
        QTest::addColumn<QString>("op");
        QTest::addColumn<quint64>("value");
        QTest::addColumn<quint64>("second");
        QTest::addColumn<bool>("isRefused");
        const auto row = [](const char* op, quint64 value, quint64 second, bool isRefused) {
            QTest::addRow("%s %llu", op, static_cast<unsigned long long>(value))
                << QStringLiteral("SCMP_CMP_") + QLatin1String(op) << value << second << isRefused;
        };
        const auto asked = static_cast<quint64>(PR_GET_DUMPABLE);
        row("EQ", asked, 0, true);
        row("EQ", asked + 1, 0, false);
        row("NE", asked, 0, false);
        row("LT", asked, 0, false);
        row("LE", asked, 0, true);
        row("GT", asked - 1, 0, true);
        row("GE", asked + 1, 0, false);
        row("MASKED_EQ", 0xffff, asked, true);
    }
    void looksAtArguments()
    {
        QFETCH(QString, op);
        QFETCH(quint64, value);
        QFETCH(quint64, second);
        QFETCH(bool, isRefused);
        oci::Seccomp profile
            = allowAllBut({ { "prctl" }, "SCMP_ACT_ERRNO", 66, { { 0, value, second, op.toStdString() } } });
        const std::string answer = under(
            profile, [] { return std::to_string(::syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0) < 0 ? errno : 0); });
        QCOMPARE(answer, std::string(isRefused ? "66" : "0"));
    }

    void endsTheProcessWhereAsked()
    {
        oci::Seccomp profile = allowAllBut({ { "uname" }, "SCMP_ACT_KILL_PROCESS", {}, {} });
        QCOMPARE(under(profile, [] { return tryUname(); }), "signal " + std::to_string(SIGSYS));
    }

    void passesByCallsThatThisComputerDoesNotKnow()
    {
        oci::Seccomp profile = allowAllBut({ { "no_such_call", "uname" }, "SCMP_ACT_ERRNO", 77, {} });
        QCOMPARE(under(profile, [] { return tryUname(); }), std::string("77"));
    }

    void leavesARuleOutThatSaysWhatIsSaidAlready()
    {
        oci::Seccomp profile = allowAllBut({ { "uname" }, "SCMP_ACT_ALLOW", {}, {} });
        auto compiled = compileFilter(profile);
        QVERIFY2(compiled, compiled ? "" : compiled.error().message.c_str());
    }

    void letsTheDefaultProfileRunAShell()
    {
        auto profile = defaultSeccompProfile();
        QVERIFY(profile);
        QCOMPARE(under(*profile, [] { return tryUname(); }), std::string("0"));
        QCOMPARE(under(*profile, [] { return std::to_string(::unshare(CLONE_NEWUSER) != 0 ? errno : 0); }),
            std::to_string(EPERM));
        QCOMPARE(under(*profile, [] { return std::to_string(::syscall(SYS_kexec_load, 0, 0, 0, 0) != 0 ? errno : 0); }),
            std::to_string(EPERM));
    }

    void namesWhatAProfileGetsWrong_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<QString>("flag");
        QTest::addColumn<QString>("op");
        QTest::addColumn<QString>("message");
        const QString none;
        QTest::newRow("action") << QStringLiteral("SCMP_ACT_MAYBE") << none << none << none
                                << QStringLiteral("unknown action SCMP_ACT_MAYBE");
        QTest::newRow("architecture") << none << QStringLiteral("SCMP_ARCH_PDP11") << none << none
                                      << QStringLiteral("unknown architecture SCMP_ARCH_PDP11");
        QTest::newRow("flag") << none << none << QStringLiteral("SECCOMP_FILTER_FLAG_FLY") << none
                              << QStringLiteral("unknown flag SECCOMP_FILTER_FLAG_FLY");
        QTest::newRow("operator") << none << none << none << QStringLiteral("SCMP_CMP_LIKE")
                                  << QStringLiteral("unknown operator SCMP_CMP_LIKE");
    }
    void namesWhatAProfileGetsWrong()
    {
        QFETCH(QString, action);
        QFETCH(QString, architecture);
        QFETCH(QString, flag);
        QFETCH(QString, op);
        QFETCH(QString, message);
        oci::Seccomp profile = allowAllBut({ { "uname" }, "SCMP_ACT_ERRNO", {}, {} });
        if (!action.isEmpty())
            profile.syscalls[0].action = action.toStdString();
        if (!architecture.isEmpty())
            profile.architectures = { architecture.toStdString() };
        if (!flag.isEmpty())
            profile.flags = { flag.toStdString() };
        if (!op.isEmpty())
            profile.syscalls[0].args = { { 0, 1, 0, op.toStdString() } };
        auto compiled = compileFilter(profile);
        QVERIFY(!compiled);
        QVERIFY2(QString::fromStdString(compiled.error().message).contains(message), compiled.error().message.c_str());
    }

    void tellsProfilesApartByEverything()
    {
        const oci::Seccomp first = allowAllBut({ { "uname" }, "SCMP_ACT_ERRNO", 1, { { 0, 1, 2, "SCMP_CMP_EQ" } } });
        std::vector<oci::Seccomp> others(7, first);
        others[0].defaultErrnoRet = 7;
        others[1].architectures = { "SCMP_ARCH_X86" };
        others[2].flags = { "SECCOMP_FILTER_FLAG_LOG" };
        others[3].syscalls[0].names = { "uname", "read" };
        others[4].syscalls[0].errnoRet = 2;
        others[5].syscalls[0].args[0].value = 9;
        others[6].syscalls[0].args[0].valueTwo = 9;
        for (const auto& other : others)
            QVERIFY(canonicalText(other) != canonicalText(first));
        QCOMPARE(canonicalText(allowAllBut(first.syscalls[0])), canonicalText(first));
    }

    void showsWhatItKnows()
    {
        const auto has = [](const std::vector<std::string>& names, const char* name) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        QVERIFY(has(seccompActionNames(), "SCMP_ACT_ERRNO") && has(seccompOperatorNames(), "SCMP_CMP_MASKED_EQ"));
        QVERIFY(has(seccompArchitectureNames(), "SCMP_ARCH_AARCH64"));
    }

private:
    static oci::Seccomp allowAllBut(oci::SeccompRule rule)
    {
        oci::Seccomp profile;
        profile.defaultAction = "SCMP_ACT_ALLOW";
        profile.syscalls.push_back(std::move(rule));
        return profile;
    }
    static std::string tryUname()
    {
        utsname name{};
        return std::to_string(::syscall(SYS_uname, &name) != 0 ? errno : 0);
    }
    static std::string under(const oci::Seccomp& profile, const std::function<std::string()>& work)
    {
        auto compiled = compileFilter(profile);
        if (!compiled)
            return compiled.error().message;
        return inChild([&] {
            if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
                return std::string("no_new_privs");
            auto installed = installFilter(*compiled);
            return installed ? work() : installed.error().message;
        });
    }
};

QTEST_GUILESS_MAIN(SeccompTest)
#include "seccomp_test.moc"
