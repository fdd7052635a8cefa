// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/exit_code.h"

namespace twinhull {

ExitCode exitCodeOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
        return ExitCode::Usage;
    case ErrorCode::NotFound:
        return ExitCode::NotFound;
    case ErrorCode::AlreadyExists:
    case ErrorCode::Busy:
        return ExitCode::InUse;
    case ErrorCode::PermissionDenied:
    case ErrorCode::Unsupported:
    case ErrorCode::Unavailable:
    case ErrorCode::OutOfMemory:
    case ErrorCode::OutOfSpace:
        return ExitCode::Unavailable;
    case ErrorCode::Timeout:
    case ErrorCode::Cancelled:
        return ExitCode::Cancelled;
    case ErrorCode::Unknown:
    case ErrorCode::Corrupt:
    case ErrorCode::Io:
        return ExitCode::Failed;
    }
    return ExitCode::Failed;
}

std::string exitCodeTable()
{
    return "Exit codes:\n"
           "  0  done\n"
           "  1  failed\n"
           "  2  the command line or a value in it makes no sense\n"
           "  3  no such image, workload or file\n"
           "  4  a name or a port is in use, or the workload is busy\n"
           "  5  something needed is missing on this computer (a program, a kernel, memory, a permission)\n"
           "  6  cancelled, or a deadline passed\n"
           "exec ends with the exit code of its command, or with 255 when that could not be started.\n"
           "run --attach and run -it end with the exit code of the container (128 and the number of the signal that\n"
           "ended it), or with 125 when it could not be made or started.\n"
           "With --json, results are JSON on standard output; a failure is {\"error\": {\"code\", \"message\", "
           "\"hint\"}}.";
}

} // namespace twinhull
