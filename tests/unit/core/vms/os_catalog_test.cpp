// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/making/os_catalog.h"
#include "core/vms/making/os_sizes.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

constexpr std::uint64_t kGibibyte = std::uint64_t{ 1 } << 30U;

MachineImport askedMachine()
{
    MachineImport asked;
    asked.plan.source = IsoSource{ QStringLiteral("/x.iso"), 0 };
    return asked;
}

std::uint64_t diskOf(const MachineAdvice& chosen)
{
    return std::get<IsoSource>(chosen.machine.plan.source).diskBytes;
}

} // namespace

/// With the data that is installed, and media made here.
class OsCatalogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsASystemByItsId()
    {
        const auto os = knownSystem(QStringLiteral("debian11"));
        QVERIFY2(os, os ? "" : os.error().message.c_str());
        QCOMPARE(os->name, QStringLiteral("Debian 11"));
        QVERIFY(os->minimum.memoryBytes > 0 && os->recommended.memoryBytes >= os->minimum.memoryBytes);
        QVERIFY(os->recommended.diskBytes >= kGibibyte);
        QVERIFY(os->hasVirtioDisk && os->hasVirtioNetwork);
        const auto old = knownSystem(QStringLiteral("win98"));
        QVERIFY(old && !old->hasVirtioDisk && !old->hasVirtioNetwork);
        QVERIFY(old->bootsByBios && !old->bootsByUefi && !os->isWindows);
    }

    void knowsTheFirmwareOfASystem()
    {
        const auto windows = knownSystem(QStringLiteral("win11"));
        QVERIFY(windows && windows->isWindows && windows->bootsByUefi && !windows->bootsByBios);
        const auto arch = knownSystem(QStringLiteral("archlinux"));
        QVERIFY(arch && arch->bootsByUefi && arch->bootsByBios);
    }

    void recognisesAMedium()
    {
        const auto os = systemOn("Debian 11.5.0 amd64 n");
        QVERIFY(os && *os);
        QCOMPARE((*os)->id, QStringLiteral("debian11"));
        const auto stranger = systemOn("SOMETHING");
        QVERIFY(stranger && !*stranger);
    }

    void knowsNothingByWhatIsNoMedium()
    {
        const QString text = m_folder.filePath(QStringLiteral("text"));
        QVERIFY(writeFileAtomically(text.toStdString(), std::string(70'000, 'x')));
        const auto none = systemOnMedium(text);
        QVERIFY(none && !*none);
        QVERIFY(!systemOnMedium(m_folder.path()));
        QVERIFY(!systemOnMedium(m_folder.filePath(QStringLiteral("missing"))));
    }

    void choosesWhatTheSystemRecommends()
    {
        KnownOs os;
        os.minimum = { kGibibyte, 2 * kGibibyte, 1 };
        os.recommended = { 2 * kGibibyte, 10 * kGibibyte, 2 };
        os.hasVirtioDisk = os.hasVirtioNetwork = true;
        const auto chosen = chooseMachine(askedMachine(), os);
        QCOMPARE(*chosen.machine.plan.limits.memoryBytes, 2 * kGibibyte);
        QCOMPARE(*chosen.machine.plan.limits.cpus, 2.0);
        QCOMPARE(diskOf(chosen), 10 * kGibibyte);
        QVERIFY(chosen.machine.hasVirtioDevices);
        os.recommended = {};
        os.minimum.diskBytes = 30 * kGibibyte;
        os.hasVirtioNetwork = false;
        const auto least = chooseMachine(askedMachine(), os);
        QCOMPARE(diskOf(least), 60 * kGibibyte);
        QVERIFY(!least.machine.hasVirtioDevices);
        const auto unknown = chooseMachine(askedMachine(), std::nullopt);
        QCOMPARE(diskOf(unknown), kDefaultNewDiskBytes);
        QVERIFY(!unknown.machine.plan.limits.cpus);
    }

    void keepsWhatThePersonAsksAndSaysWhereItIsLittle()
    {
        KnownOs os;
        os.minimum = { kGibibyte, 2 * kGibibyte, 1 };
        MachineImport asked = askedMachine();
        asked.plan.limits.memoryBytes = kGibibyte / 2;
        asked.plan.source = IsoSource{ QStringLiteral("/x.iso"), 4 * kGibibyte };
        const auto chosen = chooseMachine(asked, os);
        QCOMPARE(*chosen.machine.plan.limits.memoryBytes, kGibibyte / 2);
        QCOMPARE(diskOf(chosen), 4 * kGibibyte);
        QCOMPARE(chosen.reasons.filter(QStringLiteral("LESS")).size(), 1);
    }

    void choosesVirtioForACloudImage()
    {
        MachineImport asked;
        asked.plan.source = DiskSource{ QStringLiteral("/x.qcow2") };
        QVERIFY(!chooseMachine(asked, std::nullopt).machine.hasVirtioDevices);
        asked.cloudInit = CloudInit();
        QVERIFY(chooseMachine(asked, std::nullopt).machine.hasVirtioDevices);
        KnownOs old;
        old.id = QStringLiteral("old");
        QVERIFY(!chooseMachine(asked, old).machine.hasVirtioDevices);
    }

    void warnsOfWhatThisComputerHasNot()
    {
        WorkloadPlan plan = askedMachine().plan;
        plan.limits.memoryBytes = 1U << 20U;
        QVERIFY(capacityWarnings(plan, m_folder.path().toStdString()).isEmpty());
        plan.limits.memoryBytes = kGibibyte << 20U;
        plan.source = IsoSource{ QStringLiteral("/x.iso"), kGibibyte << 20U };
        QCOMPARE(capacityWarnings(plan, m_folder.path().toStdString()).size(), 2);
    }

private:
    Result<std::optional<KnownOs>> systemOn(const std::string& volume) const
    {
        const std::string root = m_folder.path().toStdString();
        const std::string iso = root + "/medium.iso";
        (void)removeTree(iso);
        if (auto made = makeFolders(root + "/tree"); !made)
            return std::move(made).error();
        if (auto made = writeFileAtomically(root + "/tree/boot.bin", std::string(2048, 'b')); !made)
            return std::move(made).error();
        auto made = runChecked({ { findExecutable("xorriso"), "-as", "mkisofs", "-quiet", "-o", iso, "-V", volume, "-b",
                                     "boot.bin", "-no-emul-boot", root + "/tree" },
                                   {}, {} },
            std::chrono::seconds(30));
        return made ? systemOnMedium(QString::fromStdString(iso)) : std::move(made).error();
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(OsCatalogTest)
#include "os_catalog_test.moc"
