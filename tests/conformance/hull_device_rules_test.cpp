// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

using namespace twinhull;
using namespace twinhull::test;

/// linux.resources.devices in a real container, where the kernel has cgroup v2 and BPF programs for it.
class HullDeviceRulesTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (m_bundle) // given, and allowed or not by the rules
            m_bundle->spec.linux_.devices
                = { { "/dev/given", 'c', 1, 5, 0666, 0, 0 }, { "/dev/kernel", 'c', 1, 11, 0666, 0, 0 } };
    }
    void cleanup() { tearDownClean(); }

    void opensWhatIsGivenWithoutRules()
    {
        const auto output = m_bundle->run("head -c 1 /dev/given | grep -c . ; : > /dev/kernel && echo opened");
        QVERIFY2(output.standardOutput.find("opened") != std::string::npos, said(output));
    }

    void opensNoDeviceThatIsDenied()
    {
        rules() = { { false, 'a', {}, {}, "rwm" } };
        const auto output = m_bundle->run("echo served > /dev/null && echo served; : > /dev/kernel && echo opened");
        if (output.standardError.find("not applied") != std::string::npos)
            QSKIP("this kernel takes no device rules");
        QCOMPARE(output.standardOutput, std::string("served\n"));
        QVERIFY2(output.standardError.find("Operation not permitted") != std::string::npos, said(output));
    }

    void opensWhatALaterRuleAllows()
    {
        rules() = { { false, 'a', {}, {}, "rwm" }, { true, 'c', 1, 11, "w" } };
        const auto output = m_bundle->run(": > /dev/kernel && echo opened");
        QVERIFY2(output.standardOutput == "opened\n", said(output));
    }

    void staysClosedForAContainerThatMayMakeNodes()
    {
        rules() = { { false, 'a', {}, {}, "rwm" } };
        auto& sets = *m_bundle->spec.process->capabilities;
        for (auto* set : { &sets.bounding, &sets.effective, &sets.permitted })
            set->push_back("CAP_MKNOD");
        const auto output
            = m_bundle->run("mknod /dev/mine c 1 11; : > /dev/mine && echo opened; : > /dev/kernel && echo opened");
        QVERIFY2(output.standardOutput.empty(), said(output));
    }

private:
    std::vector<oci::DeviceRule>& rules() { return m_bundle->spec.linux_.resources.deviceRules; }
};

QTEST_GUILESS_MAIN(HullDeviceRulesTest)
#include "hull_device_rules_test.moc"
