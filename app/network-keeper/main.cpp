// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/ipc/keeper_messages.h"
#include "core/keeper/keeper_process.h"

#include <unistd.h>

using namespace twinhull;

int main(int argc, char** argv)
{
    auto arguments = decodeKeeperArguments(std::vector<std::string>(argv + 1, argv + argc));
    const auto started = arguments ? startKeeper(*arguments) : Result<>(arguments.error());
    const std::string line
        = encodeKeeperReply(started ? Result<KeeperReply>(KeeperReply{}) : Result<KeeperReply>(started.error()));
    const UniqueFd output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    const bool isTold = output && writeAll(output, line);
    return started && isTold ? 0 : 1;
}
