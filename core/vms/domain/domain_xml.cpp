// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_xml.h"

#include <QStringList>

#include <libxml/parser.h>
#include <libxml/xmlsave.h>

#include <mutex>

namespace twinhull {

namespace {

constexpr qsizetype kMostBytes = 4 << 20;

const xmlChar* xmlText(const char* text)
{
    return reinterpret_cast<const xmlChar*>(text);
}

QString takeXmlText(xmlChar* text)
{
    const QString copy = QString::fromUtf8(reinterpret_cast<const char*>(text));
    xmlFree(text);
    return copy;
}

Error notXml(const xmlError* error)
{
    const QString reason = error != nullptr ? QString::fromUtf8(error->message).trimmed() : QString();
    const int line = error != nullptr ? error->line : 0;
    return Error{ ErrorCode::Corrupt, "line " + std::to_string(line) + ": " + reason.toStdString(), 0,
        "Correct that line; what libvirt reads is described at https://libvirt.org/format.html" };
}

/// "name[key=value]" of a path.
struct Step {
    QByteArray name;
    QByteArray key;
    QByteArray value;

    static Step from(const QString& text)
    {
        const qsizetype bracket = text.indexOf(u'[');
        if (bracket < 0)
            return { text.toUtf8(), {}, {} };
        const QString condition = text.mid(bracket + 1, text.size() - bracket - 2);
        return { text.left(bracket).toUtf8(), condition.section(u'=', 0, 0).toUtf8(),
            condition.section(u'=', 1).toUtf8() };
    }

    bool fits(xmlNodePtr node) const
    {
        return isElement(node, name.constData())
            && (key.isEmpty() || textAt(node, u'@' + QString::fromUtf8(key)) == QString::fromUtf8(value));
    }
};

struct Place {
    QStringList steps;
    QByteArray attribute; ///< empty: the element's text

    static Place from(const QString& path)
    {
        const QString elements = path.section(u'@', 0, 0);
        return { elements.split(u'/', Qt::SkipEmptyParts), path.section(u'@', 1).toUtf8() };
    }

    xmlNodePtr find(xmlNodePtr element) const
    {
        for (const QString& text : steps) {
            const Step step = Step::from(text);
            xmlNodePtr found = nullptr;
            for (xmlNodePtr child : childElements(element)) {
                if (found == nullptr && step.fits(child))
                    found = child;
            }
            if (found == nullptr)
                return nullptr;
            element = found;
        }
        return element;
    }

    xmlNodePtr make(xmlNodePtr element) const
    {
        for (const QString& text : steps) {
            const Step step = Step::from(text);
            xmlNodePtr found = Place{ { text }, {} }.find(element);
            if (found == nullptr) {
                found = addChild(element, step.name.constData());
                if (!step.key.isEmpty())
                    xmlNewProp(found, xmlText(step.key.constData()), xmlText(step.value.constData()));
            }
            element = found;
        }
        return element;
    }
};

QString blanks(int depth)
{
    return u'\n' + QString(2 * depth, u' ');
}

int depthOf(xmlNodePtr node)
{
    int depth = 0;
    for (xmlNodePtr up = node->parent; up != nullptr && up->type == XML_ELEMENT_NODE; up = up->parent)
        ++depth;
    return depth;
}

bool saysNothing(xmlNodePtr element)
{
    for (xmlNodePtr child = element->children; child != nullptr; child = child->next) {
        if (child->type == XML_COMMENT_NODE)
            return false;
    }
    return element->properties == nullptr && element->nsDef == nullptr && childElements(element).empty()
        && takeXmlText(xmlNodeGetContent(element)).trimmed().isEmpty();
}

/// The element and those above it, up to `top`, as far as nothing is left of them.
void removeUpTo(xmlNodePtr element, xmlNodePtr top)
{
    while (element != top && saysNothing(element)) {
        xmlNodePtr above = element->parent;
        removeElement(element);
        element = above;
    }
}

QByteArray savedText(xmlNodePtr element, xmlDoc* document)
{
    const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> buffer(xmlBufferCreate(), &xmlBufferFree);
    xmlSaveCtxtPtr save = xmlSaveToBuffer(buffer.get(), "UTF-8", XML_SAVE_NO_DECL | XML_SAVE_AS_XML);
    if (document != nullptr)
        xmlSaveDoc(save, document);
    else
        xmlSaveTree(save, element);
    xmlSaveClose(save);
    return { reinterpret_cast<const char*>(xmlBufferContent(buffer.get())), xmlBufferLength(buffer.get()) };
}

} // namespace

Result<DomainXml> DomainXml::parse(const QByteArray& xml, const char* rootName)
{
    static std::once_flag once;
    std::call_once(once, xmlInitParser); // libvirt uses it on other threads
    if (xml.size() > kMostBytes)
        return Error{ ErrorCode::InvalidArgument, "the definition is larger than 4 MiB", 0, {} };
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(xmlNewParserCtxt(), &xmlFreeParserCtxt);
    DomainXml parsed(xmlCtxtReadMemory(context.get(), xml.constData(), static_cast<int>(xml.size()), nullptr, nullptr,
        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    if (!parsed.m_document)
        return notXml(xmlCtxtGetLastError(context.get()));
    if (xmlGetIntSubset(parsed.m_document.get()) != nullptr)
        return Error{ ErrorCode::Corrupt, "the definition has a DOCTYPE", 0, "Take the line <!DOCTYPE …> out." };
    if (!isElement(parsed.root(), rootName))
        return Error{ ErrorCode::Corrupt, "line 1: this is no <" + std::string(rootName) + ">", 0,
            "Begin with what the verb `xml NAME` prints." };
    return parsed;
}

xmlNodePtr DomainXml::devices() const
{
    return Place::from(QStringLiteral("devices")).make(root());
}

QByteArray DomainXml::toText() const
{
    return savedText(nullptr, m_document.get());
}

bool isElement(xmlNodePtr node, const char* name)
{
    return node != nullptr && node->type == XML_ELEMENT_NODE && node->ns == nullptr
        && xmlStrEqual(node->name, xmlText(name)) != 0;
}

xmlNodePtr childNamed(xmlNodePtr parent, const char* name)
{
    for (xmlNodePtr child = parent != nullptr ? xmlFirstElementChild(parent) : nullptr; child != nullptr;
         child = xmlNextElementSibling(child)) {
        if (isElement(child, name))
            return child;
    }
    return nullptr;
}

std::vector<xmlNodePtr> childElements(xmlNodePtr parent)
{
    std::vector<xmlNodePtr> all;
    for (xmlNodePtr child = xmlFirstElementChild(parent); child != nullptr; child = xmlNextElementSibling(child))
        all.push_back(child);
    return all;
}

QString textAt(xmlNodePtr element, const QString& path)
{
    const Place place = Place::from(path);
    xmlNodePtr found = place.find(element);
    if (found == nullptr)
        return {};
    return place.attribute.isEmpty() ? takeXmlText(xmlNodeGetContent(found)).trimmed()
                                     : takeXmlText(xmlGetNoNsProp(found, xmlText(place.attribute.constData())));
}

bool isThere(xmlNodePtr element, const QString& path)
{
    const Place place = Place::from(path);
    xmlNodePtr found = place.find(element);
    return found != nullptr
        && (place.attribute.isEmpty() || xmlHasProp(found, xmlText(place.attribute.constData())) != nullptr);
}

void setTextAt(xmlNodePtr element, const QString& path, const QString& value)
{
    const Place place = Place::from(path);
    if (textAt(element, path) == value && (isThere(element, path) || value.isEmpty()))
        return;
    if (value.isEmpty()) {
        xmlNodePtr found = place.find(element);
        if (place.attribute.isEmpty())
            xmlNodeSetContent(found, nullptr);
        else
            xmlUnsetProp(found, xmlText(place.attribute.constData()));
        removeUpTo(found, element);
        return;
    }
    xmlNodePtr made = place.make(element);
    if (!place.attribute.isEmpty()) {
        xmlSetProp(made, xmlText(place.attribute.constData()), xmlText(value.toUtf8().constData()));
        return;
    }
    xmlNodeSetContent(made, nullptr);
    xmlNodeAddContent(made, xmlText(value.toUtf8().constData())); // which escapes, as the one above does not
}

void setPresence(xmlNodePtr element, const QString& path, bool isPresent)
{
    const Place place = Place::from(path);
    xmlNodePtr found = place.find(element);
    if (isPresent) {
        place.make(element);
    } else if (found != nullptr && found != element) {
        xmlNodePtr above = found->parent;
        removeElement(found);
        removeUpTo(above, element);
    }
}

xmlNodePtr addChild(xmlNodePtr parent, const char* name)
{
    const int depth = depthOf(parent) + 1;
    xmlNodePtr child = xmlNewDocNode(parent->doc, nullptr, xmlText(name), nullptr);
    const QByteArray before = blanks(depth).toUtf8();
    xmlNodePtr last = xmlGetLastChild(parent);
    if (last != nullptr && last->type == XML_TEXT_NODE && xmlIsBlankNode(last) != 0) {
        xmlAddPrevSibling(last, child); // the blanks stay before the parent's end
        xmlAddPrevSibling(child, xmlNewDocText(parent->doc, xmlText(before.constData())));
        return child;
    }
    xmlAddChild(parent, xmlNewDocText(parent->doc, xmlText(before.constData())));
    xmlAddChild(parent, child);
    xmlAddChild(parent, xmlNewDocText(parent->doc, xmlText(blanks(depth - 1).toUtf8().constData())));
    return child;
}

void removeElement(xmlNodePtr element)
{
    xmlNodePtr before = element->prev;
    if (before != nullptr && before->type == XML_TEXT_NODE && xmlIsBlankNode(before) != 0) {
        xmlUnlinkNode(before);
        xmlFreeNode(before);
    }
    xmlUnlinkNode(element);
    xmlFreeNode(element);
}

QByteArray elementText(xmlNodePtr element)
{
    return savedText(element, nullptr);
}

} // namespace twinhull
