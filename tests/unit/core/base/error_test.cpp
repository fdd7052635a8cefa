// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

#include <QTest>

#include <cerrno>

using namespace twinhull;

class ErrorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void growsOnTheWayUp()
    {
        auto error
            = Error::fromErrno(EACCES, "open memory.max").withContext("set memory limit").withContext("start web");
        QCOMPARE(error.message, std::string("start web: set memory limit: open memory.max: Permission denied"));
        QCOMPARE(error.code, ErrorCode::PermissionDenied);
        QCOMPARE(error.sysErrno, EACCES);
    }

    void knowsTheKindOfASystemError_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, int number, ErrorCode code) {
            QTest::newRow(name) << number << static_cast<int>(code);
        };
        row("missing", ENOENT, ErrorCode::NotFound);
        row("there already", EEXIST, ErrorCode::AlreadyExists);
        row("full disk", ENOSPC, ErrorCode::OutOfSpace);
        row("port in use", EADDRINUSE, ErrorCode::Busy);
        row("nobody listens", ECONNREFUSED, ErrorCode::Unavailable);
        row("not in this kernel", ENOSYS, ErrorCode::Unsupported);
        row("anything else", EIO, ErrorCode::Io);
    }
    void knowsTheKindOfASystemError()
    {
        QFETCH(int, number);
        QTEST(static_cast<int>(Error::fromErrno(number, "x").code), "code");
    }

    void endsWithTheNextStep()
    {
        auto error = Error{ ErrorCode::Busy, "port 80 is in use", 0, {} };
        QCOMPARE(error.toLine(), std::string("port 80 is in use"));
        QCOMPARE(
            std::move(error).withHint("Choose another.").toLine(), std::string("port 80 is in use. Choose another."));
    }

    void hasAStableNameForEveryCode()
    {
        QCOMPARE(nameOf(ErrorCode::OutOfSpace), std::string_view("out-of-space"));
        QCOMPARE(nameOf(ErrorCode::Corrupt), std::string_view("corrupt"));
    }

    void carriesContextThroughAResult()
    {
        Result<int> failed = Result<int>(Error{ ErrorCode::Io, "read", 0, {} }).withContext("load");
        QCOMPARE(failed.error().message, std::string("load: read"));
        Result<int> fine = Result<int>(3).withContext("load");
        QCOMPARE(*fine, 3);
    }
};

QTEST_GUILESS_MAIN(ErrorTest)
#include "error_test.moc"
