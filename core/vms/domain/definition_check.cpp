// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/definition_check.h"

#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/libvirt_handles.h"

namespace twinhull {

namespace {

Error againstSchema(const std::string& complaint, const DefinitionKind& kind)
{
    return Error{ ErrorCode::InvalidArgument, "define: not what libvirt's schema allows: " + complaint, 0,
        "Nothing was changed. Correct that line; elements are described at https://libvirt.org/"
            + std::string(kind.page) + ".html" };
}

} // namespace

Error refusedDefinition(const QByteArray& xml, const DefinitionKind& kind)
{
    const virErrorPtr last = virGetLastError();
    const bool isSchema = last != nullptr && last->code == VIR_ERR_XML_INVALID_SCHEMA;
    Error error = libvirtError("define");
    if (!isSchema || !error.hint.empty()) // the connection broke: whether anything was changed is not known
        return error;
    const auto checked = checkSchema(xml, kind);
    return checked ? againstSchema(error.message, kind) : checked.error();
}

Result<> checkSchema(const QByteArray& xml, const DefinitionKind& kind)
{
    const auto complaint = schemaComplaint(xml, kind.schema);
    return complaint && !complaint->isEmpty() ? Result<>(againstSchema(complaint->toStdString(), kind)) : Result<>();
}

} // namespace twinhull
