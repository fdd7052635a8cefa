// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/vms/disks/overlay_disk.h"
#include "core/vms/making/vm_creation.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;

namespace {

struct stat statOf(const std::string& path)
{
    struct stat info { };
    (void)::stat(path.c_str(), &info); // all zero for a file that is not there
    return info;
}

std::string bytesAt(const std::string& path, off_t offset, std::size_t count)
{
    std::string bytes(count, '?');
    const auto file = openPath(path, O_RDONLY);
    return file && ::pread(file->fd(), bytes.data(), count, offset) == static_cast<ssize_t>(count) ? bytes
                                                                                                   : std::string();
}

} // namespace

class OverlayDiskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void makesAnExt4OfTheFullSizeThatTakesHardlyAnyRoom()
    {
        const std::string path = file("first");
        const auto made = makeOverlayDisk(path, file("disks"));
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(static_cast<std::uint64_t>(statOf(path).st_size), kOverlayBytes);
        QVERIFY(*allocatedBytes(path) < (16U << 20U));
        QCOMPARE(bytesAt(path, 1024 + 0x38, 2), std::string("\x53\xef")); // ext4's magic number in its super block
    }

    void copiesOneTemplateForAllVms()
    {
        QVERIFY(bool(makeOverlayDisk(file("second"), file("disks"))));
        const QDir disks(QString::fromStdString(file("disks")));
        const QStringList templates = disks.entryList({ QStringLiteral("*.ext4") }, QDir::Files);
        QCOMPARE(templates.size(), 1);
        const std::string path = disks.filePath(templates.front()).toStdString();
        const auto before = statOf(path);
        QVERIFY(bool(makeOverlayDisk(file("third"), file("disks"))));
        QCOMPARE(statOf(path).st_ino, before.st_ino);
        QCOMPARE(statOf(path).st_mtim.tv_nsec, before.st_mtim.tv_nsec);
        QCOMPARE(bytesAt(file("third"), 0, 1U << 20U), bytesAt(path, 0, 1U << 20U));
    }

    void copiesWhatIsAllocatedAndNoHole()
    {
        constexpr off_t kFar = off_t{ 3 } << 30U;
        const auto source = openPath(file("sparse"), O_WRONLY | O_CREAT);
        QVERIFY(source);
        QCOMPARE(::pwrite(source->fd(), "begin", 5, 0), ssize_t(5));
        QCOMPARE(::pwrite(source->fd(), "far", 3, kFar), ssize_t(3));
        QCOMPARE(::ftruncate(source->fd(), 2 * kFar), 0);
        const auto copied = copySparse(file("sparse"), file("copy"));
        QVERIFY2(copied, copied ? "" : copied.error().message.c_str());
        QCOMPARE(statOf(file("copy")).st_size, 2 * kFar);
        QCOMPARE(bytesAt(file("copy"), 0, 5), std::string("begin"));
        QCOMPARE(bytesAt(file("copy"), kFar, 3), std::string("far"));
        QVERIFY(*allocatedBytes(file("copy")) < (1U << 20U));
    }

    void copiesAFileThatIsAllHole()
    {
        const auto source = openPath(file("hole"), O_WRONLY | O_CREAT);
        QVERIFY(source);
        QCOMPARE(::ftruncate(source->fd(), 1 << 20), 0);
        QVERIFY(bool(copySparse(file("hole"), file("hole-copy"))));
        QCOMPARE(statOf(file("hole-copy")).st_size, off_t(1 << 20));
    }

    void writesOverNothing()
    {
        QVERIFY(bool(writeFileAtomically(file("there"), "mine")));
        const auto made = makeOverlayDisk(file("there"), file("disks"));
        QVERIFY(!made);
        QCOMPARE(made.error().code, ErrorCode::AlreadyExists);
        QCOMPARE(*readFile(file("there")), std::string("mine"));
    }

private:
    std::string file(const char* name) const { return m_world.path(QLatin1String(name)).toStdString(); }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(OverlayDiskTest)
#include "overlay_disk_test.moc"
