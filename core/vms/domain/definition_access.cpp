// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/definition_access.h"

#include "core/vms/domain/domain_xml.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

static_assert(kInactiveDefinition == VIR_STORAGE_XML_INACTIVE && kInactiveDefinition == VIR_NETWORK_XML_INACTIVE);
static_assert(
    kValidateDefinition == VIR_STORAGE_POOL_DEFINE_VALIDATE && kValidateDefinition == VIR_NETWORK_DEFINE_VALIDATE);

Result<QByteArray> readDefined(const DefinitionAccess& access)
{
    auto xml = xmlFrom(access.read(kInactiveDefinition), "read " + access.words);
    if (!xml && xml.error().code == ErrorCode::InvalidArgument) // the test driver takes no flag
        xml = xmlFrom(access.read(0), "read " + access.words);
    return xml ? definitionWithoutFigures(*xml, access.kind) : xml;
}

/// An older libvirt takes the flag for an error; then our schema has the word.
bool validatesItself(virConnectPtr connection)
{
    constexpr unsigned long kFirst = 7'007'000;
    unsigned long version = 0;
    return virConnectGetLibVersion(connection, &version) == 0 && version >= kFirst;
}

Result<> defineValid(virConnectPtr connection, const DefinitionAccess& access, const QByteArray& xml)
{
    const bool isValidated = validatesItself(connection);
    if (auto valid = isValidated ? Result<>() : checkSchema(xml, access.kind); !valid)
        return valid;
    if (access.define(xml.constData(), isValidated ? kValidateDefinition : 0))
        return {};
    Error error = refusedDefinition(xml, access.kind);
    const bool hasStep = !error.hint.empty();
    return hasStep ? std::move(error)
                   : std::move(error).withHint("Nothing was changed. Correct the definition and try again.");
}

Error isAnother(const char* what, const QString& old)
{
    return Error{ ErrorCode::InvalidArgument,
        std::string("its ") + what + " was changed, and by that libvirt knows what it is to change", 0,
        std::string("Nothing was changed. Give it its old ") + what + " back: " + old.toStdString() };
}

} // namespace

Result<NamedDefinition> readDefinitionOf(const DefinitionAccess& access)
{
    auto defined = readDefined(access);
    if (!defined)
        return std::move(defined).error();
    NamedDefinition definition;
    definition.definedXml = *std::move(defined);
    const int isActive = access.isActive();
    if (isActive < 0)
        return libvirtError("ask whether it runs: " + access.words);
    if (isActive == 0)
        return definition;
    auto running = xmlFrom(access.read(0), "read " + access.words);
    if (!running)
        return std::move(running).error();
    definition.runningXml = *std::move(running);
    const auto alike = definitionWithoutFigures(definition.runningXml, access.kind);
    definition.isPending = alike && *alike != definition.definedXml;
    return definition;
}

Result<DefinitionOutcome> replaceDefinitionOf(
    virConnectPtr connection, const DefinitionAccess& access, const NewDefinition& definition)
{
    if (access.isPersistent() == 0)
        return Error{ ErrorCode::Unsupported, access.words + " has no definition: it is gone as soon as it is stopped",
            0, "Make one that stays, by `create`" };
    const auto now = readDefined(access);
    if (!now)
        return now.error();
    if (!definition.before.isEmpty() && *now != definition.before)
        return Error{ ErrorCode::Busy, "its definition was changed by somebody else meanwhile", 0,
            "Read it again, and make your change in that." };
    const auto after = definitionInPlaceOf(*now, definition.xml, access.kind);
    if (!after)
        return after.error();
    if (auto defined = defineValid(connection, access, *after); !defined)
        return std::move(defined).error();
    DefinitionOutcome outcome;
    if (auto kept = readDefined(access))
        outcome.definedXml = *std::move(kept);
    const auto asked = definitionWithoutFigures(*after, access.kind);
    if (access.isActive() == 1 && (!asked || *asked != *now))
        outcome.pendingReason
            = QCoreApplication::translate("NamedDefinition", "it runs as it was until it is stopped and started again");
    return outcome;
}

Result<QByteArray> definitionWithoutFigures(const QByteArray& xml, const DefinitionKind& kind)
{
    const auto parsed = DomainXml::parse(xml, kind.root);
    if (!parsed)
        return parsed.error();
    xmlNodePtr root = parsed->root();
    if (isElement(root, "pool")) {
        for (const char* figure : { "capacity", "allocation", "available" }) {
            if (xmlNodePtr element = childNamed(root, figure))
                removeElement(element);
        }
        return parsed->toText();
    }
    const QString connections = QStringLiteral("@connections");
    setTextAt(root, connections, {});
    if (xmlNodePtr forward = childNamed(root, "forward")) {
        for (xmlNodePtr device : childElements(forward))
            setTextAt(device, connections, {});
    }
    return parsed->toText();
}

Result<QByteArray> definitionInPlaceOf(const QByteArray& now, const QByteArray& xml, const DefinitionKind& kind)
{
    const auto old = DomainXml::parse(now, kind.root);
    const auto parsed = DomainXml::parse(xml, kind.root);
    if (!old || !parsed)
        return parsed ? old.error() : parsed.error();
    const QString name = QStringLiteral("name");
    const QString uuid = QStringLiteral("uuid");
    if (textAt(parsed->root(), name) != textAt(old->root(), name))
        return isAnother("name", textAt(old->root(), name));
    const QString oldUuid = textAt(old->root(), uuid);
    const QString typed = textAt(parsed->root(), uuid);
    if (typed.isEmpty() && !oldUuid.isEmpty()) {
        setTextAt(parsed->root(), uuid, oldUuid);
        return parsed->toText();
    }
    if (typed.compare(oldUuid, Qt::CaseInsensitive) != 0)
        return isAnother("UUID", oldUuid);
    return xml;
}

} // namespace twinhull
