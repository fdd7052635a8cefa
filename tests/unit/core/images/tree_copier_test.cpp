// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/tree_copier.h"

#include "core/base/files.h"
#include "core/images/copy_changes.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;

/// In memory, where no file system makes a copy by sharing blocks.
class TreeCopierTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>(QStringLiteral("/dev/shm/treecopierXXXXXX"));
        QVERIFY(m_root->isValid() && makeFolders(path("layer")) && makeFolders(path("copy")));
    }

    void leavesZerosAHole()
    {
        std::string content(3U << 20U, '\0');
        content[(1U << 20U) + 5] = 'x';
        content.append("end");
        QVERIFY(writeFileAtomically(path("layer/file"), content));
        QVERIFY(writeFileAtomically(path("layer/zeros"), std::string(100'000, '\0')));
        QVERIFY(isCopied());
        QVERIFY(*readFile(path("copy/file"), 8U << 20U) == content);
        QVERIFY(*readFile(path("copy/zeros"), 1U << 20U) == std::string(100'000, '\0'));
        QVERIFY(bytesOf("layer/file") >= (3U << 20U));
        QVERIFY2(bytesOf("copy/file") < (1U << 20U), qPrintable(QString::number(bytesOf("copy/file"))));
        QCOMPARE(bytesOf("copy/zeros"), std::uint64_t{ 0 });
    }

    /// Reading it would take hours.
    void stepsOverHolesWhereItCompares()
    {
        {
            const auto file = openPath(path("layer/vast"), O_WRONLY | O_CREAT | O_EXCL);
            constexpr off_t kVast = off_t{ 1 } << 42U;
            QVERIFY(file && ::ftruncate(file->fd(), kVast) == 0 && ::pwrite(file->fd(), "x", 1, kVast / 2) == 1);
        }
        QVERIFY(isCopied());
        QCOMPARE(changes(), 0);
        struct stat before { };
        {
            const auto file = openPath(path("copy/vast"), O_WRONLY);
            QVERIFY(file && ::fstat(file->fd(), &before) == 0 && ::pwrite(file->fd(), "y", 1, 1 << 20) == 1);
            const timespec times[2] = { before.st_mtim, before.st_mtim };
            QCOMPARE(::futimens(file->fd(), times), 0); // only its content tells
        }
        QCOMPARE(changes(), 1);
    }

private:
    std::string path(const char* below) const { return m_root->filePath(QLatin1String(below)).toStdString(); }

    bool isCopied() const
    {
        const auto copied = copyTree({ path("layer") }, path("copy"), [](std::uint64_t, std::uint64_t) {});
        if (!copied)
            qWarning("%s", copied.error().message.c_str());
        return bool(copied);
    }

    std::uint64_t bytesOf(const char* below) const { return *allocatedBytes(path(below)); }

    int changes() const
    {
        int count = 0;
        const auto found = findCopyChanges(path("copy"), { path("layer") }, [&count](const LayerChange&) { ++count; });
        return found ? count : -1;
    }

    std::unique_ptr<QTemporaryDir> m_root;
};

QTEST_GUILESS_MAIN(TreeCopierTest)
#include "tree_copier_test.moc"
