// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/libvirt_handles.h"

#include "core/workload/workload_connection.h"

#include <cerrno>
#include <cstdlib>

namespace twinhull {

namespace {

ErrorCode codeOf(int number)
{
    switch (number) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_DOMAIN_SNAPSHOT:
    case VIR_ERR_NO_NETWORK:
    case VIR_ERR_NO_STORAGE_POOL:
    case VIR_ERR_NO_STORAGE_VOL:
        return ErrorCode::NotFound;
    case VIR_ERR_DOM_EXIST:
    case VIR_ERR_NETWORK_EXIST:
    case VIR_ERR_STORAGE_VOL_EXIST:
        return ErrorCode::AlreadyExists;
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_OPERATION_DENIED:
        return ErrorCode::PermissionDenied;
    case VIR_ERR_NO_CONNECT:
    case VIR_ERR_SYSTEM_ERROR:
    case VIR_ERR_RPC:
    case VIR_ERR_INVALID_CONN:
        return ErrorCode::Unavailable;
    case VIR_ERR_OPERATION_TIMEOUT:
    case VIR_ERR_AGENT_UNRESPONSIVE:
        return ErrorCode::Timeout;
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_CONFIG_UNSUPPORTED:
        return ErrorCode::Unsupported;
    case VIR_ERR_INVALID_ARG:
    case VIR_ERR_XML_ERROR:
    case VIR_ERR_OPERATION_INVALID:
        return ErrorCode::InvalidArgument;
    default:
        return ErrorCode::Unknown;
    }
}

/// What every "open URI" begins with: why a host cannot be reached has next steps of its own (connection_hint.h).
constexpr const char* kOpening = "open ";

constexpr const char* kBusyStep
    = "Something that was asked of it before has no answer yet. Wait for that, or force it off.";

std::string firstLine(const char* message)
{
    const std::string text = message != nullptr ? message : "no reason given";
    return text.substr(0, text.find('\n'));
}

} // namespace

Error libvirtError(const std::string& what)
{
    if (libvirtSymbol("virGetLastError") == nullptr)
        return Error{ ErrorCode::Unavailable, what + ": libvirt is not installed", ENOENT, {} };
    const virErrorPtr last = virGetLastError();
    if (last == nullptr)
        return Error{ ErrorCode::Unknown, what + ": libvirt gave no reason", 0, {} };
    const std::string message = what + ": " + firstLine(last->message);
    if (last->domain == VIR_FROM_RPC && what.rfind(kOpening, 0) != 0)
        return Error{ ErrorCode::Unavailable, message, ECONNRESET,
            "The connection to libvirt broke in the middle of it. See what became of it when it is back, then try "
            "again." };
    if (message.find("No PCI buses available") != std::string::npos)
        return Error{ codeOf(last->code), message, 0,
            "It is a microvm, and nothing can be plugged into one. Make it anew with --machine q35" };
    return Error{ codeOf(last->code), message, 0, last->code == VIR_ERR_OPERATION_TIMEOUT ? kBusyStep : "" };
}

QString takeText(char* text)
{
    const QString copy = QString::fromUtf8(text);
    ::free(text); // libvirt's own allocator is malloc
    return copy;
}

bool hasBrokenOff(const Error& error)
{
    return error.sysErrno == ECONNRESET;
}

Result<QByteArray> xmlFrom(char* text, const std::string& what)
{
    if (text == nullptr)
        return libvirtError(what);
    return takeText(text).toUtf8();
}

QString uuidOf(virDomainPtr domain)
{
    char text[VIR_UUID_STRING_BUFLEN];
    return virDomainGetUUIDString(domain, text) == 0 ? QString::fromLatin1(text) : QString();
}

Result<> answerOf(int answer, const std::string& what)
{
    return answer >= 0 ? Result<>() : Result<>(libvirtError(what));
}

Result<bool> isDomainActive(virDomainPtr domain)
{
    const int isActive = virDomainIsActive(domain);
    return isActive < 0 ? Result<bool>(libvirtError("ask whether it runs")) : Result<bool>(isActive == 1);
}

Result<DomainHandle> findDomain(virConnectPtr connection, const QString& key)
{
    DomainHandle domain(virDomainLookupByUUIDString(connection, withoutConnection(key).toLatin1().constData()));
    if (domain)
        return domain;
    Error error = libvirtError("find the VM");
    return error.code == ErrorCode::NotFound
        ? std::move(error).withHint("It was deleted meanwhile. See which there are with: twinhullctl list")
        : error;
}

} // namespace twinhull
