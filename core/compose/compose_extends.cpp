// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_extends.h"

#include "core/base/files.h"
#include "core/compose/compose_merge.h"
#include "core/compose/compose_service.h"
#include "core/compose/compose_yaml.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kMostOtherFiles = 20;

void nameFile(ComposeValue& value, const QString& file)
{
    value.place.file = file;
    for (auto& item : value.items)
        nameFile(item, file);
    for (auto& entry : value.entries) {
        entry.place.file = file;
        nameFile(entry.value, file);
    }
}

ComposeValue* valueOf(ComposeValue& map, QStringView key)
{
    return const_cast<ComposeValue*>(std::as_const(map).find(key)); // of a map that is not const
}

bool isRelativePath(const QString& text)
{
    return !text.isEmpty() && !text.startsWith(u'/') && !text.startsWith(u'~') && !text.contains(QLatin1String("://"))
        && !text.startsWith(QLatin1String("git@"));
}

void makeAbsolute(ComposeValue* path, const QString& folder)
{
    if (path != nullptr && path->kind == ComposeValue::Kind::Scalar && isRelativePath(path->text))
        path->text = QDir::cleanPath(folder + u'/' + path->text);
}

/// Of a volume: its source where that is a path.
void makeMountAbsolute(ComposeValue& mount, const QString& folder)
{
    if (mount.kind == ComposeValue::Kind::Scalar && mount.text.startsWith(u'.') && mount.text.contains(u':'))
        mount.text
            = QDir::cleanPath(folder + u'/' + mount.text.section(u':', 0, 0)) + u':' + mount.text.section(u':', 1);
    const auto* type = mount.find(u"type");
    if (type != nullptr && type->text == u"bind")
        makeAbsolute(valueOf(mount, u"source"), folder);
}

} // namespace

Result<std::string> readOtherFile(const QString& file)
{
    if (!QFileInfo(file).isFile()) // a FIFO would hold us up
        return Error{ ErrorCode::NotFound, "there is no file " + file.toStdString(), 0, {} };
    return readFile(file.toStdString(), kComposeFileBytes);
}

void makePathsAbsolute(ComposeValue& service, const QString& folder)
{
    if (ComposeValue* build = valueOf(service, u"build")) {
        makeAbsolute(build, folder);
        makeAbsolute(valueOf(*build, u"context"), folder);
    }
    if (ComposeValue* files = valueOf(service, u"env_file")) {
        makeAbsolute(files, folder);
        for (auto& item : files->items) {
            makeAbsolute(&item, folder);
            makeAbsolute(valueOf(item, u"path"), folder);
        }
    }
    if (ComposeValue* mounts = valueOf(service, u"volumes")) {
        for (auto& mount : mounts->items)
            makeMountAbsolute(mount, folder);
    }
}

void makePathAbsolute(ComposeValue& map, QStringView key, const QString& folder)
{
    makeAbsolute(valueOf(map, key), folder);
}

void interpolateAll(
    ComposeValue& value, const QString& path, const ComposeVariables& variables, ComposeFindings& findings)
{
    if (value.kind == ComposeValue::Kind::Scalar) {
        QStringList unset;
        auto text = interpolated(value.text, variables, unset);
        if (!text)
            findings.refuse(value.place, path, QString::fromStdString(text.error().toLine()));
        else
            value.text = *std::move(text);
        for (const QString& name : unset)
            findings.warn(value.place, path, trCompose("the variable %1 is not set: nothing stands there").arg(name));
    }
    for (std::size_t i = 0; i < value.items.size(); ++i)
        interpolateAll(value.items[i], path + QStringLiteral("[%1]").arg(i), variables, findings);
    for (auto& entry : value.entries)
        interpolateAll(entry.value, path.isEmpty() ? entry.key : path + u'.' + entry.key, variables, findings);
}

std::optional<ComposeValue> parseOtherFile(const std::string& text, const QString& shown, ComposeFindings& findings)
{
    findings.nameFile(shown);
    auto root = parseComposeYaml(text, findings);
    findings.nameFile({});
    if (root)
        nameFile(*root, shown);
    return root;
}

ServiceExtension::ServiceExtension(const ComposeVariables& variables, QString projectFolder, ComposeFindings& findings)
    : m_variables(variables), m_folder(std::move(projectFolder)), m_findings(findings)
{
}

void ServiceExtension::resolve(ComposeValue& root, const QString& file, const QString& folder)
{
    ComposeValue* services = valueOf(root, u"services");
    if (services == nullptr)
        return;
    const ComposeValue original = *services;
    const Document document{ file, folder, &original };
    for (auto& entry : services->entries)
        entry.value = whole(document, entry.key, std::move(entry.value), {});
}

ComposeValue ServiceExtension::whole(
    const Document& document, const QString& name, ComposeValue service, QStringList chain)
{
    const auto wish = std::find_if(service.entries.begin(), service.entries.end(),
        [](const ComposeEntry& entry) { return entry.key == u"extends"; });
    if (wish == service.entries.end())
        return service;
    const ComposeValue extends = std::move(wish->value);
    service.entries.erase(wish);
    chain << document.file + u'#' + name;
    auto base = baseOf(document, name, extends, chain);
    return base ? mergedService(*std::move(base), std::move(service)) : service;
}

std::optional<ComposeValue> ServiceExtension::baseOf(
    const Document& document, const QString& name, const ComposeValue& wish, const QStringList& chain)
{
    const QString path = QStringLiteral("services.%1.extends").arg(name);
    const ComposeCursor cursor(wish, path, m_findings);
    if (cursor.isMap())
        refuseStrangers(cursor, { QStringLiteral("service"), QStringLiteral("file") });
    const auto service = cursor.isMap() ? cursor.child(QStringLiteral("service")) : std::optional(cursor);
    const auto file = cursor.isMap() ? cursor.child(QStringLiteral("file")) : std::nullopt;
    const auto base = service ? service->text() : std::nullopt;
    if (!base) {
        cursor.refuse(trCompose("the service is missing that is extended"));
        return std::nullopt;
    }
    auto other = std::optional(document);
    if (const auto text = file ? file->text() : std::nullopt)
        other = opened(absolutePath(*text, document.folder), wish, path);
    if (!other)
        return std::nullopt;
    const auto* found = other->services == nullptr ? nullptr : other->services->find(*base);
    if (found == nullptr || chain.contains(other->file + u'#' + *base)) {
        cursor.refuse(found == nullptr ? trCompose("there is no service %1").arg(*base)
                                       : trCompose("it extends itself, by way of %1").arg(*base));
        return std::nullopt;
    }
    ComposeValue extended = whole(*other, *base, *found, chain);
    m_count += countOf(extended);
    if (m_count > kMostComposeValues || chain.size() > kDeepestComposeValue) {
        cursor.refuse(trCompose("too much is extended"));
        return std::nullopt;
    }
    if (other->folder != document.folder)
        makePathsAbsolute(extended, other->folder);
    return extended;
}

std::optional<ServiceExtension::Document> ServiceExtension::opened(
    const QString& file, const ComposeValue& wish, const QString& path)
{
    auto known = m_files.find(file);
    if (known == m_files.end()) {
        known = m_files.emplace(file, std::nullopt).first;
        const auto text = m_files.size() <= kMostOtherFiles
            ? readOtherFile(file)
            : Error{ ErrorCode::InvalidArgument, "too many other files", 0, {} };
        if (!text)
            m_findings.refuse(wish.place, path, QString::fromStdString(text.error().toLine()));
        else
            known->second = parseOtherFile(*text, QDir(m_folder).relativeFilePath(file), m_findings);
        if (known->second)
            interpolateAll(*known->second, {}, m_variables, m_findings);
    }
    if (!known->second)
        return std::nullopt;
    return Document{ file, QFileInfo(file).absolutePath(), known->second->find(u"services") };
}

} // namespace twinhull
