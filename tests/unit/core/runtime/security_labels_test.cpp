// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/security_labels.h"

#include "core/base/files.h"
#include "tests/support/child_report.h"

#include <QTest>

#include <sched.h>
#include <sys/mount.h>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// A label is given or refused: a program never runs with less protection than it was promised.
class SecurityLabelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void asksForNothingByItself()
    {
        const oci::Process process;
        QVERIFY(checkLabels(process) && applyLabels(process));
    }

    void takesUnconfinedForNoProfile()
    {
        oci::Process process;
        process.apparmorProfile = "unconfined";
        QVERIFY(checkLabels(process) && applyLabels(process));
    }

    void refusesALabelThatTheKernelCannotGive_data()
    {
        QTest::addColumn<bool>("isAppArmor");
        QTest::newRow("apparmorProfile") << true;
        QTest::newRow("selinuxLabel") << false;
    }
    void refusesALabelThatTheKernelCannotGive()
    {
        QFETCH(bool, isAppArmor);
        const std::string key = QTest::currentDataTag();
        oci::Process process;
        (isAppArmor ? process.apparmorProfile : process.selinuxLabel) = "container_t";
        const bool isThere = isAppArmor ? hasAppArmor() : hasSelinux();
        auto checked = checkLabels(process);
        QCOMPARE(static_cast<bool>(checked), isThere);
        if (isThere)
            return;
        QCOMPARE(checked.error().code, ErrorCode::Unsupported);
        QVERIFY2(checked.error().message.find("process." + key) != std::string::npos, checked.error().message.c_str());
        QVERIFY2(checked.error().hint.find(key) != std::string::npos, checked.error().hint.c_str());
    }

    // even when it was not checked before
    void failsWhereTheKernelTakesNoLabel()
    {
        if (hasAppArmor() || hasSelinux())
            QSKIP("this kernel gives labels");
        oci::Process process;
        process.apparmorProfile = "docker-default";
        QVERIFY(!applyLabels(process));
        process = {};
        process.selinuxLabel = "system_u:system_r:container_t:s0";
        QVERIFY(!applyLabels(process));
    }

    // CVE-2019-16884: a /proc of the image's takes the label and nothing happens
    void trustsNoProcOfTheImage()
    {
        TH_NEEDS_ROOT;
        const std::string report = inChild([] {
            if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
                || ::mount("tmpfs", "/proc", "tmpfs", 0, nullptr) != 0)
                return std::string("no mount namespace");
            const std::string folder = "/proc/" + std::to_string(::getpid()) + "/attr";
            if (!makeFolders(folder + "/apparmor", 0755) || !writeFileAtomically(folder + "/apparmor/exec", "")
                || !writeFileAtomically(folder + "/exec", ""))
                return std::string("no false files");
            oci::Process process;
            process.apparmorProfile = "docker-default";
            const auto apparmor = applyLabels(process);
            process = {};
            process.selinuxLabel = "container_t";
            const auto selinux = applyLabels(process);
            return std::string(apparmor ? "given " : "refused ") + (selinux ? "given " : "refused ")
                + std::to_string(readFile(folder + "/exec")->size());
        });
        QCOMPARE(report, std::string("refused refused 0"));
    }

    // CVE-2025-52881: another file of the same procfs stands over the label's
    void trustsNothingThatIsMountedOverALabel()
    {
        TH_NEEDS_ROOT;
        const std::string label = "/proc/self/attr/exec";
        if (!exists(label))
            QSKIP("this kernel has no labels at all");
        const std::string report = inChild([&] {
            const std::string own = "/proc/" + std::to_string(::getpid());
            const std::string victim = own + "/comm";
            if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
                || ::mount(victim.c_str(), (own + "/attr/exec").c_str(), nullptr, MS_BIND, nullptr) != 0)
                return std::string("no mount");
            const auto before = readFile(victim, 64);
            oci::Process process;
            process.selinuxLabel = "container_t";
            const auto applied = applyLabels(process);
            const auto after = readFile(victim, 64);
            return std::string(applied ? "given " : "refused ")
                + (before && after && *before == *after ? "same" : "hit");
        });
        QCOMPARE(report, std::string("refused same"));
    }
};

QTEST_GUILESS_MAIN(SecurityLabelsTest)
#include "security_labels_test.moc"
