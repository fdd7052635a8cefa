// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/machine_facts.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace twinhull;

class MachineFactsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void saysWhatIsNeededWhereNothingCanBeRead()
    {
        const auto facts = readMachineFacts({}, roots());
        for (const char* key : { "processor", "governor", "nested", "mitigations", "load_average", "pressure_cpu",
                 "pressure_memory", "pressure_io" }) {
            const MachineFact fact = factOf(facts, key);
            QVERIFY2(fact.value.isEmpty(), qPrintable(fact.value));
            QVERIFY2(fact.needs.startsWith(QStringLiteral("needs ")), key);
        }
        QVERIFY(!factOf(facts, "kernel").value.isEmpty()); // uname
        QVERIFY(!factOf(facts, "hull").value.isEmpty());
    }

    void readsWhatTheKernelTells()
    {
        write("proc/cpuinfo", "processor : 0\nflags\t\t: fpu vmx hypervisor\nmodel name\t: Some  CPU\n");
        write("proc/loadavg", "0.50 1.25 2.00 1/234 5678\n");
        write("proc/pressure/cpu",
            "some avg10=1.25 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
        write("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance\n");
        write("sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected\n");
        write("sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: Retpolines\n");
        const auto facts = readMachineFacts({}, roots());
        QCOMPARE(facts.processor, QStringLiteral("Some CPU"));
        QCOMPARE(factOf(facts, "governor").value, QStringLiteral("performance"));
        QCOMPARE(factOf(facts, "load_average").value, QStringLiteral("0.50 1.25 2.00"));
        QCOMPARE(factOf(facts, "pressure_cpu").value, QStringLiteral("some 1.25 %, full 0.00 %"));
        QVERIFY(factOf(facts, "nested").value.startsWith(QStringLiteral("yes")));
        QCOMPARE(factOf(facts, "mitigations").value,
            QStringLiteral("spectre_v2: Mitigation: Retpolines; not affected by 1 others"));
    }

    void countsDifferentGovernors()
    {
        write("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "powersave\n");
        write("sys/devices/system/cpu/cpufreq/policy1/scaling_governor", "performance\n");
        write("sys/devices/system/cpu/cpufreq/policy2/scaling_governor", "powersave\n");
        const QString value = factOf(readMachineFacts({}, roots()), "governor").value;
        QVERIFY2(value.contains(QStringLiteral("powersave of 2")), qPrintable(value));
        QVERIFY2(value.contains(QStringLiteral("performance of 1")), qPrintable(value));
    }

    void givesTheReasonWhyVmsAreEmulated()
    {
        const HostNotice notice{ QStringLiteral("VMs are emulated"), QStringLiteral("There is no /dev/kvm.") };
        const QString value = factOf(readMachineFacts({ notice }), "virtualization").value;
        QVERIFY2(value.contains(QStringLiteral("no /dev/kvm")), qPrintable(value));
    }

    void asksOnlyQemuForItsVersion()
    {
        const auto facts = readEngineFacts(::getpid()); // this test is none
        QCOMPARE(facts[0].key, QStringLiteral("qemu"));
        QVERIFY(facts[0].value.isEmpty());
        QVERIFY(!facts[0].needs.isEmpty());
        QVERIFY(facts[1].value.isEmpty() != facts[1].needs.isEmpty());
    }

private:
    MachineRoots roots() const
    {
        return { (m_folder->path() + QStringLiteral("/proc")).toStdString(),
            (m_folder->path() + QStringLiteral("/sys")).toStdString() };
    }

    void write(const char* path, const char* text)
    {
        const QString file = m_folder->filePath(QLatin1String(path));
        QVERIFY(QDir().mkpath(QFileInfo(file).path()));
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text);
    }

    static MachineFact factOf(const MachineFacts& machine, const char* key)
    {
        for (const auto& fact : machine.facts) {
            if (fact.key == QLatin1String(key))
                return fact;
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(MachineFactsTest)
#include "machine_facts_test.moc"
