// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_dialog.h"

#include "core/settings/settings.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

class SettingsDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesWhatWasChosen()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        SettingsDialog dialog(settings, login(world));
        change(dialog);
        dialog.accept();
        QCOMPARE(settings.value(setting::kLibvirtUri), QStringLiteral("qemu:///system"));
        QCOMPARE(settings.value(setting::kVmAcceleration), QStringLiteral("tcg"));
        QCOMPARE(settings.value(setting::kTheme), QStringLiteral("dark"));
        QVERIFY(!settings.value(setting::kConfirmRemove));
        QVERIFY(!settings.value(setting::kConfirmForceOff));
        QCOMPARE(settings.value(setting::kMetricsPort), 9469);
    }

    void writesNothingWhenCancelled()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        SettingsDialog dialog(settings, login(world));
        change(dialog);
        dialog.reject();
        QCOMPARE(settings.value(setting::kVmAcceleration), QStringLiteral("auto"));
        QVERIFY(settings.value(setting::kConfirmRemove));
    }

    void closesThePortAtItsLowest()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        settings.setValue(setting::kMetricsPort, 9469);
        SettingsDialog dialog(settings, login(world));
        auto* port = dialog.findChild<QSpinBox*>(QStringLiteral("settingsMetricsPort"));
        QCOMPARE(port->value(), 9469);
        port->setValue(port->minimum());
        dialog.accept();
        QCOMPARE(settings.value(setting::kMetricsPort), 0);
    }

    void takesAnEmptyConnectionAsTheUsualOne()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        SettingsDialog dialog(settings, login(world));
        dialog.findChild<QLineEdit*>(QStringLiteral("settingsLibvirtUri"))->setText(QStringLiteral("  "));
        dialog.accept();
        QCOMPARE(settings.value(setting::kLibvirtUri), setting::kLibvirtUri.defaultValue);
    }

    void installsAndRemovesTheLoginService()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        for (const auto wanted : { LoginServiceChange::Enable, LoginServiceChange::Disable }) {
            const LoginStart given = login(world);
            SettingsDialog dialog(settings, given);
            auto* box = dialog.findChild<QCheckBox*>(QStringLiteral("settingsLoginStart"));
            QVERIFY(box->isEnabled());
            QCOMPARE(box->isChecked(), wanted == LoginServiceChange::Disable);
            QSignalSpy requested(&dialog, &SettingsDialog::loginServiceRequested);
            box->click();
            QVERIFY(requested.isEmpty()); // not before it is saved
            dialog.accept();
            QCOMPARE(requested.size(), 1);
            QCOMPARE(requested[0][0].value<LoginServiceChange>(), wanted);
            QVERIFY(runJob(*loginServiceJob(given.service, wanted)));
            QCOMPARE(given.service.isEnabled(), wanted == LoginServiceChange::Enable);
        }
    }

    void asksForNoLoginServiceUnchanged()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        SettingsDialog dialog(settings, login(world));
        QSignalSpy requested(&dialog, &SettingsDialog::loginServiceRequested);
        dialog.accept();
        QVERIFY(requested.isEmpty());
    }

    void saysThatNothingStartsWithoutSystemd()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        auto given = login(world);
        given.lingering = Lingering::Unknown;
        SettingsDialog dialog(settings, given);
        QVERIFY(!dialog.findChild<QCheckBox*>(QStringLiteral("settingsLoginStart"))->isEnabled());
        QVERIFY(dialog.findChild<QLabel*>(QStringLiteral("settingsLoginNote"))->text().contains(u"needs systemd"));
    }

private:
    static LoginStart login(const TemporaryWorld& world)
    {
        auto service = LoginService::of(world.folders());
        service.program = "/opt/twinhull/bin/twinhullctl";
        return { service, Lingering::Off };
    }
    static void change(SettingsDialog& dialog)
    {
        dialog.findChild<QLineEdit*>(QStringLiteral("settingsLibvirtUri"))->setText(QStringLiteral("qemu:///system"));
        auto* acceleration = dialog.findChild<QComboBox*>(QStringLiteral("settingsAcceleration"));
        acceleration->setCurrentIndex(acceleration->findData(QStringLiteral("tcg")));
        dialog.findChild<QSpinBox*>(QStringLiteral("settingsMetricsPort"))->setValue(9469);
        auto* theme = dialog.findChild<QComboBox*>(QStringLiteral("settingsTheme"));
        theme->setCurrentIndex(theme->findData(QStringLiteral("dark")));
        dialog.findChild<QCheckBox*>(QStringLiteral("settingsConfirmRemove"))->setChecked(false);
        dialog.findChild<QCheckBox*>(QStringLiteral("settingsConfirmForceOff"))->setChecked(false);
    }
};

QTEST_MAIN(SettingsDialogTest)
#include "settings_dialog_test.moc"
