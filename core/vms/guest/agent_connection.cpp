// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/agent_connection.h"

#include "core/vms/guest/guest_facts.h"
#include "core/vms/link/open_domain.h"

#include <QJsonDocument>

namespace twinhull {

namespace {

constexpr int kAnswerSeconds = 20;

Error missing(GuestFacts::Agent agent)
{
    return { ErrorCode::Unavailable, "nothing inside does that", 0, sentenceFor(agent).toStdString() };
}

Error refusalOf(virDomainPtr domain, const QByteArray& command)
{
    const int code = virGetLastErrorCode();
    if (const auto agent = agentBy(code))
        return missing(*agent);
    Error error = libvirtError("ask qemu-guest-agent");
    if (code == VIR_ERR_OPERATION_TIMEOUT)
        return { ErrorCode::Busy, "its agent is busy with what others asked it", 0, "Try again later." };
    if (code == VIR_ERR_RPC && virConnectIsAlive(virDomainGetConnect(domain)) == 1)
        return { ErrorCode::Unsupported, "what its agent answered is too large for libvirt, which carries some 3 MiB",
            0, "Have it written to a file inside, and copy that." };
    if (code != VIR_ERR_INTERNAL_ERROR)
        return error;
    const QString name = QJsonDocument::fromJson(command)[QLatin1String("execute")].toString();
    error.message = agentReason(error.message, name.toStdString());
    if (error.message.ends_with("No such file or directory"))
        error.code = ErrorCode::NotFound;
    return error;
}

Result<QByteArray> askDomain(virDomainPtr domain, const QByteArray& command)
{
    char* const answer = virDomainQemuAgentCommand(domain, command.constData(), kAnswerSeconds, 0);
    if (answer == nullptr)
        return refusalOf(domain, command);
    QByteArray copy(answer);
    ::free(answer); // libvirt's own allocator is malloc
    return copy;
}

} // namespace

std::string agentReason(const std::string& libvirtMessage, const std::string& command)
{
    const std::string before = "'" + command + "': ";
    const auto at = libvirtMessage.find(before);
    const auto reason = at == std::string::npos ? std::string_view(libvirtMessage)
                                                : std::string_view(libvirtMessage).substr(at + before.size());
    return boundedText(reason).toStdString();
}

Result<AgentLine> openAgent(const VmToolbox& tools, const QString& uuid)
{
    auto open = openDomain(tools, uuid);
    if (!open)
        return std::move(open).error();
    const auto description = describeDomain(open->get());
    if (!description)
        return description.error();
    if (description->hasAgent())
        return missing(GuestFacts::Agent::Ours);
    const auto held = std::make_shared<OpenDomain>(*std::move(open));
    return AgentLine([held](const QByteArray& command) { return askDomain(held->get(), command); });
}

} // namespace twinhull
