// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/migration/destination_fit.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::uint64_t kFitGibibyte = std::uint64_t(1) << 30U;

/// As libvirt tells it, shortened: machines of the architecture, and one that KVM alone has.
const QByteArray kCapabilities = R"(<capabilities>
  <host><cpu><arch>x86_64</arch></cpu></host>
  <guest><os_type>hvm</os_type><arch name='i686'><domain type='qemu'/></arch></guest>
  <guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize>
    <machine maxCpus='288' canonical='pc-q35-7.2'>q35</machine>
    <machine maxCpus='255'>pc-q35-6.2</machine>
    <domain type='qemu'/>
    <domain type='kvm'><machine maxCpus='255'>pc-kvm-1.0</machine></domain>
  </arch></guest>
</capabilities>)";

MigrationHost fittingHost()
{
    return { kCapabilities, 7'002'000, 9'000'000, 8 * kFitGibibyte, 4 * kFitGibibyte };
}

MigrationNeeds needsOf(const char* machine, const char* type = "kvm")
{
    return { QStringLiteral("web"), QString::fromLatin1(type), QStringLiteral("x86_64"), QString::fromLatin1(machine),
        2 * kFitGibibyte, true };
}

std::vector<MigrationObstacle> fit(const MigrationNeeds& needs, const MigrationHost& there)
{
    return fitObstacles(needs, fittingHost(), there, QStringLiteral("lab"));
}

} // namespace

class DestinationFitTest : public QObject {
    Q_OBJECT

    using Weight = MigrationObstacle::Weight;

private Q_SLOTS:
    void findsNothingAgainstAHostLikeItsOwn()
    {
        for (const char* machine : { "q35", "pc-q35-7.2", "pc-q35-6.2", "pc-kvm-1.0", "" })
            QVERIFY2(fit(needsOf(machine), fittingHost()).empty(), machine);
        auto mute = fittingHost();
        mute = { {}, 0, 0, 0, {} };
        QVERIFY(fit(needsOf("pc-q35-9.0"), mute).empty());
    }

    void knowsWhichMachinesThereAre()
    {
        const auto newer = fit(needsOf("pc-q35-9.0"), fittingHost());
        QCOMPARE(newer.size(), std::size_t(1));
        QVERIFY(newer[0].sentence.contains(u"no machine type pc-q35-9.0") && newer[0].weight == Weight::Certain);
        QCOMPARE(fit(needsOf("pc-kvm-1.0", "qemu"), fittingHost()).size(), std::size_t(1));
        QCOMPARE(fit(needsOf("q35", "hvf"), fittingHost()).size(), std::size_t(1));
        auto arm = needsOf("virt");
        arm.architecture = QStringLiteral("aarch64");
        QVERIFY(fit(arm, fittingHost()).at(0).sentence.contains(u"aarch64"));
        auto emulating = fittingHost();
        emulating.capabilities.replace("type='kvm'", "type='xen'");
        QVERIFY(fit(needsOf("q35"), emulating).at(0).sentence.contains(u"by kvm"));
    }

    void looksOnlyAtGuestsOfItsKind()
    {
        auto both = fittingHost();
        both.capabilities.replace("<guest><os_type>hvm</os_type><arch name='i686'>",
            "<guest><os_type>xen</os_type><arch name='x86_64'><machine>xenpv</machine>"
            "<domain type='xen'/></arch></guest>"
            "<guest><os_type>hvm</os_type><arch name='i686'>");
        auto needs = needsOf("q35");
        needs.osType = QStringLiteral("hvm");
        QVERIFY(fit(needs, both).empty());
        needs.osType = QStringLiteral("exe");
        QCOMPARE(fit(needs, both).size(), std::size_t(1));
    }

    void knowsWhetherThereIsMemory()
    {
        auto full = fittingHost();
        full.availableBytes = kFitGibibyte;
        const auto maybe = fit(needsOf("q35"), full);
        QCOMPARE(maybe.size(), std::size_t(1));
        QVERIFY(maybe[0].sentence.contains(u"1 GiB") && maybe[0].weight == Weight::Doubtful);
        auto small = fittingHost();
        small.memoryBytes = kFitGibibyte;
        QVERIFY(fit(needsOf("q35"), small).at(0).weight == Weight::Certain);
        auto off = needsOf("q35");
        off.isLive = false;
        QVERIFY(fit(off, full).empty());
        QVERIFY(fit(off, small).at(0).weight == Weight::Doubtful);
    }

    void doubtsWhatIsOlder()
    {
        auto older = fittingHost();
        older.hypervisorVersion = 6'002'009;
        older.libvirtVersion = 8'000'000;
        const auto live = fit(needsOf("q35"), older);
        QCOMPARE(live.size(), std::size_t(2));
        QVERIFY(live[0].sentence.contains(u"6.2.9") && live[1].sentence.contains(u"8.0.0"));
        QVERIFY(certainOf(live).empty());
        auto off = needsOf("q35");
        off.isLive = false;
        QCOMPARE(fit(off, older).size(), std::size_t(1)); // it has no memory to be understood
        older = fittingHost();
        older.hypervisorVersion = 7'002'001; // a release repairs only
        QVERIFY(fit(needsOf("q35"), older).empty());
    }
};

QTEST_GUILESS_MAIN(DestinationFitTest)

#include "destination_fit_test.moc"
