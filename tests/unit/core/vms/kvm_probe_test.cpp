// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/vms/power/kvm_probe.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;

class KvmProbeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheProcessorsFlags()
    {
        QVERIFY(hasVirtualizationFlag("processor : 0\nflags\t\t: fpu vme vmx sse\n"));
        QVERIFY(hasVirtualizationFlag("flags : fpu svm\n"));
        QVERIFY(!hasVirtualizationFlag("flags : fpu hypervisor svm_lock\nmodel name : svm\n"));
        QVERIFY(!hasVirtualizationFlag(""));
    }

    void explainsEveryVerdictButTheGoodOne()
    {
        QVERIFY(!noticeFor(KvmVerdict::Usable));
        QStringList explanations;
        for (const auto verdict :
            { KvmVerdict::NoDevice, KvmVerdict::NoPermission, KvmVerdict::NoHardware, KvmVerdict::GuestsDoNotRun }) {
            QVERIFY(noticeFor(verdict));
            explanations << noticeFor(verdict)->explanation;
        }
        QCOMPARE(explanations.removeDuplicates(), 0);
    }

    void comesToTheSameVerdictTwice()
    {
        const KvmVerdict first = rememberedKvmVerdict(m_world.folders());
        QCOMPARE(rememberedKvmVerdict(m_world.folders()), first);
        QCOMPARE(probeKvm(), first);
    }

    void probesAgainWhenTheCacheIsBroken()
    {
        QVERIFY(bool(makeFolders(m_world.folders().cache)));
        const KvmVerdict before = rememberedKvmVerdict(m_world.folders());
        for (const char* text : { "", "{", "{\"version\":1,\"host\":\"another\",\"guestsRun\":true}", "[]" }) {
            QVERIFY(bool(writeFileAtomically(m_world.folders().cache + "/kvm-verdict.json", text)));
            QCOMPARE(rememberedKvmVerdict(m_world.folders()), before);
        }
    }

private:
    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(KvmProbeTest)
#include "kvm_probe_test.moc"
