// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/domain_forgetting.h"

#include "core/vms/domain/domain_xml.h"

namespace twinhull {

namespace {

constexpr unsigned kForgetBasic = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
constexpr unsigned long kFirstThatKeepsTpm = 8'009'000;

/// Flags to try, one after the other, where a driver does not know the ones before.
std::vector<unsigned> forgetFlags(const ForgetWish& wish)
{
    const unsigned all = kForgetBasic | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        | (wish.nvram == FileFate::Kept ? VIR_DOMAIN_UNDEFINE_KEEP_NVRAM : VIR_DOMAIN_UNDEFINE_NVRAM);
    if (!wish.tpm) // a driver that knows no such flags has no such files, and refuses where it has snapshots
        return { all, kForgetBasic, 0U };
    if (*wish.tpm == FileFate::Kept)
        return { all | VIR_DOMAIN_UNDEFINE_KEEP_TPM };
    return { all | VIR_DOMAIN_UNDEFINE_TPM, all, kForgetBasic };
}

} // namespace

Result<> forgetDomain(const OpenDomain& domain, const ForgetWish& wish)
{
    const QString uuid = uuidOf(domain.get());
    Error error;
    for (const unsigned flags : forgetFlags(wish)) {
        if (virDomainUndefineFlags(domain.get(), flags) == 0)
            return {};
        error = libvirtError("remove");
        if (error.code != ErrorCode::InvalidArgument && error.code != ErrorCode::Unsupported) // it knows these flags
            break;
    }
    const auto found = findDomain(domain.connection.get(), uuid);
    return !found && found.error().code == ErrorCode::NotFound ? Result<>() : Result<>(std::move(error));
}

bool hasEmulatedTpm(const QByteArray& definition)
{
    const auto domain = DomainXml::parse(definition);
    if (!domain)
        return true; // not known
    for (xmlNodePtr device : childElements(domain->devices())) {
        if (isElement(device, "tpm") && textAt(device, QStringLiteral("backend@type")) == u"emulator")
            return true;
    }
    return false;
}

bool canKeepTpm(virConnectPtr connection)
{
    unsigned long version = 0;
    return virConnectGetLibVersion(connection, &version) == 0 && version >= kFirstThatKeepsTpm;
}

} // namespace twinhull
