// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

namespace twinhull {

/// A domain, which goes before its connection.
struct OpenDomain {
    ConnectionHandle connection;
    DomainHandle domain;

    virDomainPtr get() const { return domain.get(); }
};

/// For one call more. Unavailable: the connection is away or broke off; NotFound: the domain is gone.
Result<OpenDomain> openDomain(const VmToolbox& tools, const QString& uuid);

/// Passwords of screens are told only with SECURE, and would be lost without.
constexpr unsigned kDefinedWithSecrets = VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE;

/// As libvirt writes it, never empty: a broken connection is no description.
Result<QByteArray> domainXmlOf(virDomainPtr domain, unsigned flags = 0);

Result<DomainDescription> describeDomain(virDomainPtr domain);

} // namespace twinhull
