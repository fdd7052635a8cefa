// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/attached.h"

#include "app/hull/messages.h"
#include "core/runtime/state/container.h"

namespace twinhull::hull {

namespace {

/// Someone else may have deleted it meanwhile.
Result<> cleanUp(runtime::MadeContainer& made)
{
    auto isThere = made.folder.lockAgain();
    if (!isThere || !*isThere)
        return isThere ? Result<>() : Result<>(std::move(isThere).error());
    return deleteEnded(made.folder, made.record, warn);
}

} // namespace

Result<int> attendToEnd(
    runtime::Foreground& foreground, runtime::MadeContainer& made, AtEnd atEnd, const runtime::Watched& notices)
{
    made.folder.unlock();
    auto status = foreground.attend(made.process.pidfd, made.process.console, notices);
    if (atEnd == AtEnd::Keep)
        return status;
    if (!status)
        runtime::endChild(made.process.pidfd); // waiting for it failed: it may still run
    auto cleaned = cleanUp(made);
    return cleaned || !status ? std::move(status) : Result<int>(std::move(cleaned).error());
}

} // namespace twinhull::hull
