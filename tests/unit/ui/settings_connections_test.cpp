// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/connections_dialog.h"

#include "tests/support/context_world.h"
#include "ui/settings/add_connection_dialog.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QTreeWidget>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// A host as the test says it fares.
class FakeHost : public FakeProvider, public HasConnection {
public:
    explicit FakeHost(ConnectionStatus told) : FakeProvider(WorkloadKind::Vm), status(std::move(told)) { }

    std::optional<ConnectionStatus> connectionStatus() const override { return status; }

    std::optional<ConnectionStatus> status;
};

} // namespace

class ConnectionsDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<ContextWorld>();
        m_home = std::make_unique<FakeHost>(
            ConnectionStatus{ {}, QStringLiteral("qemu:///session"), ConnectionStatus::State::Connected, {}, {}, 3 });
        m_world->registry.add(m_home.get());
    }

    void cleanup()
    {
        m_world.reset();
        m_home.reset();
    }

    void tellsWhatHelpsWhereAHostIsLost()
    {
        FakeHost lab({ QStringLiteral("lab"), QStringLiteral("qemu+ssh://me@lab/system"), ConnectionStatus::State::Lost,
            QDateTime(QDate::currentDate(), QTime(0, 4)), Error{ ErrorCode::Unavailable, "it hung up", 0, "Knock." },
            2 });
        m_world->registry.add(&lab);
        ConnectionsDialog dialog(m_world->context, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        auto& list = listOf(dialog);
        QCOMPARE(textOf(list, 0), QStringLiteral("home|connected|3|now|qemu:///session"));
        QCOMPARE(textOf(list, 1), QStringLiteral("lab|does not answer|–|00:04|qemu+ssh://me@lab/system"));
        auto* remove = dialog.findChild<QPushButton*>(QStringLiteral("connectionRemove"));
        QVERIFY(!remove->isEnabled()); // home stays
        list.setCurrentItem(list.topLevelItem(1));
        QVERIFY(remove->isEnabled());
        const QString told = dialog.findChild<QLabel*>(QStringLiteral("connectionText"))->text();
        QVERIFY2(told.contains(u"Knock.") && told.contains(u"it hung up"), qPrintable(told));
        lab.status->state = ConnectionStatus::State::Connected;
        lab.status->error.reset();
        Q_EMIT lab.availabilityChanged();
        QCOMPARE(textOf(list, 1), QStringLiteral("lab|connected|2|now|qemu+ssh://me@lab/system"));
        QCOMPARE(list.indexOfTopLevelItem(list.currentItem()), 1);
    }

    void addsAndRemoves()
    {
        const ConnectionList saved(m_world->temporary.folders());
        ConnectionsDialog dialog(m_world->context, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        dialog.findChild<QPushButton*>(QStringLiteral("connectionAdd"))->click();
        auto* adding = dialog.findChild<AddConnectionDialog*>();
        auto* kind = adding->findChild<QComboBox*>(QStringLiteral("connectionKind"));
        auto* address = adding->findChild<QLineEdit*>(QStringLiteral("connectionAddress"));
        auto* accept = adding->findChild<QPushButton*>(QStringLiteral("connectionAccept"));
        QVERIFY(accept->isEnabled());
        QVERIFY(adding->findChild<QLabel*>(QStringLiteral("connectionNeeds"))->text().contains(u"polkit"));
        kind->setCurrentIndex(1); // by ssh: a template until it is filled in
        QVERIFY(!accept->isEnabled());
        address->setText(QStringLiteral("qemu+ssh://me@lab.example/system"));
        QCOMPARE(adding->findChild<QLineEdit*>(QStringLiteral("connectionName"))->placeholderText(),
            QStringLiteral("lab.example"));
        accept->click();
        QCOMPARE(saved.read()->front().name, QStringLiteral("lab.example"));
        auto& list = listOf(dialog);
        QCOMPARE(list.topLevelItemCount(), 2);
        list.setCurrentItem(list.topLevelItem(1));
        dialog.findChild<QPushButton*>(QStringLiteral("connectionRemove"))->click();
        QVERIFY(saved.read()->empty());
        QCOMPARE(list.topLevelItemCount(), 1);
    }

    void refusesWhatIsThere()
    {
        const ConnectionList saved(m_world->temporary.folders());
        AddConnectionDialog adding(saved, QStringLiteral("qemu:///system"), nullptr);
        adding.setAttribute(Qt::WA_DeleteOnClose, false);
        adding.findChild<QPushButton*>(QStringLiteral("connectionAccept"))->click(); // the very same
        QVERIFY(adding.findChild<QLabel*>(QStringLiteral("connectionComplaint"))->text().contains(u"as home"));
        QVERIFY(saved.read()->empty());
    }

private:
    static QTreeWidget& listOf(ConnectionsDialog& dialog)
    {
        return *dialog.findChild<QTreeWidget*>(QStringLiteral("connectionList"));
    }

    static QString textOf(const QTreeWidget& list, int row)
    {
        QStringList cells;
        for (int column = 0; column < list.columnCount(); ++column)
            cells << list.topLevelItem(row)->text(column);
        return cells.join(u'|');
    }

    std::unique_ptr<ContextWorld> m_world;
    std::unique_ptr<FakeHost> m_home;
};

QTEST_MAIN(ConnectionsDialogTest)
#include "settings_connections_test.moc"
