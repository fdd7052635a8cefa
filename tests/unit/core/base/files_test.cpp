// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace twinhull;

class FilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_root.isValid()); }

    void readsBackWhatWasWritten()
    {
        QVERIFY(writeFileAtomically(path("a"), "hello"));
        auto text = readFile(path("a"));
        QVERIFY(text);
        QCOMPARE(*text, std::string("hello"));
    }

    void refusesAFileThatIsTooLarge()
    {
        QVERIFY(writeFileAtomically(path("large"), std::string(100, 'x')));
        auto text = readFile(path("large"), 99);
        QVERIFY(!text);
        QCOMPARE(text.error().code, ErrorCode::Corrupt);
    }

    void leavesNoPartialFileWhenTheFolderIsMissing()
    {
        auto written = writeFileAtomically(path("none/a"), "x");
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::NotFound);
    }

    void removesATreeWithoutFollowingLinks()
    {
        QVERIFY(makeFolders(path("tree/sub")));
        QVERIFY(writeFileAtomically(path("outside"), "stays"));
        QCOMPARE(::symlink(path("outside").c_str(), path("tree/sub/link").c_str()), 0);
        QCOMPARE(::chmod(path("tree/sub").c_str(), 0500), 0);
        QVERIFY(removeTree(path("tree")));
        QVERIFY(!exists(path("tree")));
        QVERIFY(exists(path("outside")));
    }

    void countsAHardLinkOnce()
    {
        QVERIFY(makeFolders(path("use")));
        QVERIFY(writeFileAtomically(path("use/a"), std::string(65536, 'x')));
        const auto before = allocatedBytes(path("use"));
        QCOMPARE(::link(path("use/a").c_str(), path("use/b").c_str()), 0);
        const auto after = allocatedBytes(path("use"));
        QVERIFY(before && after);
        QCOMPARE(*after, *before);
    }

private:
    std::string path(const char* below) const { return m_root.filePath(QLatin1String(below)).toStdString(); }

    QTemporaryDir m_root;
};

QTEST_GUILESS_MAIN(FilesTest)
#include "files_test.moc"
