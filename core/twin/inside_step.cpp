// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/inside_step.h"

#include "core/base/data_folders.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/twin/work_figure.h"
#include "core/workload/plan_command.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr qsizetype kMostQuotedError = 200;
constexpr int kProgramNotFound = 1; ///< of twinhull-load --find
constexpr int kNobodyListens = 1; ///< of twinhull-load --await-port

QString tr(const char* text)
{
    return QCoreApplication::translate("InsideStep", text);
}

/// For the person who reads an error.
std::string lastLineOf(const std::string& output)
{
    return plainText(QString::fromStdString(output).trimmed().section(u'\n', -1), kMostQuotedError).toStdString();
}

using Judge = std::function<std::optional<Error>(const CommandOutcome&)>;

/// The command, and then what is made of its outcome.
std::unique_ptr<Job> makeJudgedStep(
    WorkloadProvider& provider, const WorkloadInfo& info, const InsideStep& step, Judge judge)
{
    const auto outcome = std::make_shared<CommandOutcome>();
    auto steps = std::make_unique<SequentialJob>(step.title);
    steps->add([&provider, info, step, outcome] { return makeInsideStep(provider, info, step, outcome); });
    steps->add([title = step.title, outcome, judge = std::move(judge)]() -> std::unique_ptr<Job> {
        const auto failure = judge(*outcome);
        return failure ? std::make_unique<RefusedJob>(title, *failure) : nullptr;
    });
    return steps;
}

} // namespace

std::unique_ptr<Job> makeInsideStep(WorkloadProvider& provider, const WorkloadInfo& info, const InsideStep& step,
    std::shared_ptr<CommandOutcome> outcome)
{
    auto* runner = dynamic_cast<CommandRunner*>(&provider);
    if (runner == nullptr)
        return std::make_unique<RefusedJob>(step.title,
            Error{ ErrorCode::Unsupported, "no command can be run inside " + info.name.toStdString(), 0, {} });
    InsideCommand command;
    for (const QString& word : step.command)
        command.arguments.push_back(word.toStdString());
    if (step.isOurProgram)
        command.programPath = findProgram(command.arguments.front());
    if (step.isOurProgram && command.programPath.empty())
        return std::make_unique<RefusedJob>(step.title,
            Error{ ErrorCode::NotFound, "the program " + command.arguments.front() + " is missing", 0,
                "Build or install Twinhull completely: it is part of it." });
    return runner->runInside(info.id, std::move(command), std::move(outcome));
}

std::unique_ptr<Job> makeCheckedInsideStep(WorkloadProvider& provider, const WorkloadInfo& info, const InsideStep& step)
{
    return makeJudgedStep(provider, info, step, [step, name = info.name](const CommandOutcome& outcome) {
        return insideFailure(shellLine(step.command), name, outcome);
    });
}

std::unique_ptr<Job> makeProgramCheck(WorkloadProvider& provider, const WorkloadInfo& info, const QString& program)
{
    const InsideStep step{ tr("Look for %1").arg(program),
        { QStringLiteral("twinhull-load"), QStringLiteral("--find"), program }, true };
    const auto judge = [program, step, info](const CommandOutcome& outcome) -> std::optional<Error> {
        if (outcome.exitStatus != kProgramNotFound)
            return insideFailure(shellLine(step.command), info.name, outcome);
        return Error{ ErrorCode::NotFound,
            "the work needs " + program.toStdString() + ", which is not in the image " + info.image.toStdString(), 0,
            "Choose an image that has it, or another work: twinhullctl compare --list-workloads" };
    };
    return makeJudgedStep(provider, info, step, judge);
}

std::unique_ptr<Job> makePortWait(WorkloadProvider& provider, const WorkloadInfo& info, std::uint16_t port)
{
    const InsideStep step{ tr("Wait for a server on port %1").arg(port),
        { QStringLiteral("twinhull-load"), QStringLiteral("--await-port"), QString::number(port) }, true };
    const auto judge = [port, step, info](const CommandOutcome& outcome) -> std::optional<Error> {
        if (outcome.exitStatus != kNobodyListens)
            return insideFailure(shellLine(step.command), info.name, outcome);
        return Error{ ErrorCode::Timeout,
            "the work asks a server on TCP port " + std::to_string(port) + ", where nobody listens inside "
                + info.name.toStdString(),
            0,
            "Choose an image whose program serves there, or write a definition with the port of yours: see README.md" };
    };
    return makeJudgedStep(provider, info, step, judge);
}

std::optional<Error> insideFailure(const QString& commandText, const QString& workload, const CommandOutcome& outcome)
{
    if (outcome.exitStatus == 0)
        return std::nullopt;
    std::string said = lastLineOf(outcome.errorOutput);
    if (said.empty())
        said = lastLineOf(outcome.output);
    return Error{ ErrorCode::Unknown,
        "the command " + commandText.toStdString() + " inside " + workload.toStdString() + " ended with status "
            + std::to_string(outcome.exitStatus) + (said.empty() ? std::string() : ": " + said),
        0, "Try it in a container of the image: twinhullctl run, then twinhullctl exec" };
}

} // namespace twinhull
