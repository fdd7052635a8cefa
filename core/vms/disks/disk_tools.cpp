// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/disk_tools.h"

namespace twinhull {

Result<Command> qemuImg(std::vector<std::string> arguments)
{
    const std::string program = findExecutable("qemu-img");
    const std::string limiter = findExecutable("prlimit");
    if (program.empty())
        return Error{ ErrorCode::Unavailable, "qemu-img is not installed", 0, "sudo apt install qemu-utils" };
    if (limiter.empty())
        return Error{ ErrorCode::Unavailable, "prlimit is not installed", 0, "sudo apt install util-linux" };
    Command command{ { limiter, "--as=2147483648", program }, { "LC_ALL=C.UTF-8" }, {} };
    command.arguments.insert(
        command.arguments.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
    return command;
}

Result<std::string> outputOf(const Command& command, const CommandRun& run)
{
    auto ended = runCommand(command, run);
    if (!ended)
        return std::move(ended).error();
    if (ended->exitStatus == 0)
        return std::move(ended->standardOutput);
    std::string words = std::move(ended->standardError);
    words.erase(words.find_last_not_of(" \r\n") + 1);
    words.erase(0, words.rfind('\n') == std::string::npos ? 0 : words.rfind('\n') + 1);
    return Error{ ErrorCode::Io, words.empty() ? "ended with " + std::to_string(ended->exitStatus) : words, 0, {} };
}

} // namespace twinhull
