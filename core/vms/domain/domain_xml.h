// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <libxml/tree.h>

#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

/// A domain's XML as a tree that keeps what nobody asked about as it was: order, comments, elements and attributes that
/// we do not know, foreign namespaces. Elements are told by name and belong to no namespace, as libvirt's own do.
class DomainXml {
public:
    /// Corrupt, with the line, where it is no XML or its root is no <domain>, or what else of libvirt's is asked for.
    /// At most 4 MiB; a DOCTYPE is refused, because entities could make any size of it.
    static Result<DomainXml> parse(const QByteArray& xml, const char* rootName = "domain");

    xmlNodePtr root() const { return xmlDocGetRootElement(m_document.get()); }
    xmlNodePtr devices() const; ///< made where there is none
    QByteArray toText() const;

private:
    struct Free {
        void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
    };

    explicit DomainXml(xmlDoc* document) : m_document(document) { }

    std::unique_ptr<xmlDoc, Free> m_document;
};

/// What libvirt's schema says against it, with the line; an empty text where it is fine. Absent where no schema is
/// installed here. `schemaName` is that of its file. Takes some 100 ms.
std::optional<QString> schemaComplaint(const QByteArray& xml, const char* schemaName = "domain");

bool isElement(xmlNodePtr node, const char* name);
xmlNodePtr childNamed(xmlNodePtr parent, const char* name); ///< the first; null where there is none, or no parent
std::vector<xmlNodePtr> childElements(xmlNodePtr parent);

/// A place below an element: "driver@cache" is an attribute of a child, "@type" one of its own, "iotune/read_bytes_sec"
/// a text, "os/feature[name=x]@enabled" one of several. Empty where it is not there.
QString textAt(xmlNodePtr element, const QString& path);
bool isThere(xmlNodePtr element, const QString& path);
/// Makes what is missing on the way. An empty value takes the attribute or the element away, and elements on the way
/// that nothing is left of.
void setTextAt(xmlNodePtr element, const QString& path, const QString& value);
/// An element that says something by being there.
void setPresence(xmlNodePtr element, const QString& path, bool isPresent);

xmlNodePtr addChild(xmlNodePtr parent, const char* name); ///< on a line of its own, indented by its depth
void removeElement(xmlNodePtr element); ///< with the blanks before it
QByteArray elementText(xmlNodePtr element);

} // namespace twinhull
