// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/page_cache.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <filesystem>

using namespace twinhull;

namespace {

constexpr std::size_t kFileBytes = 1U << 20U;
constexpr long kTmpfs = 0x01021994; ///< TMPFS_MAGIC: its pages are the file, nothing can be dropped

} // namespace

class PageCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("tree/inner")));
        for (const char* name : { "tree/one", "tree/inner/two" })
            QVERIFY(writeFileAtomically(path(name), std::string(kFileBytes, 'x')));
        struct statfs facts { };
        QCOMPARE(::statfs(path("tree").c_str(), &facts), 0);
        if (facts.f_type == kTmpfs)
            QSKIP("needs a temporary folder on a disk: files in memory are nowhere else");
    }

    void dropsWhatWasWrittenAndRead()
    {
        QVERIFY(readFile(path("tree/one")));
        QCOMPARE(*cachedBytesOf(path("tree/one")), std::uint64_t(kFileBytes));
        const auto dropped = drop({ path("tree") });
        QVERIFY(dropped);
        QVERIFY(dropped->isCold());
        QCOMPARE(dropped->bytes, std::uint64_t(2 * kFileBytes));
        for (const char* name : { "tree/one", "tree/inner/two" })
            QCOMPARE(*cachedBytesOf(path(name)), std::uint64_t(0));
        QCOMPARE(readFile(path("tree/one"))->size(), kFileBytes); // and nothing is lost
    }

    /// Pages that a program holds cannot be dropped, and that is told.
    void tellsWhatStays()
    {
        const auto file = openPath(path("tree/one"), O_RDONLY);
        QVERIFY(file);
        void* place = ::mmap(nullptr, kFileBytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file->fd(), 0);
        QVERIFY(place != MAP_FAILED && ::mlock(place, kFileBytes) == 0);
        const auto dropped = drop({ path("tree/one"), path("tree/inner/two") });
        ::munmap(place, kFileBytes);
        QVERIFY(dropped);
        QVERIFY(!dropped->isCold());
        QCOMPARE(dropped->leftBytes, std::uint64_t(kFileBytes));
    }

    void opensOrdinaryFilesOnly()
    {
        std::filesystem::create_symlink("/proc/self/mem", path("tree/link"));
        QCOMPARE(::mkfifo(path("tree/fifo").c_str(), 0600), 0);
        const auto dropped = drop({ path("tree") });
        QVERIFY(dropped);
        QCOMPARE(dropped->bytes, std::uint64_t(2 * kFileBytes));
        QVERIFY(dropped->isCold());
    }

    void endsEarly()
    {
        QCOMPARE(drop({ path("nothing") }).error().code, ErrorCode::NotFound);
        QCOMPARE(dropFromPageCache({ path("tree") }, [] { return true; }).error().code, ErrorCode::Cancelled);
    }

private:
    static Result<DroppedFiles> drop(const std::vector<std::string>& paths)
    {
        return dropFromPageCache(paths, [] { return false; });
    }

    std::string path(const char* name) const { return m_folder->filePath(QLatin1String(name)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(PageCacheTest)
#include "page_cache_test.moc"
