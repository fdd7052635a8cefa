// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/archive_reader.h"

#include "core/images/archive_writer.h"
#include "core/oci/image_digest.h"
#include "tests/support/image_archive.h"
#include "tests/support/tar_builder.h"

#include <QTest>

using namespace twinhull;
using test::TarBuilder;

namespace {

/// A source that gives one byte at a time.
ByteSource slow(std::string bytes)
{
    return [bytes = std::move(bytes), at = std::size_t{ 0 }]() mutable -> Result<std::string_view> {
        return at == bytes.size() ? std::string_view() : std::string_view(bytes).substr(at++, 1);
    };
}

} // namespace

class ArchiveReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsMembersFromAnySource()
    {
        auto archive = ArchiveReader::open(
            slow(TarBuilder().folder("a").file("a/b", "text").add({ "l", '2', {}, "a/b" }).build()),
            ArchiveReader::Format::Tar);
        QVERIFY(archive);
        QCOMPARE(archive->next().value()->type, ArchiveEntry::Type::Folder);
        const auto file = archive->next();
        QVERIFY(file && *file);
        QCOMPARE((*file)->path, std::string("a/b"));
        QCOMPARE((*file)->bytes, std::uint64_t{ 4 });
        QCOMPARE(*readAll(archive->content(), 100), std::string("text"));
        const auto link = archive->next();
        QCOMPARE(link.value()->type, ArchiveEntry::Type::Symlink);
        QCOMPARE(link.value()->linkTarget, std::string("a/b"));
        QVERIFY(!archive->next().value());
    }

    void readsBackWhatTheWriterWrote()
    {
        ArchiveWriter writer(ArchiveWriter::Format::Tar);
        QVERIFY(writer.addFolder("etc", { 0755, 0, 0 }));
        QVERIFY(writer.addFile("etc/a", "one", { 0640, 5, 6 }));
        QVERIFY(writer.addSymlink("b", "etc/a"));
        auto bytes = std::move(writer).finish();
        QVERIFY(bytes);
        auto archive = ArchiveReader::open(sourceOf(std::string_view(*bytes)), ArchiveReader::Format::Tar);
        QVERIFY(archive && archive->next());
        const auto file = archive->next();
        QCOMPARE(file.value()->permissions, mode_t{ 0640 });
        QCOMPARE(file.value()->uid, uid_t{ 5 });
        QCOMPARE(file.value()->modified.tv_sec, time_t{ 0 });
    }

    void passesTheSourcesErrorOn()
    {
        const Error mine{ ErrorCode::Cancelled, "stop", 0, {} };
        auto archive
            = ArchiveReader::open([&]() -> Result<std::string_view> { return mine; }, ArchiveReader::Format::Tar);
        QVERIFY(!archive);
        QCOMPARE(archive.error().code, ErrorCode::Cancelled);
    }

    void stopsAStreamThatGrowsBeyondItsLimit()
    {
        auto text = readAll(limited(slow("12345"), 4), 100);
        QVERIFY(!text);
        QCOMPARE(text.error().code, ErrorCode::Corrupt);
        QVERIFY(readAll(limited(slow("1234"), 4), 100));
    }

    void hashesAllThatRunsThrough()
    {
        const auto measure = std::make_shared<StreamMeasure>();
        QVERIFY(drain(measured(slow("hello"), measure)));
        QCOMPARE(measure->bytes(), std::uint64_t{ 5 });
        QCOMPARE(measure->digest().hex(), test::sha256("hello"));
    }

    void takesAnEmptyStreamForWhatItIs()
    {
        auto stream = decompressed(slow(""));
        QVERIFY(stream);
        QCOMPARE(*readAll(*stream, 10), std::string());
    }
};

QTEST_GUILESS_MAIN(ArchiveReaderTest)
#include "archive_reader_test.moc"
