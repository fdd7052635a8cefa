// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/guest_kernel.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/archive_reader.h"
#include "core/images/kernel_image.h"
#include "tests/support/kernel_package.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QDir>
#include <QTest>

#include <elf.h>
#include <sys/stat.h>

#include <cstring>

using namespace twinhull;
using namespace std::chrono_literals;

/// Debian's real cloud kernel, as a package file and unpacked.
class GuestKernelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto package = test::sharedKernelPackage(TH_SOURCE_DIR, TH_BUILD_DIR);
        QVERIFY2(package, package ? "" : package.error().message.c_str());
        m_package = *package;
    }

    void init() { m_world = std::make_unique<test::TemporaryWorld>(); }

    void preparesAKernelFromAPackage()
    {
        QVERIFY(!findGuestKernel(m_world->folders()));
        QVERIFY(prepare(m_package));
        const auto kernel = findGuestKernel(m_world->folders());
        QVERIFY(kernel);
        QVERIFY(kernel->version.endsWith(QStringLiteral("-cloud-amd64")));
        auto vmlinux = readFile(kernel->vmlinuxPath.toStdString(), 256U << 20U);
        QVERIFY(vmlinux);
        QVERIFY(checkPvhEntry(*vmlinux));
        QVERIFY(loadedBytes(*vmlinux) + (8U << 20U) < vmlinux->size()); // without its zeros
        const std::string trimmed = *vmlinux;
        trimZeroTails(*vmlinux);
        QVERIFY(*vmlinux == trimmed);
        const QStringList members = membersOf(kernel->initramfsPath);
        for (const char* name : { "init", "dev", "proc", "sys", "newroot", "modules/load", "modules/virtio_net.ko",
                 "modules/erofs.ko", "modules/overlay.ko" })
            QVERIFY2(members.contains(QLatin1String(name)), name);
        const auto load = text(kernel->initramfsPath, "modules/load");
        QVERIFY(load.indexOf(QStringLiteral("virtio.ko")) < load.indexOf(QStringLiteral("virtio_blk.ko")));
        QVERIFY(load.indexOf(QStringLiteral("net_failover.ko")) < load.indexOf(QStringLiteral("virtio_net.ko")));
        for (const QString& name : load.split(u'\n', Qt::SkipEmptyParts))
            QVERIFY2(members.contains(QStringLiteral("modules/") + name), qPrintable(name));
        QVERIFY(!load.contains(QStringLiteral("virtio_rng.ko"))); // no VM from an image has the device
        QVERIFY(QFileInfo(kernel->initramfsPath).size() < 4 << 20);
    }

    void signsModulesForRealProcessorsOnly()
    {
        QVERIFY(prepare(m_package));
        const auto kernel = findGuestKernel(m_world->folders());
        QVERIFY(kernel->emulatedInitramfsPath != kernel->initramfsPath);
        QCOMPARE(membersOf(kernel->emulatedInitramfsPath), membersOf(kernel->initramfsPath));
        const QString mark = QStringLiteral("~Module signature appended~\n");
        QVERIFY(text(kernel->initramfsPath, "modules/erofs.ko").endsWith(mark));
        QVERIFY(!text(kernel->emulatedInitramfsPath, "modules/erofs.ko").contains(mark));
        QVERIFY(QFile::remove(kernel->emulatedInitramfsPath)); // as an earlier version left it
        QCOMPARE(findGuestKernel(m_world->folders())->emulatedInitramfsPath, kernel->initramfsPath);
        QVERIFY(test::runJob(*prepareGuestKernel(m_world->folders(), {}, QStringLiteral(TH_BIN_DIR "/guest-init"))));
        QCOMPARE(findGuestKernel(m_world->folders())->emulatedInitramfsPath, kernel->emulatedInitramfsPath);
    }

    void takesANewGuestInitWithoutThePackage()
    {
        QVERIFY(prepare(m_package));
        const auto kernel = findGuestKernel(m_world->folders());
        const std::string init = m_world->path(QStringLiteral("init")).toStdString();
        QVERIFY(writeFileAtomically(init, "another one"));
        const timespec later[2] = { { 4'000'000'000, 0 }, { 4'000'000'000, 0 } };
        QCOMPARE(::utimensat(AT_FDCWD, init.c_str(), later, 0), 0);
        const auto job = prepareGuestKernel(m_world->folders(), {}, QString::fromStdString(init));
        QVERIFY(test::runJob(*job));
        QCOMPARE(text(kernel->initramfsPath, "init"), QStringLiteral("another one"));
        QCOMPARE(text(kernel->emulatedInitramfsPath, "init"), QStringLiteral("another one"));
    }

    void leavesNothingOfABadPackage_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char* kind : { "truncated", "empty folder", "missing", "not a package" })
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void leavesNothingOfABadPackage()
    {
        QFETCH(QString, kind);
        const std::string path = m_world->path(QStringLiteral("bad.deb")).toStdString();
        if (kind == u"truncated")
            QVERIFY(writeFileAtomically(path, readFile(m_package.toStdString(), 256U << 20U)->substr(0, 5'000'000)));
        else if (kind == u"empty folder")
            QVERIFY(makeFolders(path));
        else if (kind == u"not a package")
            QVERIFY(writeFileAtomically(path, "a text"));
        const auto job = prepareGuestKernel(m_world->folders(), QString::fromStdString(path), kInit);
        auto prepared = test::runJob(*job);
        QVERIFY(!prepared);
        QVERIFY(prepared.error().message.starts_with("prepare the guest kernel: "));
        QVERIFY(!findGuestKernel(m_world->folders()));
        const QDir kernels(QString::fromStdString(m_world->folders().kernels()));
        QVERIFY(kernels.entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty());
    }

private:
    bool prepare(const QString& package) const
    {
        const auto job = prepareGuestKernel(m_world->folders(), package, kInit);
        auto prepared = test::runJob(*job, 120s);
        if (!prepared)
            qWarning("%s", prepared.error().toLine().c_str());
        return bool(prepared);
    }

    /// What QEMU copies into the guest.
    static std::size_t loadedBytes(const std::string& vmlinux)
    {
        Elf64_Ehdr header;
        std::memcpy(&header, vmlinux.data(), sizeof header);
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < header.e_phnum; ++i) {
            Elf64_Phdr segment;
            std::memcpy(&segment, vmlinux.data() + header.e_phoff + i * sizeof segment, sizeof segment);
            bytes += segment.p_type == PT_LOAD ? segment.p_filesz : 0;
        }
        return bytes;
    }

    /// By cpio, not by what wrote it.
    static QStringList membersOf(const QString& initramfs)
    {
        auto list
            = runChecked({ { "sh", "-c", "cpio -t --quiet < \"$1\"", "sh", initramfs.toStdString() }, {}, {} }, 10s);
        return list ? QString::fromStdString(*list).split(u'\n') : QStringList();
    }

    static QString text(const QString& initramfs, const char* member)
    {
        auto content = runChecked(
            { { "sh", "-c", "cpio -i --to-stdout --quiet \"$2\" < \"$1\"", "sh", initramfs.toStdString(), member }, {},
                {} },
            10s);
        return content ? QString::fromStdString(*content) : QString();
    }

    const QString kInit = QStringLiteral(TH_BIN_DIR "/guest-init");
    QString m_package;
    std::unique_ptr<test::TemporaryWorld> m_world;
};

QTEST_GUILESS_MAIN(GuestKernelTest)
#include "guest_kernel_test.moc"
