// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/machine_cgroup.h"

#include "core/metrics/footprint_reader.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

/// A QEMU (pid 10) in the scope that libvirt's system service makes on a computer with systemd: its threads lie in
/// groups below, virtiofsd (pid 20) in the same.
class MachineCgroupTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_files = std::make_unique<FakeProc>();
        m_files->add({ .pid = 10, .parent = 1, .ownTicks = 100, .cgroup = kScope + kEmulator });
        m_files->add({ .pid = 20, .parent = 1, .ownTicks = 7, .cgroup = kScope + kEmulator });
        m_files->write("10/cmdline", std::string("/usr/bin/qemu-system-x86_64\0-uuid\0", 34));
        m_files->write("20/cmdline", std::string("/usr/libexec/virtiofsd\0", 23));
        m_files->write("20/comm", "virtiofsd\n");
        for (const char* group : { "", "/libvirt", "/libvirt/emulator", "/libvirt/vcpu0" }) {
            (void)makeFolders(m_files->path("tree" + kScope + group));
            fill(group, "cpu.stat", "usage_usec 5000000\nthrottled_usec 0\n");
        }
        fill("", "cgroup.events", "populated 1\n");
        fill("/libvirt", "cgroup.procs", "10\n20\n"); // those of threaded groups cannot be read
    }

    void knowsTheGroupOfADomainByItsNumber()
    {
        const auto is = [](std::string_view path, int id) { return machineGroupIn(path, id); };
        QVERIFY(is(kScope + kEmulator, 3) == kScope);
        QVERIFY(is("/machine/qemu-3-a.libvirt-qemu/emulator", 3) == "/machine/qemu-3-a.libvirt-qemu");
        QVERIFY(is(kScope, 3) == kScope);
        for (const char* path : { "/user.slice/user-1000.slice/user@1000.service/session.slice/libvirtd.service",
                 "/system.slice/libvirtd.service", "/machine.slice/machine-lxc\\x2d3\\x2da.scope", "/", "" })
            QVERIFY2(is(path, 3).empty(), path);
        QVERIFY(is(kScope, 30).empty() && is(kScope, -1).empty()); // another domain's, and one that ended
        QVERIFY(is("/../machine.slice/machine-qemu\\x2d3\\x2da.scope", 3).empty());
    }

    void findsTheGroupOfARunningQemu() { QCOMPARE(found(), m_files->path("tree") + kScope); }

    void takesNoGroupThatHoldsAnotherVm()
    {
        m_files->add({ .pid = 30, .parent = 1, .cgroup = kScope + kEmulator });
        m_files->write("30/cmdline", std::string("/usr/bin/qemu-system-x86_64\0-uuid\0", 34));
        fill("/libvirt", "cgroup.procs", "10\n20\n30\n");
        QCOMPARE(found(), std::string());
        fill("/libvirt", "cgroup.procs", "20\n"); // nor one that does not hold this one
        QCOMPARE(found(), std::string());
    }

    void readsWaitingAndChargeAsOfAContainer()
    {
        fill("", "memory.current", "700000\n");
        fill("", "memory.stat", "inactive_file 200000\n");
        fill("", "cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=9\n");
        const Sample sample = read();
        QCOMPARE(*sample.cgroupChargeBytes, std::uint64_t{ 500'000 });
        QCOMPARE(*sample.stalls.cpu, std::uint64_t{ 9000 });
        QCOMPARE(*sample.cpuNanoseconds, std::uint64_t{ 5'000'000'000 }); // QEMU once, and once only
        QCOMPARE(*sample.cpuParts.fileSystemHelpers, std::uint64_t{ 70'000'000 });
        QCOMPARE(sample.stalls.memory.needs(), Needs::CgroupPressure);
    }

    void addsWhatHeldBackItsThreads()
    {
        fill("", "cpu.stat", "usage_usec 5000000\nthrottled_usec 1\n");
        fill("/libvirt/vcpu0", "cpu.stat", "usage_usec 5000000\nthrottled_usec 20\n");
        fill("/libvirt/emulator", "cpu.stat", "usage_usec 5000000\nthrottled_usec 300\n");
        QCOMPARE(*read().stalls.throttled, std::uint64_t{ 321'000 });
    }

    void saysWhatASessionLacks()
    {
        HostFootprint session;
        session.rootPids = { 10 };
        FootprintReader reader(m_files->tree(), session);
        Sample sample;
        sample.id.kind = WorkloadKind::Vm;
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(sample.cgroupChargeBytes.needs(), Needs::MachineCgroup);
        QCOMPARE(sample.stalls.throttled.needs(), Needs::MachineCgroup);
        QVERIFY(sentenceFor(Needs::MachineCgroup).contains(QStringLiteral("qemu:///system")));
    }

private:
    const std::string kScope = "/machine.slice/machine-qemu\\x2d3\\x2da.scope";
    const std::string kEmulator = "/libvirt/emulator";

    void fill(const std::string& group, const std::string& file, const std::string& text) const
    {
        m_files->write("tree" + kScope + group + "/" + file, text);
    }

    std::string found() const { return machineCgroupOf(m_files->tree(), 10, 3, m_files->path("tree")); }

    Sample read()
    {
        HostFootprint footprint;
        footprint.rootPids = { 10 };
        footprint.helperPids = { 20 };
        footprint.cgroupPath = QString::fromStdString(m_files->path("tree") + kScope);
        for (const int pid : { 10, 20 }) // plain files have no mount: the whole path is the group's
            m_files->write(std::to_string(pid) + "/cgroup", "0::" + m_files->path("tree") + kScope + kEmulator + "\n");
        FootprintReader reader(m_files->tree(), footprint);
        Sample sample;
        sample.id.kind = WorkloadKind::Vm;
        return reader.read(sample, m_buffer) ? sample : Sample();
    }

    std::unique_ptr<FakeProc> m_files;
    ReadBuffer m_buffer{};
};

QTEST_GUILESS_MAIN(MachineCgroupTest)
#include "machine_cgroup_test.moc"
