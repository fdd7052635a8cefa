// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_xml.h"

#include <QFile>

#include <libxml/parser.h>
#include <libxml/relaxng.h>

namespace twinhull {

namespace {

constexpr int kMostDepth = 16;

#if LIBXML_VERSION >= 21200
using XmlErrorPointer = const xmlError*;
#else
using XmlErrorPointer = xmlErrorPtr;
#endif

/// The first that names a line; what follows says the same of the elements around it.
void keepFirstComplaint(void* opaque, XmlErrorPointer error)
{
    auto* complaint = static_cast<QString*>(opaque);
    if (complaint->isEmpty() && error->line > 0)
        *complaint = QStringLiteral("line %1: %2").arg(error->line).arg(QString::fromUtf8(error->message).trimmed());
}

void keepNoComplaint(void* /*opaque*/, XmlErrorPointer /*error*/) { }

class LibvirtSchema {
public:
    explicit LibvirtSchema(const char* name) : m_schema(nullptr, &xmlRelaxNGFree)
    {
        const QString file = QStringLiteral("/usr/share/libvirt/schemas/%1.rng").arg(QLatin1String(name));
        const std::unique_ptr<xmlRelaxNGParserCtxt, decltype(&xmlRelaxNGFreeParserCtxt)> parser(
            QFile::exists(file) ? xmlRelaxNGNewParserCtxt(file.toLatin1().constData()) : nullptr,
            &xmlRelaxNGFreeParserCtxt);
        if (!parser)
            return;
        xmlRelaxNGSetParserStructuredErrors(parser.get(), &keepNoComplaint, nullptr);
        m_schema.reset(xmlRelaxNGParse(parser.get()));
    }

    bool isRead() const { return m_schema != nullptr; }

    /// Empty: it is allowed.
    QString complaint(xmlDoc* document) const
    {
        const std::unique_ptr<xmlRelaxNGValidCtxt, decltype(&xmlRelaxNGFreeValidCtxt)> validator(
            xmlRelaxNGNewValidCtxt(m_schema.get()), &xmlRelaxNGFreeValidCtxt);
        QString complaint;
        xmlRelaxNGSetValidStructuredErrors(validator.get(), &keepFirstComplaint, &complaint);
        if (xmlRelaxNGValidateDoc(validator.get(), document) == 0)
            return {};
        return complaint.isEmpty() ? QStringLiteral("line 1: not what the schema has") : complaint;
    }

    bool allows(xmlDoc* document) const { return complaint(document).isEmpty(); }

private:
    std::unique_ptr<xmlRelaxNG, decltype(&xmlRelaxNGFree)> m_schema;
};

/// The schema's elements stand in any order, so a validator can only say that something is left over, of all devices.
/// What is wrong is what makes the rest right by not being there.
class CulpritSearch {
public:
    CulpritSearch(const LibvirtSchema& schema, xmlDoc* document) : m_schema(schema), m_document(document) { }

    /// Empty where it is more than one.
    QString search(xmlNodePtr element, int depth = 0) const
    {
        for (xmlNodePtr child : childElements(element)) {
            if (!isRightWithout(child))
                continue;
            const QString inside = depth < kMostDepth ? search(child, depth + 1) : QString();
            return inside.isEmpty() ? said(child, QStringLiteral("<%1>").arg(nameOfNode(child))) : inside;
        }
        for (const QByteArray& name : attributesOf(element)) {
            const QString value = textAt(element, u'@' + QString::fromUtf8(name));
            const auto* key = reinterpret_cast<const xmlChar*>(name.constData());
            xmlUnsetProp(element, key);
            const bool isCulprit = m_schema.allows(m_document);
            xmlSetProp(element, key, reinterpret_cast<const xmlChar*>(value.toUtf8().constData()));
            if (isCulprit)
                return said(element,
                    QStringLiteral("%1=\"%2\" of <%3>").arg(QString::fromUtf8(name), value, nameOfNode(element)));
        }
        return {};
    }

private:
    static std::vector<QByteArray> attributesOf(xmlNodePtr element)
    {
        std::vector<QByteArray> names;
        for (xmlAttrPtr attribute = element->properties; attribute != nullptr; attribute = attribute->next) {
            if (attribute->ns == nullptr)
                names.emplace_back(reinterpret_cast<const char*>(attribute->name));
        }
        return names;
    }

    static QString nameOfNode(xmlNodePtr element)
    {
        return QString::fromUtf8(reinterpret_cast<const char*>(element->name));
    }

    static QString said(xmlNodePtr element, const QString& what)
    {
        return QStringLiteral("line %1: %2 is not allowed there").arg(xmlGetLineNo(element)).arg(what);
    }

    bool isRightWithout(xmlNodePtr element) const
    {
        xmlNodePtr parent = element->parent;
        xmlNodePtr next = element->next;
        xmlUnlinkNode(element);
        const bool isRight = m_schema.allows(m_document);
        if (next != nullptr)
            xmlAddPrevSibling(next, element);
        else
            xmlAddChild(parent, element);
        return isRight;
    }

    const LibvirtSchema& m_schema;
    xmlDoc* m_document;
};

} // namespace

std::optional<QString> schemaComplaint(const QByteArray& xml, const char* schemaName)
{
    const LibvirtSchema schema(schemaName);
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadMemory(xml.constData(), static_cast<int>(xml.size()), nullptr, nullptr,
            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        &xmlFreeDoc);
    if (!schema.isRead() || !document)
        return std::nullopt;
    const QString complaint = schema.complaint(document.get());
    if (complaint.isEmpty())
        return QString();
    xmlNodePtr root = xmlDocGetRootElement(document.get());
    const QString culprit = CulpritSearch(schema, document.get()).search(root);
    if (!culprit.isEmpty())
        return culprit;
    return complaint + QStringLiteral("; more than one thing is wrong");
}

} // namespace twinhull
