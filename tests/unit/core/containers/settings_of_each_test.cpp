// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/settings_of_each.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

/// Which containers answer to which names, read from their folders.
class SettingsOfEachTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAndBeginningsOfIdsChoose_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("found");
        QTest::newRow("a name") << "web"
                                << "00aa";
        QTest::newRow("the beginning of another name") << "we"
                                                       << "";
        QTest::newRow("an id") << "00ab"
                               << "00ab";
        QTest::newRow("the beginning of ids") << "00"
                                              << "00aa 00ab";
        QTest::newRow("what another value holds") << "web:1"
                                                  << ""; // the image's name
        QTest::newRow("the name of another's twin group") << "pair"
                                                          << "";
        QTest::newRow("nothing of the kind") << "db"
                                             << "";
        QTest::newRow("no name at all") << QString() << "00aa 00ab 11aa";
    }
    void namesAndBeginningsOfIdsChoose()
    {
        QFETCH(QString, name);
        QFETCH(QString, found);
        const TemporaryWorld world;
        write(world.folders(), "00aa", "web");
        write(world.folders(), "00ab", "web2");
        write(world.folders(), "11aa", "web-old");
        const std::vector<std::string> names(name.isNull() ? 0 : 1, name.toStdString());
        const auto ids = containerIds(world.folders());
        const auto all = settingsOfEach(world.folders(), ids, names);
        QCOMPARE(all.size(), ids.size());
        QStringList known;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            QVERIFY(all[i]);
            if (*all[i])
                known << QString::fromStdString(ids[i]);
        }
        QCOMPARE(known.join(u' '), found);
    }

    void manyComeInTheirOrder()
    {
        constexpr int kMany = 300; // enough for several threads
        const TemporaryWorld world;
        for (int i = 0; i < kMany; ++i)
            write(world.folders(), std::to_string(1000 + i), "c" + std::to_string(i));
        const auto ids = containerIds(world.folders());
        const auto all = settingsOfEach(world.folders(), ids, {});
        QCOMPARE(all.size(), std::size_t{ kMany });
        for (int i = 0; i < kMany; ++i) {
            const auto& one = all[static_cast<std::size_t>(i)];
            QVERIFY(one && *one);
            QCOMPARE((*one)->name, "c" + std::to_string(i));
        }
    }

    void whatCannotBeReadIsAnErrorOfItsOwn()
    {
        const TemporaryWorld world;
        write(world.folders(), "00aa", "web");
        write(world.folders(), "00ab", "web2");
        QVERIFY(writeFileAtomically(ContainerFolder(world.folders(), "00aa").settingsPath(), "{\"name\": \"web\"}"));
        const auto all = settingsOfEach(world.folders(), { "00aa", "00ab", "00ac" }, {});
        QCOMPARE(all[0].error().code, ErrorCode::Corrupt);
        QVERIFY(all[1] && *all[1]);
        QCOMPARE(all[2].error().code, ErrorCode::NotFound);
    }

private:
    static void write(const DataFolders& folders, const std::string& id, const std::string& name)
    {
        ContainerSettings settings;
        settings.id = id;
        settings.name = name;
        settings.imageReference = "web:1";
        settings.twinGroup = "pair";
        const ContainerFolder folder(folders, id);
        QVERIFY(makeFolders(folder.path()));
        QVERIFY(writeFileAtomically(folder.settingsPath(), encodeContainerSettings(settings)));
    }
};

QTEST_GUILESS_MAIN(SettingsOfEachTest)
#include "settings_of_each_test.moc"
