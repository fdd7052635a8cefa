// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_bin.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;

class ContainerBinTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// It needs no image, so it must not keep any.
    void knowsThatAStrayFileIsNoContainer()
    {
        const test::TemporaryWorld world;
        QVERIFY(makeFolders(world.folders().bin()));
        QVERIFY(writeFileAtomically(world.folders().bin() + "/stray", "text"));
        const auto entries = binEntries(world.folders());
        QVERIFY(entries);
        QCOMPARE(entries->size(), std::size_t{ 1 });
        QVERIFY(entries->front().isReadable);
        QCOMPARE(entries->front().imageDigest, std::string());
        QCOMPARE(entries->front().untilMilliseconds, std::int64_t{ 0 }); // it goes with the next look
    }

    void saysWhatCannotBeRead()
    {
        const test::TemporaryWorld world;
        QVERIFY(makeFolders(world.folders().bin() + "/one/settings.json")); // read(2) fails
        const auto entries = binEntries(world.folders());
        QVERIFY(entries);
        QCOMPARE(entries->size(), std::size_t{ 1 });
        QVERIFY(!entries->front().isReadable);
    }
};

QTEST_GUILESS_MAIN(ContainerBinTest)
#include "container_bin_test.moc"
