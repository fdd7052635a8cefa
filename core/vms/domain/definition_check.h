// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

namespace twinhull {

/// One of the things that libvirt is told as XML.
struct DefinitionKind {
    const char* root; ///< its element: "network"
    const char* schema; ///< its file among libvirt's schemas, without its ending
    const char* page; ///< of libvirt.org, which describes its elements
};
inline constexpr DefinitionKind kDomainDefinition{ "domain", "domain", "formatdomain" };
inline constexpr DefinitionKind kPoolDefinition{ "pool", "storagepool", "formatstorage" };
inline constexpr DefinitionKind kNetworkDefinition{ "network", "network", "formatnetwork" };

/// What libvirt said last on this thread against a definition. Of its schema it names no line, so that is asked again
/// here. Without a next step where the schema is not it.
Error refusedDefinition(const QByteArray& xml, const DefinitionKind& kind);

/// InvalidArgument with the line where the schema, as it is installed here, does not allow it.
Result<> checkSchema(const QByteArray& xml, const DefinitionKind& kind);

} // namespace twinhull
