// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_dialog.h"

#include "core/settings/settings.h"
#include "tests/support/temporary_world.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
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
        SettingsDialog dialog(settings);
        change(dialog);
        dialog.accept();
        QCOMPARE(settings.value(setting::kLibvirtUri), QStringLiteral("qemu:///system"));
        QCOMPARE(settings.value(setting::kVmAcceleration), QStringLiteral("tcg"));
        QCOMPARE(settings.value(setting::kTheme), QStringLiteral("dark"));
        QVERIFY(!settings.value(setting::kConfirmRemove));
        QCOMPARE(settings.value(setting::kMetricsPort), 9469);
    }

    void writesNothingWhenCancelled()
    {
        TemporaryWorld world;
        Settings settings(world.folders());
        SettingsDialog dialog(settings);
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
        SettingsDialog dialog(settings);
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
        SettingsDialog dialog(settings);
        dialog.findChild<QLineEdit*>(QStringLiteral("settingsLibvirtUri"))->setText(QStringLiteral("  "));
        dialog.accept();
        QCOMPARE(settings.value(setting::kLibvirtUri), setting::kLibvirtUri.defaultValue);
    }

private:
    static void change(SettingsDialog& dialog)
    {
        dialog.findChild<QLineEdit*>(QStringLiteral("settingsLibvirtUri"))->setText(QStringLiteral("qemu:///system"));
        auto* acceleration = dialog.findChild<QComboBox*>(QStringLiteral("settingsAcceleration"));
        acceleration->setCurrentIndex(acceleration->findData(QStringLiteral("tcg")));
        dialog.findChild<QSpinBox*>(QStringLiteral("settingsMetricsPort"))->setValue(9469);
        auto* theme = dialog.findChild<QComboBox*>(QStringLiteral("settingsTheme"));
        theme->setCurrentIndex(theme->findData(QStringLiteral("dark")));
        dialog.findChild<QCheckBox*>(QStringLiteral("settingsConfirmRemove"))->setChecked(false);
    }
};

QTEST_MAIN(SettingsDialogTest)
#include "settings_dialog_test.moc"
