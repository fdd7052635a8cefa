// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sealed_file.h"

#include "core/base/files.h"

#include <QTest>

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

using namespace twinhull;

namespace {

constexpr const char* kMemoryPrograms = "/proc/sys/vm/memfd_noexec";
constexpr int kCannotBeTried = 90;
constexpr int kWasRefused = 91;

/// In the first process of a pid namespace, which has that setting of its own.
[[noreturn]] void runWhereMemoryIsNotExecuted(const std::string& bytes)
{
    const auto setting = openPath(kMemoryPrograms, O_WRONLY);
    if (!setting || !writeAll(*setting, "1"))
        ::_exit(kCannotBeTried);
    const auto program = sealedProgram("true", bytes);
    char name[] = "true";
    char* const words[] = { name, nullptr };
    if (program)
        ::syscall(SYS_execveat, program->fd(), "", words, environ, AT_EMPTY_PATH);
    ::_exit(kWasRefused);
}

int statusOf(pid_t child)
{
    int status = -1;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

class SealedFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isReadFromItsStartAndNeverChanged()
    {
        const auto file = sealedFile("text", "some words");
        QVERIFY(file);
        QCOMPARE(*readAll(*file, 64), std::string("some words"));
        QVERIFY(::pwrite(file->fd(), "other", 5, 0) < 0 && errno == EPERM);
        QVERIFY(::ftruncate(file->fd(), 1) < 0 && errno == EPERM);
    }

    void isAProgramAlsoWhereFilesInMemoryUsuallyAreNone()
    {
        if (::geteuid() != 0 || !exists(kMemoryPrograms))
            QSKIP("needs root, and Linux 6.3 or later");
        const auto bytes = readFile("/bin/true");
        QVERIFY(bytes);
        const pid_t outer = ::fork();
        QVERIFY(outer >= 0);
        if (outer == 0) {
            const pid_t inner = ::unshare(CLONE_NEWPID) == 0 ? ::fork() : -1;
            if (inner == 0)
                runWhereMemoryIsNotExecuted(*bytes);
            ::_exit(inner > 0 ? statusOf(inner) : kCannotBeTried);
        }
        const int status = statusOf(outer);
        if (status == kCannotBeTried)
            QSKIP("this process may not change that setting");
        QCOMPARE(status, 0);
    }
};

QTEST_GUILESS_MAIN(SealedFileTest)
#include "sealed_file_test.moc"
