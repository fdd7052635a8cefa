// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_command.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/sealed_file.h"

namespace twinhull {

namespace {

constexpr std::chrono::hours kLongest{ 24 };
constexpr std::size_t kProgramLimitBytes = std::size_t(64) << 20U;

/// A copy: what is inside may be the same user as the file's owner, and could write to the file itself.
Result<UniqueFd> copyOf(const std::string& programPath)
{
    const auto bytes = readFile(programPath, kProgramLimitBytes);
    return bytes ? sealedFile("program", *bytes) : Result<UniqueFd>(bytes.error());
}

} // namespace

Result<> runInContainer(Command exec, const std::string& key, const InsideCommand& command, const JobContext& context,
    CommandOutcome& outcome)
{
    auto arguments = command.arguments;
    UniqueFd program;
    if (!command.programPath.empty()) {
        auto copy = copyOf(command.programPath);
        if (!copy)
            return std::move(copy).error();
        program = *std::move(copy);
        exec.arguments.insert(exec.arguments.end(), { "--preserve-fds", "1" });
        arguments.front() = "/proc/self/fd/3";
    }
    exec.arguments.push_back(key);
    exec.arguments.insert(exec.arguments.end(), arguments.begin(), arguments.end());
    const std::int64_t begin = monotonicNanoseconds();
    auto output = runCommand(exec, { kLongest, [&context] { return context.isCancelled(); }, program.fd() });
    if (!output)
        return std::move(output).error();
    outcome = { output->exitStatus, std::move(output->standardOutput), std::move(output->standardError),
        std::chrono::nanoseconds(monotonicNanoseconds() - begin) };
    return {};
}

} // namespace twinhull
