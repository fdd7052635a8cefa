// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/ssh_button.h"

#include "core/settings/ssh_users.h"
#include "core/workload/workload_connection.h"
#include "tests/support/context_world.h"
#include "ui/console/terminal_session.h"
#include "ui/console/terminal_tab.h"

#include <QDialog>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QTest>

using namespace twinhull;

namespace {

/// A host by ssh, whose machine's addresses are what the test says.
class SshHost : public test::FakeProvider, public HasMachineGuest, public MachineGuest, public HasConnection {
public:
    SshHost() : FakeProvider(WorkloadKind::Vm) { }

    MachineGuest& guest() override { return *this; }
    std::unique_ptr<Job> read(const WorkloadInfo&, std::shared_ptr<GuestFacts> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [this, into]() -> Result<> {
            *into = facts;
            return {};
        });
    }
    std::unique_ptr<Job> syncTime(const WorkloadInfo&) override { return nullptr; }
    std::unique_ptr<Job> run(const WorkloadInfo&, GuestProgram, std::shared_ptr<GuestProgramOutcome>) override
    {
        return nullptr;
    }
    std::unique_ptr<Job> copyOut(const WorkloadInfo&, GuestFileCopy, std::shared_ptr<GuestFileOutcome>) override
    {
        return nullptr;
    }
    std::unique_ptr<Job> copyIn(const WorkloadInfo&, GuestFileCopy, std::shared_ptr<GuestFileOutcome>) override
    {
        return nullptr;
    }
    std::optional<ConnectionStatus> connectionStatus() const override
    {
        return ConnectionStatus{ {}, QStringLiteral("qemu+ssh://lab.example/system"),
            ConnectionStatus::State::Connected, {}, {}, 0 };
    }

    GuestFacts facts;
};

struct SshWorld : test::ContextWorld {
    SshHost host;
    WorkloadRegistry onlyMachines;
    AppContext machineContext{ onlyMachines, jobs, images, rings, twins, settings, temporary.folders() };
    WorkloadInfo box;

    SshWorld()
    {
        onlyMachines.add(&host);
        box.id = { WorkloadKind::Vm, QStringLiteral("1") };
        box.name = QStringLiteral("box");
        box.state = WorkloadState::Running;
        host.put(box);
        host.facts.agent = GuestFacts::Agent::Silent;
    }

    void tellAddress()
    {
        host.facts.agent = GuestFacts::Agent::Answers;
        host.facts.addresses = { { QStringLiteral("192.168.122.7"), 24, {}, {}, GuestAddress::Source::Agent } };
    }

    /// The only program in the search path: it writes down its words, one a line.
    bool installSsh() const
    {
        QFile program(temporary.path(QStringLiteral("ssh")));
        return program.open(QIODevice::WriteOnly)
            && program.write("#!/bin/sh\nprintf '%s\\n' \"$@\" > \"${0%/*}/words\"\nexit 255\n") > 0
            && program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
};

} // namespace

class SshButtonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_path = qgetenv("PATH"); }
    void cleanup() { qputenv("PATH", m_path); }

    void saysWhatItNeeds()
    {
        SshWorld world;
        qputenv("PATH", world.temporary.path().toUtf8());
        SshButton button(world.machineContext);
        button.present(world.box, {});
        QVERIFY(!button.isEnabled());
        QVERIFY2(button.toolTip().startsWith(u"needs ssh"), qPrintable(button.toolTip()));
        QVERIFY(world.installSsh());
        button.present(world.box, {});
        QTRY_VERIFY2(button.toolTip().contains(u"qemu-guest-agent"), qPrintable(button.toolTip()));
        QVERIFY(!button.isEnabled() && button.toolTip().startsWith(u"needs an address: "));
        world.box.ports = { { QStringLiteral("127.0.0.1"), 2222, 22, PortProtocol::Tcp } };
        button.present(world.box, {});
        QVERIFY(button.isEnabled());
        button.present(world.box, QStringLiteral("enough"));
        QVERIFY(!button.isEnabled());
        QCOMPARE(button.accessibleDescription(), QStringLiteral("enough"));
        button.present(test::makeWorkload(WorkloadKind::Container, QStringLiteral("c")), {});
        QVERIFY(button.isHidden());
    }

    void runsSshInATerminalAsWhoWasTold()
    {
        SshWorld world;
        world.tellAddress();
        QVERIFY(world.installSsh());
        qputenv("PATH", world.temporary.path().toUtf8() + ':' + m_path);
        auto* button = new SshButton(world.machineContext);
        TerminalTab tab(nullptr, button);
        tab.show();
        tab.present(world.box);
        QTRY_VERIFY2(button->isEnabled(), qPrintable(button->toolTip()));
        button->click();
        auto* dialog = tab.findChild<QDialog*>(QStringLiteral("sshTo"));
        QVERIFY(dialog != nullptr);
        auto* user = dialog->findChild<QLineEdit*>(QStringLiteral("sshToUser"));
        auto* accept = dialog->findChild<QPushButton*>(QStringLiteral("sshToAccept"));
        user->setText(QStringLiteral("-oProxyCommand=id"));
        QVERIFY(!accept->isEnabled());
        user->setText(QStringLiteral("admin"));
        QCOMPARE(dialog->findChild<QLabel*>(QStringLiteral("sshToText"))->text(),
            QStringLiteral("ssh -J lab.example -- admin@192.168.122.7"));
        accept->click();
        QFile words(world.temporary.path(QStringLiteral("words")));
        const QByteArray told("-J\nlab.example\n--\nadmin@192.168.122.7\n");
        QTRY_COMPARE(QFileInfo(words.fileName()).size(), told.size());
        QVERIFY(words.open(QIODevice::ReadOnly));
        QCOMPARE(words.readAll(), told);
        QCOMPARE(tab.current()->title(), QStringLiteral("admin: ssh"));
        const auto* end = tab.findChild<QLabel*>(QStringLiteral("terminalEnd"));
        QTRY_VERIFY2(end->text().contains(u"could not log in"), qPrintable(end->text()));
        QVERIFY(tab.findChild<QPushButton*>(QStringLiteral("terminalAgain"))->isEnabled());
        QCOMPARE(sshUserOf(world.settings, world.box.id.key), QStringLiteral("admin"));
    }

private:
    QByteArray m_path;
};

QTEST_MAIN(SshButtonTest)
#include "console_ssh_button_test.moc"
