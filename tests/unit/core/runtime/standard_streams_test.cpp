// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/standard_streams.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;
using namespace twinhull::runtime;

/// Descriptors that came from outside: how they are called, kept, and given back.
class StandardStreamsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesItsOwnDescriptors()
    {
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        const UniqueFd read(ends[0]);
        const UniqueFd write(ends[1]);
        const UniqueFd before(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
        QVERIFY(::dup2(read.fd(), STDIN_FILENO) == 0);
        auto names = streamNamesOf(::getpid(), {});
        (void)::dup2(before.fd(), STDIN_FILENO);
        QVERIFY(names);
        QVERIFY2(names->at(0).rfind("pipe:[", 0) == 0, names->at(0).c_str());
    }

    void namesAFileByMountAndNumber()
    {
        const UniqueFd before(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
        auto file = openPath("/proc/self/exe", O_RDONLY);
        QVERIFY(::dup2(file->fd(), STDIN_FILENO) == 0);
        auto outside = streamNamesOf(::getpid(), {});
        auto inside = streamNamesOf(::getpid(), *readMountTable("self"));
        (void)::dup2(before.fd(), STDIN_FILENO);
        QVERIFY2(outside->at(0).rfind("file[", 0) == 0, outside->at(0).c_str());
        QVERIFY2(inside->at(0).rfind('/', 0) == 0, inside->at(0).c_str()); // its own: criu finds it by its path
    }

    void tellsCriuOfWhatIsOutside()
    {
        const StreamNames names{ "file[1f:2b]", "pipe:[12]", "tty[8803:18]" };
        QCOMPARE(externalStreams(names), (std::vector<std::string>{ "file[1f:2b]", "tty[8803:18]" }));
        const std::vector<std::pair<std::string, int>> expected{ { "file[1f:2b]", 0 }, { "pipe:[12]", 1 },
            { "tty[8803:18]", 2 } };
        QCOMPARE(inheritedStreams(names), expected);
    }

    void givesOneThatIsTwoOutputsOnce()
    {
        const std::vector<std::pair<std::string, int>> expected{ { "pipe:[7]", 1 } };
        QCOMPARE(inheritedStreams({ "/dev/null", "pipe:[7]", "pipe:[7]", "pipe:[8]" }), expected);
    }

    void keepsNamesInTheFolder()
    {
        const QTemporaryDir place;
        const std::string path = place.path().toStdString();
        auto folder = openPath(path, O_RDONLY | O_DIRECTORY);
        const auto missing = readStreamNames(*folder, path);
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
        QVERIFY(writeStreamNames(*folder, { "/dev/null", "pipe:[7]", "" }));
        QCOMPARE(*readFile(path + "/descriptors.json"), std::string(R"(["/dev/null","pipe:[7]",""])"));
        QCOMPARE(*readStreamNames(*folder, path), (StreamNames{ "/dev/null", "pipe:[7]", "" }));
    }

    void refusesAFileThatIsNoList_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("object") << QByteArray("{}");
        QTest::newRow("numbers") << QByteArray("[1,2,3]");
        QTest::newRow("cut") << QByteArray("[\"pipe");
        QTest::newRow("longer than it may be") << QByteArray(70'000, ' ');
    }
    void refusesAFileThatIsNoList()
    {
        QFETCH(QByteArray, text);
        const QTemporaryDir place;
        const std::string path = place.path().toStdString();
        QVERIFY(writeFileAtomically(path + "/descriptors.json", text.toStdString()));
        auto folder = openPath(path, O_RDONLY | O_DIRECTORY);
        auto names = readStreamNames(*folder, path);
        QVERIFY(!names);
        QCOMPARE(names.error().code, ErrorCode::Corrupt);
    }
};

QTEST_GUILESS_MAIN(StandardStreamsTest)
#include "standard_streams_test.moc"
