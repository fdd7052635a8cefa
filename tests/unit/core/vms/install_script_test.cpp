// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/install_script.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/making/os_catalog.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

Q_DECLARE_METATYPE(UnattendedInstall)

namespace {

UnattendedInstall askedOf(const char* system)
{
    return { QStringLiteral("anna"), QStringLiteral("s3cret%Word"), QStringLiteral("db"),
        { QStringLiteral("ssh-ed25519 AAAAC3 anna's own") }, QLatin1String(system) };
}

const ScriptTarget kMirror{ QStringLiteral("https://mirror.example/os"), true };

} // namespace

/// With the scripts of the osinfo-db that is installed.
class InstallScriptTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesAPreseedForDebian()
    {
        const auto script = makeInstallScript(askedOf("debian11"), kMirror);
        QVERIFY2(script, script ? "" : script.error().message.c_str());
        QCOMPARE(script->fileName, QStringLiteral("preseed.cfg"));
        const QByteArray& text = script->text;
        for (const char* line : { "d-i passwd/root-password password s3cret%Word", "d-i passwd/username anna",
                 "d-i netcfg/get_hostname string db", "partman-auto/disk string /dev/vda" })
            QVERIFY2(text.contains(line), text.constData());
        const QByteArray last = text.mid(text.lastIndexOf("preseed/late_command"));
        QVERIFY2(
            last.contains("echo 'ssh-ed25519 AAAAC3' >> /target/home/anna/.ssh/authorized_keys"), last.constData());
        QVERIFY(!text.contains("anna's own"));
        QVERIFY2(
            script->arguments.contains(QStringLiteral("debconf/priority=critical")), qPrintable(script->arguments));
        QVERIFY(!script->arguments.contains(QStringLiteral("s3cret")));
    }

    void writesAKickstartForFedora()
    {
        const auto script = makeInstallScript(askedOf("fedora36"), kMirror);
        QVERIFY2(script, script ? "" : script.error().message.c_str());
        QCOMPARE(script->fileName, QStringLiteral("fedora.ks"));
        QVERIFY2(script->text.contains("rootpw 's3cret%Word'") && script->text.contains("--hostname=db")
                && script->text.contains("url  --url=https://mirror.example/os")
                && script->text.startsWith("sshkey --username=root \"ssh-ed25519 AAAAC3\"\n"),
            script->text.constData());
        QVERIFY2(script->arguments.contains(QStringLiteral("inst.ks=file:/fedora.ks")), qPrintable(script->arguments));
    }

    void saysWhatHasNoScript()
    {
        for (const char* system : { "win10", "" }) {
            const auto script = makeInstallScript(askedOf(system), kMirror);
            QVERIFY(!script && script.error().code == ErrorCode::Unsupported);
            QVERIFY(!script.error().hint.empty());
        }
        QVERIFY(!knownSystem(QStringLiteral("archlinux"))->hasInstallScript);
        const auto suse = makeInstallScript(askedOf("opensuse15.4"), kMirror);
        QVERIFY(!suse && suse.error().message.find("SSH") != std::string::npos); // AutoYaST
    }

    void refusesWhatAScriptCannotHold_data()
    {
        QTest::addColumn<UnattendedInstall>("asked");
        const auto row = [](const char* name, auto change) {
            UnattendedInstall asked = askedOf("debian11");
            change(asked);
            QTest::newRow(name) << asked;
        };
        row("no password", [](auto& asked) { asked.password.clear(); });
        row("a quote", [](auto& asked) { asked.password = QStringLiteral("it's"); });
        row("a second line", [](auto& asked) { asked.password = QStringLiteral("a\nrootpw x"); });
        row("a blank", [](auto& asked) { asked.password = QStringLiteral("a b"); });
        row("a command", [](auto& asked) { asked.user = QStringLiteral("anna; reboot"); });
        row("root", [](auto& asked) { asked.user = QStringLiteral("root"); });
        row("no host", [](auto& asked) { asked.hostName = QStringLiteral("a b"); });
        row("a private key", [](auto& asked) { asked.sshKeys = QStringList{ QStringLiteral("-----BEGIN X") }; });
        row("a key with a quote", [](auto& asked) { asked.sshKeys = QStringList{ QStringLiteral("ssh-rsa A'B c") }; });
    }
    void refusesWhatAScriptCannotHold()
    {
        QFETCH(UnattendedInstall, asked);
        QVERIFY(!checkUnattended(asked) && !makeInstallScript(asked, kMirror));
    }

    void addsItToAnInitrd()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("initrd"));
        QVERIFY(writeFileAtomically(path.toStdString(), "12345"));
        QVERIFY(addToInitrd(path, { QStringLiteral("preseed.cfg"), "d-i x", {} }));
        const auto whole = readFile(path.toStdString());
        QVERIFY(whole && whole->substr(0, 8) == std::string("12345\0\0\0", 8));
        QVERIFY(writeFileAtomically(path.toStdString(), whole->substr(8)));
        const auto listed = runChecked(
            { { findExecutable("sh"), "-c", "cpio --quiet -tv < \"$1\"", "sh", path.toStdString() }, {}, {} },
            std::chrono::seconds(30));
        QVERIFY2(listed && listed->find("-rw-------") == 0 && listed->find("preseed.cfg") != std::string::npos,
            listed ? listed->c_str() : listed.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(InstallScriptTest)
#include "install_script_test.moc"
