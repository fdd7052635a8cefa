// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace twinhull {

/// What kind of failure this is. The user interface maps a code to a translated sentence with a next step.
enum class ErrorCode {
    Unknown,
    InvalidArgument,
    NotFound,
    AlreadyExists,
    PermissionDenied,
    Unsupported, ///< this computer or this build cannot do it, whatever is tried again
    Unavailable, ///< a program or service that is needed does not answer or is not installed
    Busy,
    Timeout,
    Cancelled,
    OutOfSpace,
    OutOfMemory,
    Corrupt, ///< input that is not what it claims to be
    Io,
};

/// Cause and chain of a failure. `message` grows on the way up: "start web: set memory limit: open memory.max:
/// Permission denied".
struct Error {
    ErrorCode code = ErrorCode::Unknown;
    std::string message;
    int sysErrno = 0; ///< 0 where no system call failed
    std::string hint; ///< next step for the person, one sentence or command; may be empty

    /// From a failed system call: "what: strerror(number)"; the code follows from the number.
    static Error fromErrno(int number, std::string_view what);

    Error withContext(std::string_view context) &&;
    Error withHint(std::string_view nextStep) &&;

    /// One line for a terminal: the message, then the hint where there is one.
    std::string toLine() const;
};

/// Stable lower-case name ("not-found") for JSON and logs.
std::string_view nameOf(ErrorCode code);

} // namespace twinhull
