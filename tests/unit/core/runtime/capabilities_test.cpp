// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/capabilities.h"
#include "tests/support/child_report.h"

#include <QTest>

#include <linux/capability.h>
#include <sys/prctl.h>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// The sets of a process, changed in children and read back from the kernel.
class CapabilitiesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root: an ordinary user has no capabilities to change");
    }

    void numbersNamesAsTheKernelDoes()
    {
        const auto names = capabilityNames();
        QCOMPARE(names.at(CAP_CHOWN), std::string("CAP_CHOWN"));
        QCOMPARE(names.at(CAP_SYS_ADMIN), std::string("CAP_SYS_ADMIN"));
        QCOMPARE(names.at(CAP_MKNOD), std::string("CAP_MKNOD"));
        QCOMPARE(names.at(CAP_CHECKPOINT_RESTORE), std::string("CAP_CHECKPOINT_RESTORE"));
        QCOMPARE(names.size(), std::size_t{ CAP_LAST_CAP + 1 });
    }

    void leavesUnknownOnesOut()
    {
        std::vector<std::string> warnings;
        oci::CapabilitySets sets;
        sets.bounding = { "CAP_CHOWN", "CAP_FLY" };
        sets.permitted = { "CAP_CHOWN", "CAP_FLY" };
        sets.effective = { "CAP_CHOWN", "CAP_KILL" };
        const auto masks = resolveCapabilities(sets, warnings);
        QCOMPARE(masks.effective & ~masks.permitted, CapabilityMask{ 0 });
        QCOMPARE(std::count(warnings.begin(), warnings.end(), "capability CAP_FLY is unknown here and left out"), 1);
    }

    void raisesNoAmbientOneThatIsNotInheritable()
    {
        std::vector<std::string> warnings;
        oci::CapabilitySets sets;
        sets.permitted = { "CAP_CHOWN" };
        sets.ambient = { "CAP_CHOWN" };
        QCOMPARE(resolveCapabilities(sets, warnings).ambient, CapabilityMask{ 0 });
        QVERIFY(!warnings.empty());
    }

    void givesOnNothingThatItDoesNotHold()
    {
        const std::string report = inChild([] {
            if (::prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT, 0, 0, 0) != 0)
                return std::string("cannot drop");
            std::vector<std::string> warnings;
            oci::CapabilitySets sets;
            sets.bounding = { "CAP_SYS_BOOT", "CAP_CHOWN" };
            const auto masks = resolveCapabilities(sets, warnings);
            return std::to_string(masks.bounding) + " " + (warnings.empty() ? "silent" : warnings.front());
        });
        QCOMPARE(report, std::string("1 capability CAP_SYS_BOOT is not held by hull itself and left out"));
    }

    void dropsTheRestOfTheBoundingSet()
    {
        const std::string report = inChild([] {
            const auto limited = limitBoundingSet(bit(CAP_CHOWN) | bit(CAP_SETPCAP));
            return told(limited) + " " + ownStatus("CapBnd");
        });
        QCOMPARE(report, std::string("done 0000000000000101"));
    }

    void setsAllFourSets()
    {
        const std::string report = inChild([] {
            CapabilityMasks masks;
            masks.permitted = bit(CAP_CHOWN) | bit(CAP_KILL) | bit(CAP_SYSLOG);
            masks.effective = bit(CAP_KILL);
            masks.inheritable = bit(CAP_CHOWN);
            masks.ambient = bit(CAP_CHOWN);
            const auto applied = applyCapabilities(masks);
            return told(applied) + " " + ownStatus("CapPrm") + " " + ownStatus("CapEff") + " " + ownStatus("CapInh")
                + " " + ownStatus("CapAmb");
        });
        QCOMPARE(report, std::string("done 0000000400000021 0000000000000020 0000000000000001 0000000000000001"));
    }

    void clearsAmbientOnesThatWereThere()
    {
        const std::string report = inChild([] {
            CapabilityMasks first;
            first.permitted = first.effective = first.inheritable = first.ambient = bit(CAP_CHOWN) | bit(CAP_KILL);
            CapabilityMasks second = first;
            second.ambient = bit(CAP_KILL);
            const std::string answers = told(applyCapabilities(first)) + " ";
            const auto again = applyCapabilities(second);
            return answers + told(again) + " " + ownStatus("CapAmb");
        });
        QCOMPARE(report, std::string("done done 0000000000000020"));
    }

    void tellsThatItCannotRaiseWhatIsGone()
    {
        const std::string report = inChild([] {
            const auto dropped = applyCapabilities({});
            CapabilityMasks masks;
            masks.permitted = bit(CAP_CHOWN);
            return told(dropped) + "; " + told(applyCapabilities(masks));
        });
        QCOMPARE(report, std::string("done; set capabilities: Operation not permitted"));
    }

private:
    static CapabilityMask bit(unsigned number) { return CapabilityMask{ 1 } << number; }
};

QTEST_GUILESS_MAIN(CapabilitiesTest)
#include "capabilities_test.moc"
