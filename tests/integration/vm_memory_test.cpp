// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/support/ctl.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;
using test::ctl;

/// What a VM made from an image gives back to the host when its programs need it no more.
class VmMemoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto ready = test::prepareGuests({ { "images", "starter" },
            { "create", "--vm", "--memory", "256M", "--name", "web", "starter" }, { "start", "web" } });
        QVERIFY2(ready, ready ? "" : ready.error().message.c_str());
    }
    void cleanupTestCase()
    {
        const auto removed = ctl({ "remove", "web" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
    }

    void givesBackWhatWasUsed()
    {
        constexpr std::int64_t kHeldMebibytes = 64;
        inside("mkdir -p /held && mount -t tmpfs none /held && head -c 67108864 /dev/zero > /held/bytes");
        const auto used = hostMebibytes();
        QVERIFY2(used > kHeldMebibytes, qPrintable(QString::number(used)));
        inside("rm /held/bytes && umount /held");
        const auto isBack = [&] { return hostMebibytes() < used - kHeldMebibytes / 2; };
        QVERIFY2(QTest::qWaitFor(isBack, 60'000),
            qPrintable(QStringLiteral("%1 MiB before, %2 MiB after").arg(used).arg(hostMebibytes())));
    }

private:
    static void inside(const char* script)
    {
        const auto run = ctl({ "exec", "-u", "0", "web", "sh", "-c", script });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    }

    /// PSS of QEMU (proc(5): smaps_rollup); -1 where it cannot be read.
    std::int64_t hostMebibytes() const
    {
        const auto pid = readFile(m_world.path(QStringLiteral("run/libvirt/qemu/run/web.pid")).toStdString());
        const auto text = pid ? readFile("/proc/" + std::to_string(std::stol(*pid)) + "/smaps_rollup") : pid;
        const auto at = text ? text->find("\nPss:") : std::string::npos;
        return at == std::string::npos ? -1 : std::stol(text->substr(at + 5)) / 1024;
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
};

QTEST_GUILESS_MAIN(VmMemoryTest)
#include "vm_memory_test.moc"
