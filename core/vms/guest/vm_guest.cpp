// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/vm_guest.h"

#include "core/vms/guest/agent_connection.h"
#include "core/vms/guest/agent_copy.h"
#include "core/vms/guest/agent_program.h"
#include "core/vms/guest/guest_facts.h"
#include "core/vms/link/open_domain.h"

#include <QCoreApplication>

#include <future>
#include <thread>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kAgentDeadline{ 30 };
constexpr std::chrono::milliseconds kAgentCheck{ 20 };

using Question = std::function<Result<GuestFacts>(virDomainPtr)>;

QString translateVmGuest(const char* text)
{
    return QCoreApplication::translate("VmGuest", text);
}

Result<GuestFacts> askNow(const VmToolbox& tools, const QString& uuid, const Question& question)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    const auto isActive = isDomainActive(open->get());
    if (!isActive)
        return isActive.error();
    if (!*isActive)
        return GuestFacts{};
    const auto description = describeDomain(open->get());
    if (!description)
        return description.error();
    if (description->hasAgent()) {
        GuestFacts facts;
        facts.agent = GuestFacts::Agent::Ours;
        return facts;
    }
    return question(open->get());
}

/// On a thread of its own, which is left to itself when it takes too long.
Result<GuestFacts> askInTime(const VmToolbox& tools, const QString& uuid, const Question& question,
    const std::shared_ptr<VmGuest::Asked>& asked, JobContext& context)
{
    {
        const std::lock_guard lock(asked->mutex);
        if (!asked->machines.insert(uuid).second)
            return Error{ ErrorCode::Busy, "its agent has not answered what it was asked before", 0,
                "Try again once it has; restart qemu-guest-agent inside if it does not." };
    }
    std::packaged_task<Result<GuestFacts>()> task([tools, uuid, question, asked] {
        auto answer = askNow(tools, uuid, question);
        const std::lock_guard lock(asked->mutex);
        asked->machines.erase(uuid);
        return answer;
    });
    auto answer = task.get_future();
    std::thread(std::move(task)).detach();
    const auto until = std::chrono::steady_clock::now() + kAgentDeadline;
    while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        if (context.waitForCancel(kAgentCheck))
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        if (std::chrono::steady_clock::now() >= until)
            return Error{ ErrorCode::Timeout, "qemu-guest-agent did not answer within 30 s", 0,
                "Restart qemu-guest-agent inside." };
    }
    return answer.get();
}

Result<GuestFacts> setClock(virDomainPtr domain)
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
    const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(now - seconds);
    GuestFacts facts;
    facts.agent = GuestFacts::Agent::Answers;
    if (virDomainSetTime(domain, seconds.count(), static_cast<unsigned>(rest.count()), 0) == 0)
        return facts;
    const auto agent = agentBy(virGetLastErrorCode());
    if (!agent)
        return libvirtError("set the guest's clock");
    facts.agent = *agent;
    return facts;
}

} // namespace

std::unique_ptr<Job> VmGuest::read(const WorkloadInfo& machine, std::shared_ptr<GuestFacts> into)
{
    return std::make_unique<ThreadJob>(translateVmGuest("Ask the inside of %1").arg(machine.name), m_calls,
        [tools = m_tools, machine, asked = m_asked, into = std::move(into)](JobContext& context) -> Result<> {
            auto facts = askInTime(tools, machine.id.key, &askForFacts, asked, context);
            if (!facts)
                return std::move(facts).error().withContext("ask the inside of " + machine.name.toStdString());
            *into = *std::move(facts);
            return {};
        });
}

std::unique_ptr<Job> VmGuest::syncTime(const WorkloadInfo& machine)
{
    return std::make_unique<ThreadJob>(translateVmGuest("Set the clock of %1").arg(machine.name), m_calls,
        [tools = m_tools, machine, asked = m_asked](JobContext& context) -> Result<> {
            const std::string what = "set the clock of " + machine.name.toStdString();
            auto facts = askInTime(tools, machine.id.key, &setClock, asked, context);
            if (!facts)
                return std::move(facts).error().withContext(what);
            if (facts->agent == GuestFacts::Agent::Answers)
                return {};
            if (facts->agent == GuestFacts::Agent::Ours)
                return Error{ ErrorCode::Unsupported, what + ": it was made from an image, and has no clock to be set",
                    0, "Start it again: it takes this computer's time then." };
            return Error{ ErrorCode::Unavailable, what + ": nothing inside does that", 0,
                sentenceFor(facts->agent).toStdString() };
        });
}

std::unique_ptr<Job> VmGuest::job(const QString& title, const WorkloadInfo& machine, std::string what, AgentWork work)
{
    return std::make_unique<ThreadJob>(title, m_calls,
        [tools = m_tools, uuid = machine.id.key, what = std::move(what), work = std::move(work)](
            JobContext& context) -> Result<> {
            auto agent = openAgent(tools, uuid);
            auto done = agent ? work(*agent, context) : Result<>(std::move(agent).error());
            return std::move(done).withContext(what);
        });
}

std::unique_ptr<Job> VmGuest::run(
    const WorkloadInfo& machine, GuestProgram program, std::shared_ptr<GuestProgramOutcome> outcome)
{
    return job(translateVmGuest("Run a command in %1").arg(machine.name), machine,
        "run a command in " + machine.name.toStdString(),
        [program = std::move(program), outcome = std::move(outcome)](
            const AgentLine& agent, JobContext& context) { return runByAgent(agent, program, context, *outcome); });
}

std::unique_ptr<Job> VmGuest::copyOut(
    const WorkloadInfo& machine, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome> outcome)
{
    return job(translateVmGuest("Copy from %1").arg(machine.name), machine, "copy from " + machine.name.toStdString(),
        [copy = std::move(copy), outcome = std::move(outcome)](
            const AgentLine& agent, JobContext& context) { return copyOutByAgent(agent, copy, context, *outcome); });
}

std::unique_ptr<Job> VmGuest::copyIn(
    const WorkloadInfo& machine, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome> outcome)
{
    return job(translateVmGuest("Copy to %1").arg(machine.name), machine, "copy to " + machine.name.toStdString(),
        [copy = std::move(copy), outcome = std::move(outcome)](
            const AgentLine& agent, JobContext& context) { return copyInByAgent(agent, copy, context, *outcome); });
}

} // namespace twinhull
