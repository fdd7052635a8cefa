// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/ipc/guest_messages.h"
#include "core/ipc/log_line.h"
#include "core/vms/guest/guest_channel.h"
#include "core/vms/figures/qemu_process.h"
#include "core/vms/disks/vm_folder.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace twinhull;

class VmFolderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(bool(makeFolders(m_folder.path().toStdString()))); }

    void keepsTheMarksOfAStart()
    {
        const StartRecord record{ hostBootId(), 4711,
            { { QStringLiteral("request"), 9'007'199'254'740'993 },
                { QStringLiteral("ready"), 9'007'199'999'999'999 } } };
        QVERIFY(bool(m_folder.writeStart(record)));
        const auto back = m_folder.readStart();
        QVERIFY(back);
        QCOMPARE(back->bootId, record.bootId);
        QCOMPARE(back->qemuPid, record.qemuPid);
        QVERIFY(back->marks == record.marks); // more than a double holds
    }

    void hasNoMarksOfABrokenRecord()
    {
        for (const char* text : { "", "{}", "[1]", "{\"version\":7}" }) {
            QVERIFY(bool(writeFileAtomically((m_folder.path() + QStringLiteral("/start.json")).toStdString(), text)));
            QVERIFY(!m_folder.readStart());
        }
    }

    void keepsHowLongItsDefinitionTook()
    {
        QVERIFY(!m_folder.readDefinition());
        QVERIFY(bool(m_folder.writeDefinition(std::chrono::nanoseconds(9'007'199'254'740'993))));
        QCOMPARE(m_folder.readDefinition()->count(), 9'007'199'254'740'993);
        for (const char* text : { "", "{\"version\":1}", "{\"version\":1,\"nanoseconds\":\"x\"}" }) {
            QVERIFY(
                bool(writeFileAtomically((m_folder.path() + QStringLiteral("/definition.json")).toStdString(), text)));
            QVERIFY(!m_folder.readDefinition());
        }
    }

    void findsTheExitStatusBehindALongLog()
    {
        const std::string text = std::string(100'000, 'x') + "\n" + guestExitLine(5) + "[ 4.8] reboot: Power down\n";
        QVERIFY(bool(writeFileAtomically(m_folder.logPath().toStdString(), text)));
        QCOMPARE(m_folder.exitStatus(), std::optional(5));
        QVERIFY(m_folder.logTail().endsWith(QStringLiteral("Power down")));
        QVERIFY(m_folder.logTail().size() < 5000);
        QVERIFY(writeFileAtomically(m_folder.logPath().toStdString(),
            logRecords(LogStream::Error, "no such host\n", 1'000'000'000) + guestExitLine(1)));
        QVERIFY2(m_folder.logTail().startsWith(QStringLiteral("no such host / ")), qPrintable(m_folder.logTail()));
    }

    void putsTheSocketWhereItsPathFits()
    {
        QVERIFY(m_folder.agentSocketPath().startsWith(m_folder.path()));
        DataFolders deep = m_world.folders();
        deep.data = "/" + std::string(120, 'd');
        const VmFolder folder(deep, QStringLiteral("11111111-2222-3333-4444-555555555555"));
        QVERIFY(folder.agentSocketPath().startsWith(QString::fromStdString(deep.runtime)));
    }

    void saysWhenNoGuestListens()
    {
        const auto answer = askGuest(m_folder.agentSocketPath(), GuestAsk::Report, std::chrono::milliseconds(100));
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::NotFound);
    }

    void givesUpOnAGuestThatIsSilent()
    {
        const UniqueFd server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const QByteArray path = m_folder.agentSocketPath().toUtf8();
        std::copy(path.begin(), path.end(), address.sun_path);
        QCOMPARE(::bind(server.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(::listen(server.fd(), 1), 0);
        const auto answer = askGuest(m_folder.agentSocketPath(), GuestAsk::Report, std::chrono::milliseconds(50));
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::Timeout);
    }

    void knowsWhenAProcessStarted()
    {
        const auto started = processStartNanoseconds(::getpid());
        QVERIFY(started);
        QVERIFY(*started < monotonicNanoseconds());
        QVERIFY(!processStartNanoseconds(0));
    }

    void knowsItByTheFileThatNamesTheProcess()
    {
        const QStringList folders{ QStringLiteral("/no/such/folder"), m_folder.path() };
        const std::string path = (m_folder.path() + QStringLiteral("/web.pid")).toStdString();
        QVERIFY(!pidFileNanoseconds(4711, QStringLiteral("web"), folders));
        QVERIFY(bool(writeFileAtomically(path, "4711")));
        const std::int64_t now = monotonicNanoseconds();
        const timespec hourAgo{ ::time(nullptr) - 3600, 0 };
        const timespec times[]{ hourAgo, hourAgo };
        QCOMPARE(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
        const auto started = pidFileNanoseconds(4711, QStringLiteral("web"), folders);
        QVERIFY(started);
        QVERIFY(std::abs(now - *started - std::int64_t{ 3600 } * 1'000'000'000) < 60'000'000'000);
        QVERIFY(!pidFileNanoseconds(4712, QStringLiteral("web"), folders)); // left by another
    }

    void findsTheProgramsThatLibvirtStartedBesideQemu()
    {
        const QString name = QStringLiteral("a-name-of-more-than-twenty-letters");
        const QString qemu = QString::number(::getpid());
        const auto write = [this](const QString& below, const QString& text) {
            return bool(writeFileAtomically((m_folder.path() + u'/' + below).toStdString(), text.toStdString()));
        };
        QVERIFY(bool(makeFolders((m_folder.path() + QStringLiteral("/passt")).toStdString())));
        QVERIFY(write(name + QStringLiteral(".pid"), qemu));
        QVERIFY(write(QStringLiteral("7-a-name-of-more-than-fs0-virtiofsd.pid"), QString::number(::getppid())));
        QVERIFY(write(QStringLiteral("passt/7-a-name-of-more-than-net0-passt.pid"), qemu + u'\n'));
        QVERIFY(write(QStringLiteral("71-a-name-of-more-than-fs0-virtiofsd.pid"), qemu)); // another domain's
        QVERIFY(
            write(QStringLiteral("7-a-name-of-more-than-fs1-virtiofsd.pid"), QStringLiteral("2147483646"))); // ended
        const QStringList folders{ QStringLiteral("/no/such/folder"), m_folder.path() };
        QCOMPARE(helpersOf(::getpid(), 7, name, folders), (std::vector{ ::getppid(), ::getpid() }));
        QVERIFY(helpersOf(::getppid(), 7, name, folders).empty()); // another daemon's domain of this number
    }

private:
    test::TemporaryWorld m_world;
    VmFolder m_folder{ m_world.folders(), QStringLiteral("11111111-2222-3333-4444-555555555555") };
};

QTEST_GUILESS_MAIN(VmFolderTest)
#include "vm_folder_test.moc"
