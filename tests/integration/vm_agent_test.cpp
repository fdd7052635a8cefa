// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/guest_kernel.h"
#include "core/images/image_store.h"
#include "core/metrics/metric_source.h"
#include "core/vms/link/session_daemon.h"
#include "core/vms/vm_provider.h"
#include "tests/support/guest_world.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QSignalSpy>
#include <QTest>

#include <set>

using namespace twinhull;

namespace {

constexpr std::chrono::minutes kLongest{ 2 };

/// What is known of a guest that was made by others.
struct Other {
    const char* name;
    const char* uuid;
    const char* channel; ///< of its agent
    const char* period; ///< of its balloon's reports
};
constexpr Other kTelling{ "telling", "11111111-1111-4111-8111-111111111111",
    "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>", "<stats period='2'/>" };
constexpr Other kMute{ "mute", "22222222-2222-4222-8222-222222222222", kTelling.channel, "" };
constexpr Other kAbsent{ "absent", "33333333-3333-4333-8333-333333333333", kTelling.channel, kTelling.period };
constexpr Other kWithout{ "without", "44444444-4444-4444-8444-444444444444", "", kTelling.period };

} // namespace

/// VMs that others made, with a kernel but without our guest-init: what their balloon and the word on
/// qemu-guest-agent's channel tell, through a real libvirt and a real (emulated) QEMU. What stands for the agent inside
/// is tests/support/guest_agent.sh, which speaks its protocol.
class VmAgentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const auto prepared = test::prepareGuests();
        QVERIFY2(prepared, prepared ? "" : prepared.error().message.c_str());
        const auto kernel = requireGuestKernel(m_world.folders());
        QVERIFY(kernel);
        m_kernel = kernel->vmlinuxPath.toStdString();
        const auto packed = packInitramfs(m_kernel.substr(0, m_kernel.rfind('/')) + "/modules");
        QVERIFY2(packed, packed ? "" : packed.error().toLine().c_str());
        const auto ready = ensureSessionDaemon(m_uri);
        QVERIFY2(ready, ready ? "" : ready.error().toLine().c_str());
        for (const Other* other : { &kTelling, &kMute, &kAbsent, &kWithout }) {
            const auto begun = start(*other);
            QVERIFY2(begun, begun ? "" : begun.error().toLine().c_str());
        }
        m_provider = std::make_unique<VmProvider>(m_world.folders(), m_images,
            VmOptions{ QStringLiteral("qemu:///session"), AccelerationChoice::Tcg, std::chrono::seconds(60) });
        QSignalSpy settled(m_provider.get(), &VmProvider::settled);
        QVERIFY(m_provider->isSettled() || settled.wait(60'000));
    }

    /// An agent that hangs ends with its VM.
    void cleanupTestCase()
    {
        for (const Other* other : { &kTelling, &kMute, &kAbsent, &kWithout })
            (void)virsh({ "destroy", other->name });
        m_provider.reset();
    }

    /// The guest writes what it told on its console.
    void tellsTheRootFileSystem()
    {
        QTRY_VERIFY_WITH_TIMEOUT(read(kTelling).rootUsedBytes.has_value(), 120'000);
        const GuestFigures guest = read(kTelling);
        const QString line = QStringLiteral("told %1 of %2\n").arg(*guest.rootUsedBytes).arg(*guest.rootSizeBytes);
        const QString console = consoleOf(kTelling);
        QVERIFY2(console.contains(line), qPrintable(line + console));
        QVERIFY(*guest.rootSizeBytes > *guest.rootUsedBytes && *guest.rootUsedBytes > 1 << 20);
    }

    void tellsTheMemoryOfTheGuest()
    {
        QTRY_VERIFY_WITH_TIMEOUT(read(kTelling).memoryUsedBytes.has_value(), 60'000);
        const GuestFigures guest = read(kTelling);
        QVERIFY2(*guest.memoryUsedBytes > 4U << 20U && *guest.memoryUsedBytes < 96U << 20U,
            qPrintable(QString::number(*guest.memoryUsedBytes)));
        QVERIFY2(*guest.memoryCacheBytes > 1U << 20U, qPrintable(QString::number(*guest.memoryCacheBytes)));
    }

    void saysWhatTheRootNeeds()
    {
        QTRY_COMPARE_WITH_TIMEOUT(read(kWithout).rootUsedBytes.needs(), Needs::QemuAgentChannel, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(read(kAbsent).rootUsedBytes.needs(), Needs::QemuAgent, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(read(kMute).rootUsedBytes.needs(), Needs::QemuAgent, 120'000);
        QCOMPARE(read(kWithout).loadThousandths.needs(), Needs::QemuAgentChannel);
        QVERIFY(read(kTelling).loadThousandths.needs() != Needs::FirstReading);
    }

    /// The guest's root grows with each answer.
    void oneHangingAgentSilencesOnlyItself()
    {
        QTRY_COMPARE_WITH_TIMEOUT(read(kMute).rootSizeBytes.needs(), Needs::QemuAgent, 120'000);
        std::set<std::uint64_t> told;
        const auto goesOn = [&] {
            (void)read(kMute);
            if (const auto used = read(kTelling).rootUsedBytes)
                told.insert(*used);
            return told.size() >= 3;
        };
        QTRY_VERIFY_WITH_TIMEOUT(goesOn(), 120'000);
        QVERIFY(read(kMute).memoryUsedBytes.needs() != Needs::LibvirtAnswer);
    }

    /// Its balloon told once, when its driver began.
    void takesNoOldReportForANewOne()
    {
        QTRY_COMPARE_WITH_TIMEOUT(read(kMute).memoryUsedBytes.needs(), Needs::BalloonReports, 120'000);
        QVERIFY(read(kTelling).memoryUsedBytes.has_value());
    }

private:
    GuestFigures read(const Other& other)
    {
        const std::vector targets{ MetricTarget{ { WorkloadKind::Vm, QLatin1String(other.uuid) }, {} } };
        std::vector<Sample> samples(1);
        m_provider->figuresSource()->read(targets, samples);
        return samples.front().guest;
    }

    Result<std::string> virsh(std::vector<std::string> words) const
    {
        words.insert(words.begin(), { "virsh", "-q", "-c", m_uri.toStdString() });
        return runChecked({ std::move(words), {}, {} }, kLongest);
    }

    std::string consolePath(const Other& other) const { return m_world.path(QLatin1String(other.name)).toStdString(); }
    QString consoleOf(const Other& other) const
    {
        const auto text = readFile(consolePath(other));
        return text ? QString::fromStdString(*text).remove(u'\r') : QString();
    }

    /// busybox, the modules and the script as /init.
    Result<std::string> packInitramfs(const std::string& modules) const
    {
        const std::string root = m_world.path(QStringLiteral("root")).toStdString();
        return runChecked({ { "sh", "-ec",
                                "mkdir -p $1/bin $1/proc $1/sys $1/dev; cp /bin/busybox $1/bin/busybox; cp -r $2 "
                                "$1/modules; cp $3 $1/init; chmod 755 $1/init; cd $1; find . | cpio --quiet -o -H newc "
                                "> $1.cpio",
                                "sh", root, modules, TH_SOURCE_DIR "/tests/support/guest_agent.sh" },
                              {}, {} },
            kLongest);
    }

    Result<std::string> start(const Other& other) const
    {
        const QString text = QStringLiteral(
            "<domain type='qemu'><name>%1</name><uuid>%2</uuid><memory unit='MiB'>96</memory><vcpu>1</vcpu><os><type "
            "arch='x86_64' machine='q35'>hvm</type><kernel>%3</kernel><initrd>%4.cpio</initrd><cmdline>console=ttyS0 "
            "panic=-1 agent=%1</cmdline></os><features><acpi/></features><devices>%5<serial type='file'><source "
            "path='%6'/></serial><memballoon model='virtio'>%7</memballoon></devices></domain>");
        const std::string path = m_world.path(QLatin1String(other.name)).toStdString() + ".xml";
        const auto written = writeFileAtomically(path,
            text.arg(QLatin1String(other.name), QLatin1String(other.uuid), QString::fromStdString(m_kernel),
                    m_world.path(QStringLiteral("root")), QLatin1String(other.channel),
                    QString::fromStdString(consolePath(other)), QLatin1String(other.period))
                .toStdString());
        return written ? virsh({ "create", path }) : Result<std::string>(Error(written.error()));
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    const QString m_uri = effectiveUri(QStringLiteral("qemu:///session"));
    ImageStore m_images{ m_world.folders() };
    std::unique_ptr<VmProvider> m_provider;
    std::string m_kernel;
};

QTEST_GUILESS_MAIN(VmAgentTest)
#include "vm_agent_test.moc"
