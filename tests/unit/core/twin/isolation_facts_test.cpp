// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/isolation_facts.h"

#include <QTest>

#include <csignal>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace twinhull;

class IsolationFactsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsNothingOfItsOwnInThisProcess()
    {
        const auto facts = readIsolationFacts(::getpid());
        QVERIFY(facts);
        QCOMPARE(facts->ownNamespaces, QStringList());
        QVERIFY(facts->knownCapabilities >= 38);
        QVERIFY(facts->capabilities <= facts->knownCapabilities);
    }

    void seesNamespacesAndPrivilegesThatAChildGaveUp()
    {
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const bool isApart
                = ::unshare(CLONE_NEWUSER | CLONE_NEWUTS) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
            const char told = isApart ? 'y' : 'n';
            (void)!::write(ready[1], &told, 1);
            ::pause();
            ::_exit(0);
        }
        char told = 0;
        QCOMPARE(::read(ready[0], &told, 1), ssize_t{ 1 });
        const auto facts = readIsolationFacts(child);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(ready[0]);
        ::close(ready[1]);
        if (told != 'y')
            QSKIP("user namespaces are not allowed here");
        QVERIFY(facts);
        QCOMPARE(facts->ownNamespaces, (QStringList{ QStringLiteral("user"), QStringLiteral("uts") }));
        QVERIFY(facts->hasNoNewPrivileges);
    }

    void saysThatAProcessIsGone()
    {
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(0);
        ::waitpid(child, nullptr, 0);
        const auto facts = readIsolationFacts(child);
        QVERIFY(!facts);
        QCOMPARE(facts.error().code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(IsolationFactsTest)
#include "isolation_facts_test.moc"
