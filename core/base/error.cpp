// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

ErrorCode codeOf(int number)
{
    switch (number) {
    case ENOENT:
    case ESRCH:
    case ENXIO:
        return ErrorCode::NotFound;
    case EEXIST:
        return ErrorCode::AlreadyExists;
    case EPERM:
    case EACCES:
    case EROFS:
        return ErrorCode::PermissionDenied;
    case EINVAL:
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
        return ErrorCode::InvalidArgument;
    case ENOSYS:
    case EOPNOTSUPP:
        return ErrorCode::Unsupported;
    case EBUSY:
    case EADDRINUSE:
    case ETXTBSY:
        return ErrorCode::Busy;
    case ETIMEDOUT:
        return ErrorCode::Timeout;
    case ENOSPC:
    case EDQUOT:
        return ErrorCode::OutOfSpace;
    case ENOMEM:
        return ErrorCode::OutOfMemory;
    case ECONNREFUSED:
    case EPIPE:
    case ECONNRESET:
        return ErrorCode::Unavailable;
    default:
        return ErrorCode::Io;
    }
}

} // namespace

Error Error::fromErrno(int number, std::string_view what)
{
    return Error{ codeOf(number), std::string(what) + ": " + std::strerror(number), number, {} };
}

Error Error::withContext(std::string_view context) &&
{
    message.insert(0, std::string(context) + ": ");
    return std::move(*this);
}

Error Error::withHint(std::string_view nextStep) &&
{
    hint = nextStep;
    return std::move(*this);
}

std::string Error::toLine() const
{
    return hint.empty() ? message : message + ". " + hint;
}

std::string_view nameOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Unknown:
        return "unknown";
    case ErrorCode::InvalidArgument:
        return "invalid-argument";
    case ErrorCode::NotFound:
        return "not-found";
    case ErrorCode::AlreadyExists:
        return "already-exists";
    case ErrorCode::PermissionDenied:
        return "permission-denied";
    case ErrorCode::Unsupported:
        return "unsupported";
    case ErrorCode::Unavailable:
        return "unavailable";
    case ErrorCode::Busy:
        return "busy";
    case ErrorCode::Timeout:
        return "timeout";
    case ErrorCode::Cancelled:
        return "cancelled";
    case ErrorCode::OutOfSpace:
        return "out-of-space";
    case ErrorCode::OutOfMemory:
        return "out-of-memory";
    case ErrorCode::Corrupt:
        return "corrupt";
    case ErrorCode::Io:
        return "io";
    }
    return "unknown";
}

} // namespace twinhull
