// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_command.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/sealed_file.h"
#include "core/ipc/checkpoint_record.h"
#include "core/ipc/container_lock.h"

namespace twinhull {

namespace {

constexpr std::chrono::hours kLongest{ 24 };
constexpr std::chrono::seconds kGraceOfCopies{ 5 };
constexpr std::size_t kProgramLimitBytes = std::size_t(64) << 20U;

/// A copy: what is inside may be the same user as the file's owner, and could write to the file itself.
Result<UniqueFd> copyOf(const std::string& programPath)
{
    const auto bytes = readFile(programPath, kProgramLimitBytes);
    return bytes ? sealedProgram("program", *bytes) : Result<UniqueFd>(bytes.error());
}

/// hull's words, and the program's copy, which is to be its descriptor 3.
struct HullCommand {
    Command command;
    UniqueFd program;
};

Result<HullCommand> hullCommand(Command exec, const std::string& key, const InsideCommand& inside)
{
    HullCommand hull{ std::move(exec), UniqueFd() };
    auto& words = hull.command.arguments;
    auto arguments = inside.arguments;
    if (!inside.programPath.empty()) {
        auto copy = copyOf(inside.programPath);
        if (!copy)
            return std::move(copy).error();
        hull.program = *std::move(copy);
        words.insert(words.end(), { "--preserve-fds", "1" });
        arguments.front() = "/proc/self/fd/3";
    }
    if (!inside.user.empty())
        words.insert(words.end(), { "--user", inside.user, "--cwd", "/" });
    words.push_back(key);
    words.insert(words.end(), arguments.begin(), arguments.end());
    return hull;
}

bool isSaved(const std::string& containerFolder)
{
    return exists(containerFolder + "/" + kCheckpointFolder + "/" + kCheckpointRecordName);
}

} // namespace

Result<> runInContainer(Command exec, const std::string& key, const InsideCommand& command, const JobContext& context,
    CommandOutcome& outcome)
{
    const auto hull = hullCommand(std::move(exec), key, command);
    if (!hull)
        return hull.error();
    const std::int64_t begin = monotonicNanoseconds();
    auto output
        = runCommand(hull->command, { kLongest, [&context] { return context.isCancelled(); }, hull->program.fd() });
    if (!output)
        return std::move(output).error();
    outcome = { output->exitStatus, std::move(output->standardOutput), std::move(output->standardError),
        std::chrono::nanoseconds(monotonicNanoseconds() - begin) };
    return {};
}

Result<int> streamInContainer(
    Command exec, const std::string& key, const InsideCommand& command, const InsideStreams& streams)
{
    const auto hull = hullCommand(std::move(exec), key, command);
    if (!hull)
        return hull.error();
    const auto output = runCommand(hull->command,
        { kLongest, streams.isCancelled, hull->program.fd(), streams.input, streams.output, streams.errorOutput });
    return output ? Result<int>(output->exitStatus) : Result<int>(output.error());
}

Result<int> streamInFiles(
    Command visit, const std::string& containerFolder, const InsideCommand& command, const InsideStreams& streams)
{
    const auto program = copyOf(command.programPath);
    if (!program)
        return program.error();
    const auto lock = lockForVisit(containerFolder, streams.isCancelled, command.patience);
    if (!lock)
        return lock.error();
    if (!command.onlyReads && isSaved(containerFolder)) // its processes would go on with other files than they had
        return Error{ ErrorCode::Busy, "a checkpoint of it holds its processes, which count on its files as they are",
            0, "Restore it, or remove the checkpoint" };
    auto& words = visit.arguments;
    words.insert(words.end(), { "visit", "--bundle", containerFolder, "--preserve-fds", "3", "--program-fd", "3" });
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    CommandRun run{ kLongest, streams.isCancelled, program->fd(), streams.input, streams.output, streams.errorOutput };
    run.second = lock->container.fd(); // both are given back when the last of them has ended
    run.third = lock->turn.fd();
    if (streams.input >= 0) // it hears of the end of its input, and takes away what it has begun
        run.grace = kGraceOfCopies;
    const auto output = runCommand(visit, run);
    return output ? Result<int>(output->exitStatus) : Result<int>(output.error());
}

} // namespace twinhull
