// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/libvirt_guard.h"
#include "core/vms/link/libvirt_functions.h"

#include <QtTest>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

using namespace twinhull;

namespace {

/// How a child ended that called libvirt, on a thread where it is forbidden or on another one.
int endOfChild(bool isOnForbiddenThread)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{};
        (void)::setrlimit(RLIMIT_CORE, &none);
        (void)twinhull::virInitialize(); // loaded before
        forbidLibvirtOnThisThread();
        const auto call = [] { (void)twinhull::virInitialize(); };
        if (isOnForbiddenThread)
            call();
        else
            std::thread(call).join();
        ::_exit(0);
    }
    int status = -1;
    (void)::waitpid(child, &status, 0);
    return status;
}

} // namespace

class LibvirtGuardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aCallOnTheWindowsThreadEndsTheProgram()
    {
#ifdef NDEBUG
        QSKIP("only builds with assertions end there");
#endif
        const int status = endOfChild(true);
        QVERIFY(WIFSIGNALED(status));
        QCOMPARE(WTERMSIG(status), SIGABRT);
    }

    void otherThreadsMayCall()
    {
        const int status = endOfChild(false);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
    }
};

QTEST_GUILESS_MAIN(LibvirtGuardTest)
#include "libvirt_guard_test.moc"
