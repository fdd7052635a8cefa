// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/tar_carrier.h"

#include "core/base/files.h"
#include "core/carry/tree_packer.h"
#include "core/carry/tree_unpacker.h"
#include "tests/support/tar_builder.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace twinhull;
using test::TarBuilder;
using test::TarMember;

class TarCarrierTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<QTemporaryDir>();
        QVERIFY(m_world->isValid());
        QVERIFY(makeFolders(path("to")));
    }

    void unpacksFoldersInAnyOrder()
    {
        const auto tar = TarBuilder()
                             .file("a/b/first", "1")
                             .file("top", "2")
                             .folder("./a")
                             .file("./a/second", "3")
                             .add({ "a/way", '2', {}, "/etc/passwd" })
                             .build();
        const auto unpacked = unpack(tar);
        QVERIFY2(unpacked, unpacked ? "" : unpacked.error().message.c_str());
        QCOMPARE(*readFile(path("to/a/b/first")), std::string("1"));
        QCOMPARE(*readFile(path("to/top")), std::string("2"));
        QCOMPARE(*readFile(path("to/a/second")), std::string("3"));
    }

    void refusesWhatLeadsOut_data()
    {
        QTest::addColumn<QByteArray>("tar");
        const auto row = [](const char* name, const TarMember& member) {
            QTest::newRow(name) << QByteArray::fromStdString(TarBuilder().add(member).build());
        };
        row("up", { "../out", '0', "x" });
        row("up within", { "a/../../out", '0', "x" });
        row("device", { "null", '3' });
        row("hard link", { "name", '1', {}, "/etc/passwd" });
        QTest::newRow("through a link") << QByteArray::fromStdString(
            TarBuilder().add({ "way", '2', {}, "/tmp" }).file("way/out", "x").build());
        QTest::newRow("cut")
            << QByteArray::fromStdString(TarBuilder().file("long", std::string(5000, 'x')).build()).left(2000);
    }
    void refusesWhatLeadsOut()
    {
        QFETCH(QByteArray, tar);
        QVERIFY(!unpack(tar.toStdString()));
        QVERIFY(!exists(path("out")) && !exists("/tmp/out"));
    }

    void writesATarThatItReadsAgain()
    {
        QVERIFY(makeFolders(path("from/sub")));
        const std::string big(3U << 20U, 'b');
        QVERIFY(writeFileAtomically(path("from/sub/big"), big));
        const UniqueFd holes(::open(path("from/holes").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        QVERIFY(::pwrite(holes.fd(), "end", 3, 300'000) == 3 && ::ftruncate(holes.fd(), 400'000) == 0);
        std::string tar;
        CarryDecoder decoder;
        auto taker = tarTaker("name", [&tar](std::string_view bytes) {
            tar.append(bytes);
            return Result<>();
        });
        QVERIFY(packTree({ path("from") }, [&](std::string_view piece) {
            decoder.append(piece);
            return taker(**decoder.take());
        }));
        QVERIFY(unpack(tar));
        QVERIFY(*readFile(path("to/name/sub/big")) == big);
        const auto read = readFile(path("to/name/holes"));
        QVERIFY(read->size() == 400'000 && read->substr(300'000, 3) == "end");
    }

private:
    std::string path(const char* below) const { return m_world->filePath(QString::fromLatin1(below)).toStdString(); }

    Result<> unpack(const std::string& tar)
    {
        TreeUnpacker unpacker({ path("to"), {} });
        CarryDecoder decoder;
        return packTar(sourceOf(std::string_view(tar)), [&](std::string_view piece) {
            decoder.append(piece);
            const auto heard = decoder.take();
            return heard && *heard ? unpacker.take(**heard)
                                   : Result<>(Error{ ErrorCode::Unknown, "no message", 0, {} });
        });
    }

    std::unique_ptr<QTemporaryDir> m_world;
};

QTEST_GUILESS_MAIN(TarCarrierTest)
#include "tar_carrier_test.moc"
