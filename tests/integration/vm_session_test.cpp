// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <future>

using namespace twinhull;

/// The libvirt of a session is started by whoever needs it first.
class VmSessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isStartedOnceByProgramsThatNeedItAtOnce()
    {
        const test::TemporaryWorld world;
        const test::LibvirtSession session;
        std::vector<std::future<test::CtlOutput>> lists;
        for (int i = 0; i < 4; ++i)
            lists.push_back(std::async(std::launch::async, [] { return test::ctl({ "list", "--kind", "vm" }); }));
        for (auto& list : lists) {
            const auto listed = list.get();
            QVERIFY2(listed.exitCode == 0 && listed.err.isEmpty(), qPrintable(listed.text()));
        }
        QVERIFY(session.libvirtd() > 0);
    }
};

QTEST_GUILESS_MAIN(VmSessionTest)
#include "vm_session_test.moc"
