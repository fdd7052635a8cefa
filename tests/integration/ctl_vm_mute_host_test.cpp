// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_store.h"
#include "core/vms/vm_provider.h"
#include "tests/support/ctl.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QTest>

using namespace twinhull;
using test::ctl;

/// A host that is connected to and never says a word, as one whose ssh server hangs.
class CtlVmMuteHostTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysAfterAWhileThatItDoesNotAnswer()
    {
        QFile carrier(m_world.path(QStringLiteral("carry")));
        QVERIFY(carrier.open(QIODevice::WriteOnly));
        carrier.write("#!/bin/sh\nexec cat >/dev/null\n"); // ends with whoever asks
        carrier.close();
        QVERIFY(carrier.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        VmOptions options;
        options.uri = QStringLiteral("qemu+ext://mute/session?command=") + carrier.fileName();
        options.connection = QStringLiteral("mute");
        VmProvider window(m_world.folders(), m_images, options);
        QVERIFY(window.connectionStatus());
        QVERIFY(window.connectionStatus()->state == ConnectionStatus::State::Connecting);

        const auto told = ctl({ "--connect", options.uri.toStdString(), "list" });
        QVERIFY2(told.exitCode == 5 && told.err.contains("has not answered for 3"), qPrintable(told.text()));
        QVERIFY2(
            told.err.contains("See whether the host is up") && !told.out.contains("NAME"), qPrintable(told.text()));

        QTRY_VERIFY(window.connectionStatus()->state == ConnectionStatus::State::Lost);
        const auto available = window.availability();
        QVERIFY(!available && available.error().message.find("has not answered for") != std::string::npos);
        window.retire();
    }

private:
    test::TemporaryWorld m_world;
    ImageStore m_images{ m_world.folders() };
};

QTEST_GUILESS_MAIN(CtlVmMuteHostTest)
#include "ctl_vm_mute_host_test.moc"
