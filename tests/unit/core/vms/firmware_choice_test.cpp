// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/firmware_choice.h"

#include <QTest>

using namespace twinhull;

namespace {

KnownOs systemThat(bool bootsByBios, bool bootsByUefi, bool isWindows = false)
{
    KnownOs os;
    os.name = QStringLiteral("Some OS");
    os.bootsByBios = bootsByBios;
    os.bootsByUefi = bootsByUefi;
    os.isWindows = isWindows;
    return os;
}

constexpr HostAbilities kAll{ true, true, true };

} // namespace

class FirmwareChoiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatLibvirtSaysOfTheHost()
    {
        const QByteArray able = R"(<domainCapabilities><os supported='yes'>
            <enum name='firmware'><value>bios</value><value>efi</value></enum>
            <loader supported='yes'><value>/x/CODE.fd</value><enum name='readonly'><value>yes</value></enum>
              <enum name='secure'><value>yes</value><value>no</value></enum></loader></os>
            <devices><tpm supported='yes'><enum name='backendModel'><value>passthrough</value>
              <value>emulator</value></enum></tpm></devices></domainCapabilities>)";
        const auto all = abilitiesFrom(able);
        QVERIFY(all && all->hasUefi && all->hasSecureBoot && all->hasTpm);
        const auto none = abilitiesFrom(QByteArray(able)
                                            .replace("<value>efi</value>", "")
                                            .replace("emulator", "other")
                                            .replace("<enum name='secure'><value>yes</value>", "<enum name='secure'>"));
        QVERIFY(none && !none->hasUefi && !none->hasSecureBoot && !none->hasTpm);
        QVERIFY(!abilitiesFrom("<domainCapabilities>"));
    }

    void choosesWhatTheSystemBootsByAndTheHostHas()
    {
        const auto chosen = [](const KnownOs& os, const HostAbilities& host) {
            return chooseFirmware(std::nullopt, os, host).firmware;
        };
        QCOMPARE(chosen(systemThat(true, false), kAll), MachineFirmware::Bios);
        QCOMPARE(chosen(systemThat(true, true), kAll), MachineFirmware::Uefi);
        QCOMPARE(chosen(systemThat(true, true), {}), MachineFirmware::Bios);
        QCOMPARE(chosen(systemThat(false, true), kAll), MachineFirmware::Uefi);
        QCOMPARE(chooseFirmware(std::nullopt, std::nullopt, kAll).firmware, MachineFirmware::Bios);
    }

    void givesWindowsWhatItIsNotInstalledWithout()
    {
        const KnownOs windows = systemThat(false, true, true);
        const auto choice = chooseFirmware(std::nullopt, windows, kAll);
        QCOMPARE(choice.firmware, MachineFirmware::SecureBoot);
        QVERIFY(choice.hasTpm && choice.warnings.isEmpty());
        const auto poor = chooseFirmware(std::nullopt, windows, {});
        QCOMPARE(poor.firmware, MachineFirmware::Bios);
        QVERIFY(!poor.hasTpm);
        QCOMPARE(poor.warnings.size(), 2);
        QVERIFY(poor.warnings.join(u'\n').contains(QStringLiteral("apt install ovmf")));
        QVERIFY(poor.warnings.join(u'\n').contains(QStringLiteral("apt install swtpm")));
        QVERIFY(!chooseFirmware(std::nullopt, systemThat(true, true, true), kAll).hasTpm);
    }

    void takesWhatThePersonAsks()
    {
        const auto bios = chooseFirmware(MachineFirmware::Bios, systemThat(false, true), kAll);
        QCOMPARE(bios.firmware, MachineFirmware::Bios);
        QCOMPARE(bios.warnings.size(), 1);
        QCOMPARE(chooseFirmware(MachineFirmware::SecureBoot, std::nullopt, {}).firmware, MachineFirmware::SecureBoot);
    }

    void refusesWhatTheHostHasNot()
    {
        MachineImport machine;
        QVERIFY(bool(checkFirmware(machine, {})));
        machine.firmware = MachineFirmware::SecureBoot;
        QVERIFY(bool(checkFirmware(machine, kAll)));
        QCOMPARE(checkFirmware(machine, { true, false, false }).error().code, ErrorCode::Unavailable);
        machine.firmware = MachineFirmware::Uefi;
        QVERIFY(bool(checkFirmware(machine, { true, false, false })));
        QVERIFY(!checkFirmware(machine, {}).error().hint.empty());
        machine.hasTpm = true;
        QVERIFY(!checkFirmware(machine, { true, false, false }));
    }
};

QTEST_GUILESS_MAIN(FirmwareChoiceTest)
#include "firmware_choice_test.moc"
