// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/context_world.h"
#include "ui/workloads/workloads_page.h"

#include <QAction>
#include <QTest>
#include <QToolButton>

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

private:
    /// Of a button in its bar.
    static const QAction* actionOf(WorkloadsPage& page, const QString& name)
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
        return info;
    }
};

QTEST_MAIN(WorkloadsPageTest)
#include "workloads_page_test.moc"
