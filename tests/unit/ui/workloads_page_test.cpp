// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/context_world.h"
#include "ui/workloads/workloads_page.h"

#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace twinhull;

/// The list and what is chosen in it.
class WorkloadsPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aChosenApplicationIsAllThatComesToIt()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        world.containers.put(part("shop-web-1", WorkloadState::Running));
        page.select(QStringLiteral("shop"));
        const auto* start = actionOf(page, QStringLiteral("start"));
        QVERIFY(start != nullptr && !start->isEnabled());
        world.containers.put(part("shop-db-1", WorkloadState::Stopped));
        QTRY_VERIFY(start->isEnabled());
        world.containers.drop(part("shop-db-1", WorkloadState::Stopped).id);
        QTRY_VERIFY(!start->isEnabled());
    }

    void anApplicationStartsAndStopsInItsOrder()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        WorkloadInfo cache = part("shop-cache-1", WorkloadState::Stopped);
        cache.labels.insert(
            QStringLiteral("com.docker.compose.depends_on"), QStringLiteral("db:service_started:false"));
        world.containers.put(cache);
        world.containers.put(part("shop-db-1", WorkloadState::Stopped));
        page.select(QStringLiteral("shop"));
        auto* start = actionOf(page, QStringLiteral("start"));
        QTRY_VERIFY(start != nullptr && start->isEnabled());
        start->trigger();
        QTRY_COMPARE(world.containers.log,
            QStringList({ QStringLiteral("start shop-db-1"), QStringLiteral("start shop-cache-1") }));
        cache.state = WorkloadState::Running;
        cache.capabilities = Capability::Stop;
        world.containers.put(cache);
        world.containers.put(part("shop-db-1", WorkloadState::Running));
        actionOf(page, QStringLiteral("stop"))->trigger();
        QTRY_COMPARE(world.containers.log.mid(2),
            QStringList({ QStringLiteral("stop shop-cache-1"), QStringLiteral("stop shop-db-1") }));
    }

    void takesAnApplicationDown()
    {
        test::ContextWorld world;
        world.settings.setValue(setting::kConfirmRemove, false); // which is about what can be brought back
        QWidget window;
        WorkloadActions actions(world.context, &window);
        world.containers.put(part("shop-cache-1", WorkloadState::Running));
        world.containers.put(part("shop-db-1", WorkloadState::Stopped));
        actions.setSelection({ world.containers.workloads().front() });
        QMenu ofOne;
        actions.fillContextMenu(ofOne);
        QVERIFY(ofOne.findChild<QAction*>(QStringLiteral("composeDown")) == nullptr);
        actions.setSelection(world.containers.workloads());
        QMenu ofAll;
        actions.fillContextMenu(ofAll);
        ofAll.findChild<QAction*>(QStringLiteral("composeDown"))->trigger();
        auto* agree
            = window.findChild<QPushButton*>(QStringLiteral("confirmDownButton")); // it is for good: always asked
        QVERIFY(agree != nullptr && world.containers.log.isEmpty());
        agree->click();
        QTRY_VERIFY(world.containers.workloads().empty());
        QCOMPARE(world.containers.log.front(), QStringLiteral("stop shop-cache-1"));
    }

    void offersToScaleAnApplication()
    {
        test::ContextWorld world;
        QWidget window;
        WorkloadActions actions(world.context, &window);
        world.containers.put(part("shop-db-1", WorkloadState::Running));
        auto alone = part("alone", WorkloadState::Running);
        alone.labels.clear();
        world.containers.put(alone);
        actions.setSelection(world.containers.workloads()); // of two kinds of things
        QMenu ofBoth;
        actions.fillContextMenu(ofBoth);
        QVERIFY(ofBoth.findChild<QAction*>(QStringLiteral("composeScale")) == nullptr);
        actions.setSelection({ world.containers.workloads().front() });
        QMenu menu;
        actions.fillContextMenu(menu);
        auto* scale = menu.findChild<QAction*>(QStringLiteral("composeScale"));
        QVERIFY(scale != nullptr);
        scale->trigger();
        QPointer<QDialog> dialog = window.findChild<QDialog*>(QStringLiteral("scaleDialog"));
        QVERIFY(dialog != nullptr);
        auto* text = dialog->findChild<QLabel*>(QStringLiteral("scaleText"));
        QTRY_VERIFY2(text->text().contains(u"does not tell which file it is of"), qPrintable(text->text()));
        dialog->reject();
        QTRY_VERIFY(dialog.isNull());
    }

    void foldsTheContainersOfAService()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        for (const char* name : { "shop-db-1", "shop-web-1", "shop-web-2" })
            world.containers.put(part(name, WorkloadState::Running));
        auto* tree = page.findChild<QTreeView*>(QStringLiteral("workloadList"));
        const QPersistentModelIndex application = tree->model()->index(0, 0);
        const QPersistentModelIndex service = tree->model()->index(1, 0, application);
        QVERIFY(tree->isExpanded(application) && !tree->isExpanded(service));
        QCOMPARE(tree->model()->rowCount(service), 2);
        tree->setCurrentIndex(service);
        auto* stop = actionOf(page, QStringLiteral("stop"));
        QTRY_VERIFY(stop != nullptr && stop->isEnabled());
        stop->trigger(); // what is done with the header is done with what is below it
        QTRY_COMPARE(world.containers.log,
            QStringList({ QStringLiteral("stop shop-web-1"), QStringLiteral("stop shop-web-2") }));
        page.select(QStringLiteral("shop-web-2"));
        QVERIFY(tree->isExpanded(service));
        QCOMPARE(tree->currentIndex().data().toString(), QStringLiteral("shop-web-2"));
    }

    /// With the second container of a service comes its header, and goes with it.
    void keepsWhatIsChosenWhenAServiceFolds()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        world.containers.put(part("shop-db-1", WorkloadState::Running));
        world.containers.put(part("shop-web-1", WorkloadState::Running));
        page.select(QStringLiteral("shop-web-1"));
        auto* tree = page.findChild<QTreeView*>(QStringLiteral("workloadList"));
        const auto chosen = [tree] {
            const auto rows = tree->selectionModel()->selectedRows();
            return rows.size() == 1 && rows.front() == tree->currentIndex().siblingAtColumn(0)
                ? rows.front().data().toString()
                : QString();
        };
        world.containers.put(part("shop-web-2", WorkloadState::Running));
        QCOMPARE(chosen(), QStringLiteral("shop-web-1"));
        const QPersistentModelIndex header = tree->currentIndex().parent();
        QVERIFY(header.parent().isValid() && tree->isExpanded(header));
        world.containers.drop(part("shop-web-2", WorkloadState::Running).id);
        QCOMPARE(chosen(), QStringLiteral("shop-web-1"));
        QVERIFY(!tree->currentIndex().parent().parent().isValid());
        world.containers.put(part("shop-db-2", WorkloadState::Running)); // of another service: it stays folded
        QCOMPARE(chosen(), QStringLiteral("shop-web-1"));
        const QModelIndex db = tree->model()->index(0, 0, tree->currentIndex().parent());
        QVERIFY(tree->model()->hasChildren(db) && !tree->isExpanded(db));
        tree->setCurrentIndex(db);
        world.containers.drop(part("shop-db-1", WorkloadState::Running).id);
        QCOMPARE(chosen(), QStringLiteral("shop-db-2")); // what is left of it
    }

    void showsWhatMatchesInAFoldedService()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        for (const char* name : { "shop-db-1", "shop-db-2", "shop-web-1", "shop-web-2" })
            world.containers.put(part(name, WorkloadState::Running));
        auto* tree = page.findChild<QTreeView*>(QStringLiteral("workloadList"));
        const auto isOpen = [tree](int service) {
            return tree->isExpanded(tree->model()->index(service, 0, tree->model()->index(0, 0)));
        };
        QVERIFY(isOpen(0) && !isOpen(1)); // db holds the current one
        auto* filter = page.pageBar()->findChild<QLineEdit*>();
        QVERIFY(filter != nullptr);
        filter->setText(QStringLiteral("web-2"));
        QVERIFY(isOpen(0)); // web, which is alone
        filter->setText(QStringLiteral("web"));
        QVERIFY(isOpen(0));
        filter->clear();
        QVERIFY(isOpen(0) && !isOpen(1));
    }

    void putsTheChosenIntoAGroup()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        for (const char* name : { "cache", "db" }) {
            world.containers.put(
                test::makeWorkload(WorkloadKind::Container, QLatin1String(name), WorkloadState::Stopped));
        }
        world.containers.put(part("shop-web-1", WorkloadState::Running));
        auto* tree = page.findChild<QTreeView*>(QStringLiteral("workloadList"));
        const auto names = [tree] {
            QStringList chosen;
            for (const QModelIndex& row : tree->selectionModel()->selectedRows())
                chosen << row.data().toString();
            chosen.sort();
            return chosen;
        };
        tree->expandAll();
        tree->selectAll();
        auto* dialog = asked(page);
        QVERIFY(dialog != nullptr && dialog->textValue().isEmpty());
        QVERIFY(!dialog->findChild<QComboBox*>()->accessibleName().isEmpty());
        dialog->setTextValue(QStringLiteral("Lab & <b>"));
        dialog->accept();
        QTRY_COMPARE(names(), QStringList({ QStringLiteral("cache"), QStringLiteral("db") }));
        const QPersistentModelIndex header = tree->currentIndex().parent();
        QCOMPARE(header.data().toString(), QStringLiteral("Group: Lab & <b>  ·  0 of 2 running"));
        QVERIFY(tree->isExpanded(header));
        const QLabel* name = nullptr; // of a group of any workloads, no joint log is shown
        for (const auto* label : page.findChild<QWidget*>(QStringLiteral("detailsHead"))->findChildren<QLabel*>())
            name = label->property("strong").toBool() ? label : name;
        tree->setCurrentIndex(header);
        QVERIFY(name != nullptr);
        QCOMPARE(name->text(), QStringLiteral("cache"));
        actionOf(page, QStringLiteral("start"))->trigger();
        QTRY_COMPARE(world.containers.log, QStringList({ QStringLiteral("start cache"), QStringLiteral("start db") }));
        page.select(QStringLiteral("db"));
        dialog = asked(page);
        QCOMPARE(dialog->textValue(), QStringLiteral("Lab & <b>"));
        QCOMPARE(dialog->comboBoxItems(), QStringList({ QString(), QStringLiteral("Lab & <b>") }));
        dialog->setTextValue({});
        dialog->accept();
        QTRY_COMPARE(header.data().toString(), QStringLiteral("Group: Lab & <b>  ·  1 of 1 running"));
        QCOMPARE(names(), QStringList({ QStringLiteral("db") }));
    }

    /// By another program: the next key must not be for another workload.
    void keepsWhatIsChosenWhereItGoesIntoAGroup()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        page.show();
        for (const char* name : { "cache", "db" }) {
            WorkloadInfo info = part(name, WorkloadState::Running);
            info.labels.clear();
            world.containers.put(info);
        }
        page.select(QStringLiteral("db"));
        const auto* actions = page.findChild<WorkloadActions*>();
        const auto chosen
            = [actions] { return actions->selection().size() == 1 ? actions->selection()[0].name : QString(); };
        QStringList seen;
        connect(page.findChild<QTreeView*>(QStringLiteral("workloadList"))->selectionModel(),
            &QItemSelectionModel::currentChanged, this, [&] { seen << chosen(); });
        world.context.workloads.setGroups(
            { { { WorkloadKind::Container, QStringLiteral("key-db") }, QStringLiteral("Lab") } });
        QCOMPARE(chosen(), QStringLiteral("db"));
        QVERIFY2(!seen.contains(QStringLiteral("cache")), qPrintable(seen.join(u' ')));
    }

    void tellsWhatTheFiguresOfARowAre()
    {
        test::ContextWorld world;
        WorkloadsPage page(world.context);
        world.containers.put(part("shop-web-1", WorkloadState::Running));
        page.select(QStringLiteral("shop-web-1"));
        page.show();
        auto* tree = page.findChild<QWidget*>(QStringLiteral("workloadList"));
        for (QAction* action : tree->actions()) {
            if (action->objectName() == u"explainFigure")
                action->trigger();
        }
        const auto* popover = page.findChild<QWidget*>(QStringLiteral("figurePopover"));
        QVERIFY(popover != nullptr && popover->isVisible());
        const auto* text = popover->findChild<QWidget*>(QStringLiteral("figurePopoverText"));
        for (const char* source : { "of shop-web-1", "smaps_rollup", "Unit: cores", "Unit: bytes per second" })
            QVERIFY2(text->accessibleName().contains(QLatin1String(source)), qPrintable(text->accessibleName()));
    }

private:
    /// The question for the group of what is chosen.
    static QInputDialog* asked(WorkloadsPage& page)
    {
        auto* actions = page.findChild<WorkloadActions*>();
        QMenu menu;
        actions->fillContextMenu(menu);
        const auto all = menu.actions();
        if (!all.contains(&actions->group()) || all.last()->objectName() != u"delete")
            return nullptr;
        actions->group().trigger();
        for (auto* dialog : page.findChildren<QInputDialog*>(QStringLiteral("askGroup"))) {
            if (dialog->isVisible())
                return dialog;
        }
        return nullptr;
    }

    /// Of a button in its bar.
    static QAction* actionOf(WorkloadsPage& page, const QString& name)
    {
        for (const auto* button : page.pageBar()->findChildren<QToolButton*>()) {
            if (button->defaultAction() != nullptr && button->defaultAction()->objectName() == name)
                return button->defaultAction();
        }
        return nullptr;
    }

    static WorkloadInfo part(const char* name, WorkloadState state)
    {
        WorkloadInfo info;
        info.id = { WorkloadKind::Container, QStringLiteral("key-") + QLatin1String(name) };
        info.name = QLatin1String(name);
        info.state = state;
        info.capabilities = state == WorkloadState::Stopped ? Capability::Start : Capability::Stop;
        info.labels.insert(QStringLiteral("com.docker.compose.project"), QStringLiteral("shop"));
        info.labels.insert(QStringLiteral("com.docker.compose.service"), info.name.section(QLatin1Char('-'), 1, 1));
        return info;
    }
};

QTEST_MAIN(WorkloadsPageTest)
#include "workloads_page_test.moc"
