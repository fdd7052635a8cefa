// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/carry/tree_packer.h"
#include "core/carry/tree_unpacker.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace twinhull;

/// What is packed in one folder and unpacked in another.
class TreeCarryingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<QTemporaryDir>();
        QVERIFY(m_world->isValid());
        QVERIFY(makeFolders(path("from/tree/sub"), 0755));
        QVERIFY(writeFileAtomically(path("from/tree/file"), "text", 0640));
        QVERIFY(writeFileAtomically(path("from/tree/sub/deep"), std::string(200'000, 'x')));
        QCOMPARE(::symlink("../../outside", path("from/tree/link").c_str()), 0);
        QVERIFY(makeFolders(path("to"), 0755));
        QVERIFY(writeFileAtomically(path("outside"), "untouched"));
    }

    void copiesATreeUnderItsNameIntoAFolderThatIsThere()
    {
        const timespec times[2] = { { 1'600'000'000, 7 }, { 1'600'000'000, 7 } };
        QCOMPARE(::utimensat(AT_FDCWD, path("from/tree/sub").c_str(), times, 0), 0);
        QCOMPARE(::chmod(path("from/tree/sub").c_str(), 0550), 0);
        QVERIFY(carry("from/tree", "to", "tree"));
        QCOMPARE(*readFile(path("to/tree/file")), std::string("text"));
        QCOMPARE(statOf("to/tree/file").st_mode & 07777U, 0640U);
        QCOMPARE(readFile(path("to/tree/sub/deep"))->size(), std::size_t{ 200'000 });
        QCOMPARE(statOf("to/tree/sub").st_mtime, time_t{ 1'600'000'000 });
        QCOMPARE(statOf("to/tree/sub").st_mode & 07777U, 0550U);
        QVERIFY(S_ISLNK(statOf("to/tree/link").st_mode));
    }

    void copiesContentWhereNoNameIsAsked()
    {
        QVERIFY(carry("from/tree/.", "to", ""));
        QVERIFY(exists(path("to/sub/deep")) && !exists(path("to/tree")));
    }

    void makesTheFolderThatIsNotThere()
    {
        QVERIFY(carry("from/tree", "to/new", "tree"));
        QVERIFY(exists(path("to/new/file")));
        QVERIFY(carry("from/tree", "to/slash/", "tree"));
        QVERIFY(exists(path("to/slash/file")));
    }

    void replacesAFileWholeAndThroughALinkThatWasGiven()
    {
        QVERIFY(writeFileAtomically(path("to/old"), "old text, longer"));
        QCOMPARE(::symlink("old", path("to/way").c_str()), 0);
        QVERIFY(carry("from/tree/file", "to/way", "file"));
        QCOMPARE(*readFile(path("to/old")), std::string("text"));
        QVERIFY(S_ISLNK(statOf("to/way").st_mode));
    }

    /// Processes in pid namespaces of their own have the same numbers.
    void isNotHinderedByWhatAnotherOfItsNumberLeft()
    {
        CarryMessage file = message(CarryKind::File, "file");
        file.bytes = 10;
        TreeUnpacker first({ path("to"), "file", CarriedOwner::Ours });
        TreeUnpacker second({ path("to"), "file", CarriedOwner::Ours });
        QVERIFY(first.take(file));
        QVERIFY(second.take(file));
        QCOMPARE(leftovers().size(), 2);
    }

    void keepsHoles()
    {
        const UniqueFd file(::open(path("from/holes").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        QVERIFY(::pwrite(file.fd(), "end", 3, 50 << 20U) == 3 && ::ftruncate(file.fd(), 60 << 20U) == 0);
        QVERIFY(carry("from/holes", "to", "holes"));
        QCOMPARE(statOf("to/holes").st_size, off_t{ 60 << 20U });
        QVERIFY(*allocatedBytes(path("to/holes")) < (1U << 20U));
        QCOMPARE(readFile(path("to/holes"), 100U << 20U)->substr(50 << 20U, 3), std::string("end"));
    }

    void saysWhatStandsInTheWay()
    {
        const auto missing = carry("from/tree/file", "to/no/way", "file");
        QVERIFY(!missing && missing.error().code == ErrorCode::NotFound && !missing.error().hint.empty());
        const auto onFile = carry("from/tree", "outside", "tree");
        QVERIFY(!onFile && onFile.error().code == ErrorCode::AlreadyExists);
        QVERIFY(makeFolders(path("to/file")));
        const auto onFolder = carry("from/tree/file", "to", "file");
        QVERIFY(!onFolder && onFolder.error().code == ErrorCode::AlreadyExists);
        QCOMPARE(leftovers(), QStringList());
        const auto device = carry("from/tree/file", "/dev/null", "file");
        QVERIFY(!device && QFileInfo(QStringLiteral("/dev/null")).exists());
    }

    void followsNoLinkOfTheStream()
    {
        TreeUnpacker unpacker({ path("to"), "tree" });
        QVERIFY(unpacker.take(message(CarryKind::Folder)));
        auto link = message(CarryKind::Symlink, "way");
        link.text = path("from");
        QVERIFY(unpacker.take(link));
        const auto into = unpacker.take(message(CarryKind::Folder, "way"));
        QVERIFY(!into && into.error().code == ErrorCode::AlreadyExists);
        link.name = "file";
        link.text = path("outside");
        QVERIFY(unpacker.take(link));
        QVERIFY(unpacker.take(message(CarryKind::File, "file")) && unpacker.take(message(CarryKind::FileEnd)));
        QCOMPARE(*readFile(path("outside")), std::string("untouched"));
        QVERIFY(S_ISREG(statOf("to/tree/file").st_mode));
    }

    void dropsSetIdBitsUnlessOwnersAreKept()
    {
        QCOMPARE(::chmod(path("from/tree/file").c_str(), 06755), 0);
        QVERIFY(carry("from/tree/file", "to/plain", "file"));
        QCOMPARE(statOf("to/plain").st_mode & 07777U, 0755U);
        QVERIFY(carry("from/tree/file", "to/kept", "file", CarriedOwner::Kept));
        QCOMPARE(statOf("to/kept").st_mode & 07777U, 06755U);
    }

    void refusesStreamsOutOfOrder_data()
    {
        QTest::addColumn<std::vector<CarryKind>>("kinds");
        using enum CarryKind;
        QTest::newRow("nothing") << std::vector{ Done };
        QTest::newRow("end of none") << std::vector{ FolderEnd };
        QTest::newRow("bytes of none") << std::vector{ Folder, Bytes };
        QTest::newRow("done within") << std::vector{ Folder, Done };
        QTest::newRow("file in a file") << std::vector{ File, File };
        QTest::newRow("after the first") << std::vector{ File, FileEnd, File };
        QTest::newRow("nameless within") << std::vector{ Folder, Folder };
    }
    void refusesStreamsOutOfOrder()
    {
        QFETCH(std::vector<CarryKind>, kinds);
        {
            TreeUnpacker unpacker({ path("to"), "x" });
            Result<> taken;
            for (const auto kind : kinds)
                taken = taken ? unpacker.take(message(kind)) : std::move(taken);
            QVERIFY(!taken && taken.error().code == ErrorCode::Corrupt && !unpacker.isDone());
        }
        QCOMPARE(leftovers(), QStringList());
    }

    void stopsAtItsLimits()
    {
        TreeUnpacker unpacker({ path("to"), "x" }, { 10, 2 });
        auto file = message(CarryKind::File);
        file.bytes = 100;
        QVERIFY(unpacker.take(file));
        auto bytes = message(CarryKind::Bytes);
        bytes.text = "0123456789";
        QVERIFY(unpacker.take(bytes));
        QVERIFY(!unpacker.take(bytes));
        TreeUnpacker many({ path("to"), "y" }, { 10, 2 });
        QVERIFY(many.take(message(CarryKind::Folder)) && many.take(message(CarryKind::Folder, "a")));
        QVERIFY(!many.take(message(CarryKind::Folder, "b")));
    }

    void refusesMoreThanAFileWasSaidToHave()
    {
        TreeUnpacker unpacker({ path("to"), "x" });
        QVERIFY(unpacker.take(message(CarryKind::File)));
        auto bytes = message(CarryKind::Bytes);
        bytes.text = "more";
        QVERIFY(!unpacker.take(bytes));
    }

private:
    std::string path(const char* below) const
    {
        return below[0] == '/' ? below : m_world->filePath(QString::fromLatin1(below)).toStdString();
    }

    struct stat statOf(const char* below) const
    {
        struct stat info { };
        (void)::lstat(path(below).c_str(), &info);
        return info;
    }

    /// Files in the making that were left.
    QStringList leftovers() const
    {
        return QDir(m_world->filePath(QStringLiteral("to")))
            .entryList({ QStringLiteral(".*partial") }, QDir::AllEntries | QDir::Hidden | QDir::System);
    }

    static CarryMessage message(CarryKind kind, const std::string& name = {})
    {
        CarryMessage made;
        made.kind = kind;
        made.name = name;
        made.attributes.permissions = 0700;
        return made;
    }

    Result<> carry(const char* from, const char* to, const std::string& name, CarriedOwner owner = CarriedOwner::Ours)
    {
        TreeUnpacker unpacker({ path(to), name, owner });
        CarryDecoder decoder;
        auto packed = packTree({ path(from) }, [&](std::string_view piece) -> Result<> {
            decoder.append(piece);
            const auto heard = decoder.take();
            return heard && *heard ? unpacker.take(**heard)
                                   : Result<>(Error{ ErrorCode::Unknown, "no message", 0, {} });
        });
        if (packed && !unpacker.isDone())
            return Error{ ErrorCode::Unknown, "not done", 0, {} };
        return packed;
    }

    std::unique_ptr<QTemporaryDir> m_world;
};

QTEST_GUILESS_MAIN(TreeCarryingTest)
#include "tree_carrying_test.moc"
