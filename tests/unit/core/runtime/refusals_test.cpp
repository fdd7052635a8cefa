// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/namespaces/mapping_refusal.h"
#include "core/runtime/namespaces/namespace_refusal.h"

#include <QTemporaryDir>
#include <QTest>

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

using namespace twinhull;
using namespace twinhull::runtime;

/// What is said where namespaces or ids are refused. The lab shows that what is said helps.
class RefusalsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesTheLimitThatIsNought()
    {
        const QTemporaryDir settings;
        NamespacePlan plan;
        plan.newFlags = CLONE_NEWUSER | CLONE_NEWNET;
        QVERIFY(makeFolders(settings.filePath(QStringLiteral("user")).toStdString()));
        const auto explained = [&] {
            return explainRefusedNamespaces(Error::fromErrno(ENOSPC, "clone"), plan, settings.path().toStdString());
        };
        QVERIFY(explained().hint.find("is reached") != std::string::npos);
        QVERIFY(
            writeFileAtomically(settings.filePath(QStringLiteral("user/max_user_namespaces")).toStdString(), "5\n"));
        // of a kind that is not asked for
        QVERIFY(writeFileAtomically(settings.filePath(QStringLiteral("user/max_pid_namespaces")).toStdString(), "0\n"));
        QVERIFY(explained().hint.find("is reached") != std::string::npos);
        QVERIFY(writeFileAtomically(settings.filePath(QStringLiteral("user/max_net_namespaces")).toStdString(), "0\n"));
        QVERIFY2(explained().hint.find("sudo sysctl user.max_net_namespaces=") != std::string::npos,
            explained().toLine().c_str());
    }

    void findsWhatForbidsUserNamespaces_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("step");
        const auto row = [](const char* name, const char* setting, const char* value, const char* step) {
            QTest::newRow(name) << QString::fromLatin1(setting) << QString::fromLatin1(value)
                                << QString::fromLatin1(step);
        };
        row("Debian", "unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1");
        row("Ubuntu", "apparmor_restrict_unprivileged_userns", "1",
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0");
        row("neither", "unprivileged_userns_clone", "1", "sudo dmesg");
    }
    void findsWhatForbidsUserNamespaces()
    {
        QFETCH(QString, setting);
        QFETCH(QString, value);
        QFETCH(QString, step);
        const QTemporaryDir settings;
        QVERIFY(makeFolders(settings.filePath(QStringLiteral("kernel")).toStdString(), 0755));
        QVERIFY(writeFileAtomically(
            settings.filePath(QStringLiteral("kernel/") + setting).toStdString(), value.toStdString() + "\n", 0644));
        QCOMPARE(::chmod(qPrintable(settings.path()), 0755), 0);
        NamespacePlan plan;
        plan.newFlags = CLONE_NEWUSER;
        const OrdinaryIds ordinary;
        const Error error
            = explainRefusedNamespaces(Error::fromErrno(EPERM, "clone"), plan, settings.path().toStdString());
        QVERIFY2(error.hint.find(step.toStdString()) != std::string::npos, error.toLine().c_str());
    }

    void givesNobodyTheIdsOfAnother()
    {
        const QTemporaryDir folder;
        const SubordinateFiles files{ folder.filePath(QStringLiteral("subuid")).toStdString(),
            folder.filePath(QStringLiteral("subgid")).toStdString() };
        QCOMPARE(freeSubordinateIds(files).first, std::uint64_t{ 100'000 });
        QVERIFY(writeFileAtomically(files.uids, "a:100000:65536\nb:5:5\nno such line\n"));
        QVERIFY(writeFileAtomically(files.gids, "a:165536:65536\n"));
        QCOMPARE(freeSubordinateIds(files).first, std::uint64_t{ 231'072 });
        QCOMPARE(freeSubordinateIds(files).second, std::uint64_t{ 296'607 });
    }

    void namesEachFileWithoutARange()
    {
        const QTemporaryDir folder;
        const SubordinateFiles files{ folder.filePath(QStringLiteral("subuid")).toStdString(),
            folder.filePath(QStringLiteral("subgid")).toStdString() };
        const auto explained = [&] { return explainRefusedMap({ ErrorCode::Unavailable, "x", 0, {} }, "cp", files); };
        QVERIFY2(
            explained().hint.find(" --add-subuids 100000-165535 --add-subgids 100000-165535 ") != std::string::npos,
            explained().toLine().c_str());
        QVERIFY(writeFileAtomically(files.uids, ownUserName() + ":100000:65536\n"));
        QVERIFY2(explained().hint.find("usermod --add-subgids 165536-231071 ") != std::string::npos,
            explained().toLine().c_str());
        QVERIFY(writeFileAtomically(files.gids, ownUserName() + ":100000:65536\n"));
        const std::string hint = explained().hint; // cp has no rights of its own
        QVERIFY2(hint.find("sudo chmod u+s /") != std::string::npos, hint.c_str());
    }

private:
    /// Another effective user of this thread for a while, where it may be one.
    struct OrdinaryIds {
        OrdinaryIds() { (void)!::seteuid(::geteuid() == 0 ? 65'534 : ::geteuid()); }
        ~OrdinaryIds() { (void)!::seteuid(::getuid()); }
    };
};

QTEST_GUILESS_MAIN(RefusalsTest)
#include "refusals_test.moc"
