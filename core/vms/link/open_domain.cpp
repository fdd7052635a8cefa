// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/open_domain.h"

namespace twinhull {

Result<OpenDomain> openDomain(const VmToolbox& tools, const QString& uuid)
{
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    auto domain = findDomain(connection->get(), uuid);
    if (!domain)
        return std::move(domain).error();
    return OpenDomain{ *std::move(connection), *std::move(domain) };
}

Result<QByteArray> domainXmlOf(virDomainPtr domain, unsigned flags)
{
    return xmlFrom(virDomainGetXMLDesc(domain, flags), "read its definition");
}

Result<DomainDescription> describeDomain(virDomainPtr domain)
{
    const auto xml = domainXmlOf(domain);
    if (!xml)
        return xml.error();
    auto description = parseDomain(*xml);
    if (!description)
        return std::move(description).error().withHint("See what is wrong in it with: twinhullctl vm xml NAME");
    return description;
}

} // namespace twinhull
