// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_jobs.h"
#include "ui/images/image_actions.h"
#include "ui/images/images_page.h"
#include "ui/widgets/fields_dialog.h"
#include "ui/images/layer_tree_model.h"
#include "ui/jobs/job_output.h"
#include "ui/images/search_dialog.h"
#include "ui/widgets/list_view.h"
#include "tests/support/context_world.h"
#include "tests/support/image_archive.h"
#include "tests/support/wait_for_job.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace twinhull;

class ImagesDialogsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsALayerAsATree()
    {
        LayerTreeModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        using Type = ArchiveEntry::Type;
        model.setFiles({ { "bin/a", LayerFile::Change::Added, Type::File, 0755, 2048, {} },
            { "bin/b", LayerFile::Change::Removed, Type::File, 0, 0, {} },
            { "etc", LayerFile::Change::Changed, Type::Folder, 0755, 0, {} },
            { "link", LayerFile::Change::Added, Type::Symlink, 0777, 0, "bin/a" } });
        QCOMPARE(model.rowCount(), 3);
        const QModelIndex bin = model.index(0, 0);
        QCOMPARE(bin.data().toString(), QStringLiteral("bin"));
        QCOMPARE(bin.siblingAtColumn(LayerTreeModel::Change).data().toString(), QString()); // not touched itself
        QCOMPARE(model.rowCount(bin), 2);
        const QModelIndex a = model.index(0, 0, bin);
        QCOMPARE(a.data().toString(), QStringLiteral("a"));
        QCOMPARE(a.siblingAtColumn(LayerTreeModel::Size).data().toString(), QStringLiteral("2 KiB"));
        QCOMPARE(a.siblingAtColumn(LayerTreeModel::Mode).data().toString(), QStringLiteral("755"));
        QCOMPARE(model.index(1, LayerTreeModel::Change, bin).data().toString(), QStringLiteral("removed"));
        QVERIFY(model.index(2, 0).data().toString().contains(QStringLiteral("bin/a")));
        model.setFiles({});
        QCOMPARE(model.rowCount(), 0);
    }

    void showsWhatABuildSaysAsPlainText()
    {
        QCOMPARE(
            plainText("a\x1b[31mred\x1b[0m\n 10 %\r 20 %\r\nend\x1b]0;title\a!"), QStringLiteral("ared\n 20 %\nend!"));
        QCOMPARE(plainText("cut \x1b["), QStringLiteral("cut "));
        JobOutput output;
        QVERIFY(output.isEmpty());
        const std::string flood(3U << 20U, 'x');
        output.add(flood);
        output.add("last");
        const auto taken = output.from(0);
        QVERIFY(taken.isCut);
        QVERIFY(taken.text.size() < (1U << 20U));
        QVERIFY(taken.text.ends_with("last"));
        QVERIFY(output.from(taken.end).text.empty());
        output.add("more");
        QCOMPARE(output.from(taken.end).text, std::string("more")); // of this reader; another one gets all
        QVERIFY(output.from(0).text.ends_with("lastmore") && !output.from(taken.end).isCut);
    }

    void waitsWithTheButtonForGoodValues()
    {
        FieldsDialog dialog(
            { QStringLiteral("Pull"), QStringLiteral("Pull"), QStringLiteral("pull") },
            { { QStringLiteral("Name"), QStringLiteral("Name") },
                { QStringLiteral("Plain"), QStringLiteral("No TLS"), Field::Kind::Check } },
            [](const FieldsDialog::Values& values) {
                const bool isGood = values[QStringLiteral("Name")] == QLatin1String("good");
                return FieldsDialog::Verdict{ isGood ? QString() : QStringLiteral("bad name"), isGood };
            },
            nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        auto* accept = dialog.findChild<QPushButton*>(QStringLiteral("pullAccept"));
        auto* name = dialog.findChild<QLineEdit*>(QStringLiteral("pullName"));
        QVERIFY(accept && name);
        QVERIFY(!accept->isEnabled());
        QCOMPARE(dialog.findChild<QLabel*>(QStringLiteral("pullText"))->text(), QStringLiteral("bad name"));
        QVERIFY(!name->accessibleName().isEmpty());
        QSignalSpy chosen(&dialog, &FieldsDialog::chosen);
        name->setText(QStringLiteral(" good "));
        dialog.findChild<QCheckBox*>(QStringLiteral("pullPlain"))->setChecked(true);
        QVERIFY(accept->isEnabled());
        accept->click();
        QCOMPARE(chosen.count(), 1);
        const auto values = chosen[0][0].value<QMap<QString, QString>>();
        QCOMPARE(values[QStringLiteral("Name")], QStringLiteral("good"));
        QCOMPARE(values[QStringLiteral("Plain")], QStringLiteral("true"));
    }

    void searchesAndSaysWhyItCannot()
    {
        test::ContextWorld world;
        SearchDialog dialog(world.context);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        auto* words = dialog.findChild<QLineEdit*>(QStringLiteral("searchWords"));
        auto* begin = dialog.findChild<QPushButton*>(QStringLiteral("searchBegin"));
        auto* text = dialog.findChild<QLabel*>(QStringLiteral("searchText"));
        QVERIFY(words && begin && text);
        QVERIFY(!begin->isEnabled());
        words->setText(QStringLiteral("a@b"));
        begin->click();
        QVERIFY2(text->text().contains(QStringLiteral("Write a part of a name")), qPrintable(text->text()));
        words->setText(QStringLiteral("127.0.0.1:1/web")); // nobody listens there
        begin->click();
        QTRY_VERIFY2(text->text().contains(QStringLiteral("Check its name and the network")), qPrintable(text->text()));
        QVERIFY(!dialog.findChild<QPushButton*>(QStringLiteral("searchAccept"))->isEnabled());
    }

    void saysWhatACopyBetweenRegistriesDoes()
    {
        test::ContextWorld world;
        QWidget window;
        ImageActions actions(world.context, &window);
        actions.copy(QStringLiteral("localhost:5000/web:1"));
        auto* dialog = window.findChild<FieldsDialog*>(QStringLiteral("imagesCopyDialog"));
        QVERIFY(dialog);
        auto* accept = dialog->findChild<QPushButton*>(QStringLiteral("imagesCopyDialogAccept"));
        auto* text = dialog->findChild<QLabel*>(QStringLiteral("imagesCopyDialogText"));
        auto* target = dialog->findChild<QLineEdit*>(QStringLiteral("imagesCopyDialogName"));
        QVERIFY(accept && text && target);
        QVERIFY(!accept->isEnabled());
        target->setText(QStringLiteral("quay.io/@"));
        QVERIFY(!accept->isEnabled());
        target->setText(QStringLiteral("quay.io/team/web:1"));
        QVERIFY2(accept->isEnabled(), qPrintable(text->text()));
        QCOMPARE(text->text(), QStringLiteral("twinhullctl images copy localhost:5000/web:1 quay.io/team/web:1"));
        dialog->findChild<QCheckBox*>(QStringLiteral("imagesCopyDialogAllPlatforms"))->setChecked(true);
        dialog->findChild<QCheckBox*>(QStringLiteral("imagesCopyDialogSourceNoTls"))->setChecked(true);
        QVERIFY(text->text().endsWith(QStringLiteral(" --all --src-tls-verify=false")));
    }

    void removesSeveralByOneQuestionOrNone()
    {
        test::ContextWorld world;
        QVERIFY(loadTwo(world));
        ImagesPage page(world.context);
        auto* list = page.findChild<ListView*>(QStringLiteral("imagesList"));
        auto* remove = page.pageBar()->findChild<QToolButton*>(QStringLiteral("imagesRemove"));
        auto* start = page.pageBar()->findChild<QToolButton*>(QStringLiteral("imagesContainer"));
        QVERIFY(list && remove && start);
        QVERIFY(!remove->isEnabled());
        list->selectAll();
        QVERIFY(remove->isEnabled());
        QVERIFY(!start->isEnabled()); // one at a time

        WorkloadInfo user;
        user.id = { WorkloadKind::Container, QStringLiteral("user") };
        user.name = QStringLiteral("user");
        user.imageDigest = world.images.find(QStringLiteral("web:1"))->digest;
        world.containers.put(user);
        remove->click();
        QTRY_VERIFY(page.findChild<QMessageBox*>(QStringLiteral("imagesInUse")));
        auto* refusal = page.findChild<QMessageBox*>(QStringLiteral("imagesInUse"));
        QVERIFY2(refusal->text().contains(QStringLiteral("in use by user")), qPrintable(refusal->text()));
        QVERIFY(!refusal->text().contains(QStringLiteral("other")));
        refusal->close();
        QVERIFY(world.jobs.jobs().empty());

        world.containers.drop(user.id);
        remove->click();
        QTRY_VERIFY(page.findChild<QMessageBox*>(QStringLiteral("removeImages")));
        auto* question = page.findChild<QMessageBox*>(QStringLiteral("removeImages"));
        QCOMPARE(question->text(), QStringLiteral("Remove 2 images?"));
        QVERIFY(question->informativeText().contains(QStringLiteral("other:1")));
        question->findChild<QPushButton*>(QStringLiteral("removeImagesButton"))->click();
        QTRY_VERIFY(world.jobs.jobs().size() == 1 && world.jobs.jobs().front()->isFinished());
        QVERIFY(world.jobs.jobs().front()->result());
        QVERIFY(world.images.images().empty());
        QVERIFY(!remove->isEnabled());
    }

    void savesSeveralIntoOneArchive()
    {
        test::ContextWorld world;
        QVERIFY(loadTwo(world));
        QWidget window;
        ImageActions actions(world.context, &window);
        actions.save(world.images.images());
        auto* dialog = window.findChild<QFileDialog*>(QStringLiteral("imagesSaveDialog"));
        QVERIFY(dialog);
        QCOMPARE(dialog->nameFilters().size(), 2); // a folder holds one
        const QString path = world.temporary.path(QStringLiteral("many.tar"));
        Q_EMIT dialog->fileSelected(path);
        QTRY_VERIFY(world.jobs.jobs().size() == 1 && world.jobs.jobs().front()->isFinished());
        QVERIFY(world.jobs.jobs().front()->result());
        const auto removing = removeJob(world.images, { QStringLiteral("web:1"), QStringLiteral("other:1") });
        QVERIFY(test::runJob(*removing));
        QVERIFY(world.images.images().empty());
        const auto loading = world.images.load(path);
        QVERIFY(test::runJob(*loading));
        QCOMPARE(world.images.images().size(), std::size_t{ 2 });
    }

    void logsOutOfWhatIsLoggedInTo()
    {
        test::ContextWorld world;
        const QString file = world.temporary.path(QStringLiteral("auth.json"));
        qputenv("REGISTRY_AUTH_FILE", file.toLocal8Bit());
        QWidget window;
        ImageActions actions(world.context, &window);
        actions.logout();
        QTRY_VERIFY(window.findChild<QMessageBox*>(QStringLiteral("imagesNoLogin")));
        QFile logins(file);
        QVERIFY(logins.open(QIODevice::WriteOnly));
        logins.write(R"({"auths": {"quay.io": {"auth": "dTpw"}, "localhost:5000": {"auth": "dTpw"}, "--all": {}}})");
        logins.close();
        actions.logout();
        QTRY_VERIFY(window.findChild<FieldsDialog*>(QStringLiteral("imagesLogoutDialog")));
        auto* dialog = window.findChild<FieldsDialog*>(QStringLiteral("imagesLogoutDialog"));
        const auto* hosts = dialog->findChild<QComboBox*>(QStringLiteral("imagesLogoutDialogName"));
        QCOMPARE(hosts->count(), 2);
        QCOMPARE(hosts->currentText(), QStringLiteral("localhost:5000"));
        dialog->findChild<QPushButton*>(QStringLiteral("imagesLogoutDialogAccept"))->click();
        QTRY_VERIFY(world.jobs.jobs().size() == 1 && world.jobs.jobs().front()->isFinished());
        QVERIFY(world.jobs.jobs().front()->result());
        QVERIFY(logins.open(QIODevice::ReadOnly));
        const QByteArray left = logins.readAll();
        QVERIFY2(left.contains("quay.io") && !left.contains("localhost:5000"), left.constData());
        qunsetenv("REGISTRY_AUTH_FILE");
    }

private:
    /// "web:1" and "other:1".
    static bool loadTwo(test::ContextWorld& world)
    {
        bool isLoaded = true;
        for (const char* name : { "web", "other" }) {
            const QString path = world.temporary.path(QLatin1String(name));
            const std::string archive
                = test::dockerArchive(name + std::string(":1"), { test::TarBuilder().file(name, name).build() });
            const auto loading = world.images.load(path);
            isLoaded = isLoaded && writeFileAtomically(path.toStdString(), archive) && test::runJob(*loading);
        }
        return isLoaded && world.images.images().size() == 2;
    }
};

QTEST_MAIN(ImagesDialogsTest)
#include "images_dialogs_test.moc"
