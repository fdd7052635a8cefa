// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/inspect_tab.h"

#include "core/base/files.h"
#include "core/ipc/container_folder.h"
#include "tests/support/context_world.h"
#include "ui/details/inspect_pane.h"
#include "ui/twin/bars_card.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QTest>
#include <QThreadPool>

using namespace twinhull;

class InspectTabTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsWhatTheFilesSayAsATree()
    {
        test::ContextWorld world;
        WorkloadInfo info = test::makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        info.id.key = QStringLiteral("0123456789abcdef");
        const ContainerFolder folder(world.context.folders, info.id.key.toStdString());
        QVERIFY(makeFolders(folder.path()));
        QVERIFY(writeFileAtomically(folder.configPath(), R"({"process":{"args":["sh","-c"],"terminal":false}})"));
        InspectTab tab(world.context);
        tab.present(info);
        QCOMPARE(tab.topLevelItem(2)->text(1), QStringLiteral("web")); // its fields are there at once
        QTRY_VERIFY(itemNamed(tab, "OCI configuration") != nullptr);
        QVERIFY(itemNamed(tab, "Settings") == nullptr); // there is no such file
        auto* arguments = itemNamed(tab, "OCI configuration")->child(0)->child(0);
        QCOMPARE(arguments->text(0), QStringLiteral("args"));
        QCOMPARE(arguments->text(1), QStringLiteral("[2]"));
        QCOMPARE(arguments->child(1)->text(1), QStringLiteral("-c"));
        tab.setCurrentItem(arguments);
        QTest::keySequence(&tab, QKeySequence::Copy);
        QCOMPARE(QGuiApplication::clipboard()->text().simplified(), QStringLiteral("[ \"sh\", \"-c\" ]"));
        tab.setCurrentItem(arguments->child(0));
        QTest::keySequence(&tab, QKeySequence::Copy);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("sh"));
    }

    void keepsOpenWhatWasUnfolded()
    {
        test::ContextWorld world;
        WorkloadInfo info = test::makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        info.id.key = QStringLiteral("0123456789abcdef");
        const ContainerFolder folder(world.context.folders, info.id.key.toStdString());
        QVERIFY(makeFolders(folder.path()));
        QVERIFY(writeFileAtomically(folder.configPath(), R"({"process":{"cwd":"/"}})"));
        InspectTab tab(world.context);
        tab.present(info);
        QTRY_VERIFY(itemNamed(tab, "OCI configuration") != nullptr);
        itemNamed(tab, "OCI configuration")->setExpanded(true);
        QVERIFY(writeFileAtomically(folder.configPath(), R"({"process":{"cwd":"/srv"}})"));
        info.state = WorkloadState::Stopped;
        tab.present(info);
        const auto folderInside = [&tab] { return itemNamed(tab, "OCI configuration")->child(0)->child(0)->text(1); };
        QTRY_COMPARE(folderInside(), QStringLiteral("/srv"));
        QVERIFY(itemNamed(tab, "OCI configuration")->isExpanded());
        QVERIFY(!itemNamed(tab, "OCI configuration")->child(0)->isExpanded());
    }

    void hasFieldsAloneOfAVm()
    {
        test::ContextWorld world;
        InspectTab tab(world.context);
        tab.present(test::makeWorkload(WorkloadKind::Vm, QStringLiteral("box")));
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QVERIFY(itemNamed(tab, "Folder") == nullptr);
    }

    void showsHowItStartedAboveItsFields()
    {
        test::ContextWorld world;
        InspectPane pane(world.context);
        WorkloadInfo info = test::makeWorkload(WorkloadKind::Vm, QStringLiteral("box"));
        info.startupMarks.clear();
        pane.present(info);
        auto* card = pane.findChild<BarsCard*>(QStringLiteral("inspectStartup"));
        QVERIFY(card->isHidden());
        info.definitionNanoseconds = 12'000'000;
        pane.present(info);
        QVERIFY(card->isHidden()); // it was made and does not run
        info.startupMarks = { { QStringLiteral("request"), 0 }, { QStringLiteral("called"), 3'000'000 },
            { QStringLiteral("qemu"), 50'000'000 }, { QStringLiteral("ready"), 900'000'000 } };
        pane.present(info);
        QVERIFY(!card->isHidden());
        const auto bar = card->findChild<StackedBars*>()->rows().front();
        QStringList names;
        for (const BarSegment& segment : bar.segments)
            names << segment.name;
        QCOMPARE(names,
            (QStringList{ QStringLiteral("define"), QStringLiteral("prepare"), QStringLiteral("libvirt"),
                QStringLiteral("entrypoint") }));
        QCOMPARE(bar.endText, QStringLiteral("900 ms to the entrypoint"));
        QVERIFY(!bar.segments[0].isPartOfWhole && bar.segments[1].isPartOfWhole); // the request came after it
        info.startupMarks.pop_back();
        info.imageDigest.clear();
        pane.present(info);
        const auto untold = card->findChild<StackedBars*>()->rows().front();
        QCOMPARE(untold.endText, QStringLiteral("needs a machine made from an image"));
        QVERIFY(!untold.segments.back().isPartOfWhole);
        info.imageDigest = QStringLiteral("sha256:ab");
        pane.present(info);
        QCOMPARE(card->findChild<StackedBars*>()->rows().front().endText,
            QStringLiteral("the entrypoint's start was not told"));
        QVERIFY(pane.findChild<InspectTab*>()->topLevelItemCount() > 0);
    }

private:
    static QTreeWidgetItem* itemNamed(const InspectTab& tab, const char* name)
    {
        for (int i = 0; i < tab.topLevelItemCount(); ++i) {
            if (tab.topLevelItem(i)->text(0) == QLatin1String(name))
                return tab.topLevelItem(i);
        }
        return nullptr;
    }
};

QTEST_MAIN(InspectTabTest)
#include "inspect_tab_test.moc"
