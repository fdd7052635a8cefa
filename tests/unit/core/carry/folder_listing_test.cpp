// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/carry/folder_listing.h"

#include "core/base/files.h"
#include "core/carry/file_changes.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include <map>

using namespace twinhull;

/// A listing as it goes through a stream, and the changes a person makes.
class FolderListingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("folder/sub")));
        QVERIFY(writeFileAtomically(path("folder/file"), "12345", 0640));
    }

    void tellsWhatLiesThere()
    {
        QCOMPARE(::symlink("sub", path("folder/way").c_str()), 0);
        QCOMPARE(::symlink("/nowhere\n", path("folder/dead").c_str()), 0);
        QCOMPARE(::mkfifo(path("folder/pipe").c_str(), 0600), 0);
        QVERIFY(writeFileAtomically(path("folder/bad\xff\nname"), {}));
        QCOMPARE(::symlink("folder", path("alias").c_str()), 0);
        auto listed = listing(path("alias"));
        QCOMPARE(listed.size(), std::size_t(7));
        QCOMPARE(listed[""].linkTarget, real("folder"));
        QVERIFY(listed["file"].kind == ListedKind::File && listed["file"].bytes == 5
            && listed["file"].attributes.permissions == 0640U && listed["file"].attributes.uid == ::getuid());
        QVERIFY(listed["sub"].kind == ListedKind::Folder && listed["sub"].leadsToFolder);
        QVERIFY(listed["way"].kind == ListedKind::Link && listed["way"].leadsToFolder);
        QCOMPARE(listed["way"].linkTarget, std::string("sub"));
        QVERIFY(!listed["dead"].leadsToFolder);
        QCOMPARE(listed["dead"].linkTarget, std::string("/nowhere\n"));
        QVERIFY(listed["pipe"].kind == ListedKind::Fifo);
        QVERIFY(listed.count("bad\xff\nname") == 1);
    }

    void tellsAFileAlone()
    {
        auto listed = listing(path("folder/file"));
        QVERIFY(listed.size() == 1 && listed[""].kind == ListedKind::File && listed[""].bytes == 5);
        QVERIFY(!listFolder(path("none"), [](std::string_view) { return Result<>(); }));
    }

    void takesNoNonsense()
    {
        CarryMessage message;
        message.kind = CarryKind::Listed;
        for (const char* text : { "", "f", "x-", "Fd" }) {
            message.text = text;
            QVERIFY2(!listedFileOf(message), text);
        }
        message.text = std::string(70'000, 'l');
        CarryDecoder decoder;
        decoder.append(encodeCarryMessage(message));
        QVERIFY(!decoder.take());
    }

    void removesWithoutFollowingLinks()
    {
        QVERIFY(makeFolders(path("kept")) && writeFileAtomically(path("kept/file"), "x"));
        QCOMPARE(::symlink(path("kept").c_str(), path("folder/way").c_str()), 0);
        QCOMPARE(::symlink(path("kept").c_str(), path("link").c_str()), 0);
        QVERIFY(removeFile(path("folder")) && removeFile(path("link")));
        QVERIFY(!exists(path("folder")) && !exists(path("link")) && exists(path("kept/file")));
        QCOMPARE(removeFile(path("folder")).error().code, ErrorCode::NotFound);
        for (const char* text : { "/", "", ".", "/tmp/..", "/tmp/" })
            QVERIFY2(!removeFile(text), text);
    }

    void renamesOverNothing()
    {
        QVERIFY(renameFile(path("folder/file"), path("folder/other")));
        QVERIFY(exists(path("folder/other")));
        QCOMPARE(renameFile(path("folder/other"), path("folder/sub")).error().code, ErrorCode::AlreadyExists);
        QVERIFY(makeFolderAt(path("new")) && exists(path("new")));
        QCOMPARE(makeFolderAt(path("new")).error().code, ErrorCode::AlreadyExists);
    }

    void editsWhatIsAsItWas()
    {
        struct stat info { };
        QCOMPARE(::link(path("folder/file").c_str(), path("hard").c_str()), 0);
        QCOMPARE(::stat(path("hard").c_str(), &info), 0);
        const FileVersion before{ info.st_mtim.tv_sec, static_cast<std::uint32_t>(info.st_mtim.tv_nsec), 5 };
        const auto after = editFile(path("folder/file"), before, "new");
        QVERIFY(after && after->bytes == 3);
        QCOMPARE(*readFile(path("hard")), std::string("new")); // the same file, with all its names
        QCOMPARE(editFile(path("folder/file"), before, "other").error().code, ErrorCode::Busy);
        QCOMPARE(*readFile(path("hard")), std::string("new"));
        QVERIFY(editFile(path("folder/file"), *after, ""));
        QVERIFY(!editFile(path("folder/sub"), {}, "x"));
    }

private:
    static std::map<std::string, ListedFile> listing(const std::string& place)
    {
        CarryDecoder decoder;
        std::map<std::string, ListedFile> files;
        const auto listed = listFolder(place, [&decoder](std::string_view bytes) {
            decoder.append(bytes);
            return Result<>();
        });
        while (listed) {
            const auto message = decoder.take();
            if (!message || !*message || (*message)->kind == CarryKind::Done)
                break;
            if (const auto file = listedFileOf(**message))
                files[file->name] = *file;
        }
        return files;
    }
    std::string path(const char* below) const { return m_root->path().toStdString() + "/" + below; }
    std::string real(const char* below) const
    {
        return QFileInfo(m_root->path()).canonicalFilePath().toStdString() + "/" + below;
    }

    std::unique_ptr<QTemporaryDir> m_root;
};

QTEST_GUILESS_MAIN(FolderListingTest)
#include "folder_listing_test.moc"
