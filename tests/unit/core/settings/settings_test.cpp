// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/settings.h"

#include "core/base/files.h"
#include "core/settings/ssh_users.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

const Setting<int> kCount{ "test/count", 7 };
const Setting<QStringList> kNames{ "test/names", { QStringLiteral("a") } };

}

class SettingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_folders.config = m_root->path().toStdString() + "/twinhull";
    }

    void givesTheDefaultWhileNothingIsSet()
    {
        const Settings settings(m_folders);
        QCOMPARE(settings.value(kCount), 7);
        QCOMPARE(settings.value(setting::kLibvirtUri), QStringLiteral("qemu:///session"));
        QVERIFY(settings.value(setting::kConfirmRemove));
    }

    void keepsValuesFromOneRunToTheNext()
    {
        {
            Settings settings(m_folders);
            settings.setValue(kCount, 9);
            settings.setValue(kNames, { QStringLiteral("x, y"), QStringLiteral("\"z\"") });
            settings.setValue(setting::kWindowGeometry, QByteArray("\0\1\xff", 3));
            settings.setValue(setting::kConfirmRemove, false);
        }
        const Settings again(m_folders);
        QCOMPARE(again.value(kCount), 9);
        QCOMPARE(again.value(kNames), (QStringList{ QStringLiteral("x, y"), QStringLiteral("\"z\"") }));
        QCOMPARE(again.value(setting::kWindowGeometry), QByteArray("\0\1\xff", 3));
        QVERIFY(!again.value(setting::kConfirmRemove));
    }

    void keepsWhoLoggedInByMachine()
    {
        Settings settings(m_folders);
        keepSshUser(settings, QStringLiteral("a"), QStringLiteral("root"));
        keepSshUser(settings, QStringLiteral("ab@lab"), QStringLiteral("CORP\\me"));
        keepSshUser(settings, QStringLiteral("a"), QStringLiteral("admin"));
        const Settings again(m_folders);
        QCOMPARE(sshUserOf(again, QStringLiteral("a")), QStringLiteral("admin"));
        QCOMPARE(sshUserOf(again, QStringLiteral("ab@lab")), QStringLiteral("CORP\\me"));
        QCOMPARE(sshUserOf(again, QStringLiteral("ab")), QString());
        for (int i = 0; i < 300; ++i)
            keepSshUser(settings, QString::number(i), QStringLiteral("root"));
        QCOMPARE(settings.value(setting::kSshUsers).size(), 200);
        QCOMPARE(sshUserOf(settings, QStringLiteral("a")), QString()); // the oldest went
        keepSshUser(settings, QStringLiteral("299"), {});
        QCOMPARE(sshUserOf(settings, QStringLiteral("299")), QString());
    }

    void tellsWhatChangedAndOnlyThat()
    {
        Settings settings(m_folders);
        QSignalSpy changed(&settings, &Settings::changed);
        settings.setValue(kCount, 9);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.at(0).at(0).toString(), QStringLiteral("test/count"));
        settings.setValue(kCount, 9);
        QCOMPARE(changed.size(), 1);
    }

    void survivesAFileThatIsNoSettings()
    {
        QVERIFY(makeFolders(m_folders.config));
        QVERIFY(writeFileAtomically(m_folders.config + "/settings.ini", std::string("\x01\xff[[[=\n\0", 8)));
        const Settings settings(m_folders);
        QCOMPARE(settings.value(kCount), 7);
    }

private:
    std::unique_ptr<QTemporaryDir> m_root;
    DataFolders m_folders;
};

QTEST_GUILESS_MAIN(SettingsTest)
#include "settings_test.moc"
