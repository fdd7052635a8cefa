// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/secret_list_model.h"
#include "ui/storage/secrets_panel.h"

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/metric_rings.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "tests/support/temporary_world.h"
#include "ui/widgets/list_view.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>

using namespace twinhull;

/// The secrets of the Storage page, by what a person does there.
class StoragePanelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsNamesAndUsers()
    {
        SecretListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSecrets({ { QStringLiteral("key"), 7, QDateTime::currentDateTime(), { QStringLiteral("db") } },
            { QStringLiteral("other"), 1, QDateTime::currentDateTime(), {} } });
        QCOMPARE(model.index(0, SecretListModel::Name).data().toString(), QStringLiteral("key"));
        QCOMPARE(model.index(0, SecretListModel::Users).data().toString(), QStringLiteral("db"));
        QCOMPARE(model.index(1, SecretListModel::Users).data().toString(), QStringLiteral("nobody"));
    }

    void makesReplacesAndRemovesASecret()
    {
        Bench bench;
        SecretsPanel panel(bench.context);
        panel.refresh();
        auto* list = panel.findChild<ListView*>(QStringLiteral("secretsList"));
        panel.findChild<QAction*>(QStringLiteral("secretsCreate"))->trigger();
        auto* dialog = panel.findChild<QDialog*>(QStringLiteral("secretDialog"));
        auto* text = dialog->findChild<QLineEdit*>(QStringLiteral("secretDialogSecret"));
        QCOMPARE(text->echoMode(), QLineEdit::Password);
        dialog->findChild<QLineEdit*>(QStringLiteral("secretDialogName"))->setText(QStringLiteral("key"));
        text->setText(QStringLiteral("hunter2"));
        accept(*dialog);
        QTRY_COMPARE(list->model()->rowCount(), 1);
        QCOMPARE(findSecret(bench.world.folders(), QStringLiteral("key"))->bytes, std::uint64_t{ 7 });
        list->selectRow(0);
        panel.findChild<QAction*>(QStringLiteral("secretsReplace"))->trigger();
        auto dialogs = panel.findChildren<QDialog*>(QStringLiteral("secretDialog"));
        dialogs.back()
            ->findChild<QLineEdit*>(QStringLiteral("secretDialogSecret"))
            ->setText(QStringLiteral("longer one"));
        accept(*dialogs.back());
        QTRY_COMPARE(findSecret(bench.world.folders(), QStringLiteral("key"))->bytes, std::uint64_t{ 10 });
        QTRY_VERIFY(list->chosen().isValid()); // chosen again after it was read
        panel.findChild<QAction*>(QStringLiteral("secretsRemove"))->trigger();
        auto* box = panel.findChild<QMessageBox*>();
        for (auto* button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                button->click();
        }
        QTRY_COMPARE(list->model()->rowCount(), 0);
        QVERIFY(!findSecret(bench.world.folders(), QStringLiteral("key")));
    }

private:
    static void accept(const QDialog& dialog)
    {
        auto* button = dialog.findChild<QPushButton*>(QStringLiteral("secretDialogAccept"));
        QVERIFY(button->isEnabled());
        button->click();
    }

    struct Bench {
        test::TemporaryWorld world;
        Settings settings{ world.folders() };
        ImageStore images{ world.folders() };
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins{ registry, images };
        JobQueue jobs;
        AppContext context{ registry, jobs, images, rings, twins, settings, world.folders() };
    };
};

QTEST_MAIN(StoragePanelsTest)
#include "storage_panels_test.moc"
