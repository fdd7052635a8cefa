// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_include.h"

#include "core/compose/compose_merge.h"
#include "core/compose/compose_service.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kMostIncluded = 20;

/// Of all that an included file says.
void makeProjectAbsolute(ComposeValue& root, const QString& folder)
{
    for (auto& section : root.entries) {
        for (auto& entry : section.value.entries) {
            if (section.key == u"services")
                makePathsAbsolute(entry.value, folder);
            else if (section.key == u"secrets" || section.key == u"configs")
                makePathAbsolute(entry.value, u"file", folder);
        }
    }
}

/// The files of an item: one, or several that go above each other.
QStringList pathsOf(const ComposeCursor& item)
{
    if (!item.isMap())
        return item.texts();
    refuseStrangers(item, { QStringLiteral("path"), QStringLiteral("project_directory"), QStringLiteral("env_file") });
    if (const auto files = item.child(QStringLiteral("env_file")))
        files->refuse(trCompose("an included file has the variables of the project"));
    const auto path = item.child(QStringLiteral("path"));
    return path ? path->texts() : QStringList();
}

} // namespace

FileInclusion::FileInclusion(
    const ComposeVariables& variables, QString projectFolder, ServiceExtension& extension, ComposeFindings& findings)
    : m_variables(variables), m_folder(std::move(projectFolder)), m_extension(extension), m_findings(findings)
{
}

void FileInclusion::resolve(ComposeValue& root, const QString& file)
{
    takeIn(root, m_folder, { file });
}

void FileInclusion::takeIn(ComposeValue& root, const QString& folder, const QStringList& chain)
{
    const auto entry = std::find_if(
        root.entries.begin(), root.entries.end(), [](const ComposeEntry& each) { return each.key == u"include"; });
    if (entry == root.entries.end())
        return;
    const ComposeValue wish = std::move(entry->value);
    root.entries.erase(entry);
    const ComposeCursor cursor(wish, QStringLiteral("include"), m_findings);
    for (const ComposeCursor& item : cursor.items())
        include(item, root, folder, chain);
}

void FileInclusion::include(
    const ComposeCursor& item, ComposeValue& root, const QString& folder, const QStringList& chain)
{
    const QStringList paths = pathsOf(item);
    if (paths.isEmpty()) {
        item.refuse(trCompose("the path of a file is wanted here"));
        return;
    }
    const auto asked = item.isMap() ? item.child(QStringLiteral("project_directory")) : std::nullopt;
    const QString below = asked ? absolutePath(asked->text().value_or(QString()), folder)
                                : QFileInfo(absolutePath(paths.front(), folder)).absolutePath();
    ComposeValue whole{ ComposeValue::Kind::Map, {}, {}, {}, {} };
    for (const QString& path : paths) {
        auto other = opened(item, absolutePath(path, folder), below, chain);
        if (!other)
            return;
        whole = mergedProject(std::move(whole), *std::move(other));
    }
    makeProjectAbsolute(whole, below);
    add(root, std::move(whole));
}

std::optional<ComposeValue> FileInclusion::opened(
    const ComposeCursor& item, const QString& file, const QString& projectFolder, const QStringList& chain)
{
    if (chain.contains(file) || ++m_files > kMostIncluded) {
        item.refuse(chain.contains(file) ? trCompose("%1 includes itself").arg(file)
                                         : trCompose("more than %1 files").arg(kMostIncluded));
        return std::nullopt;
    }
    const auto text = readOtherFile(file);
    if (!text) {
        item.refuse(text.error());
        return std::nullopt;
    }
    auto root = parseOtherFile(*text, QDir(m_folder).relativeFilePath(file), m_findings);
    if (!root)
        return std::nullopt;
    interpolateAll(*root, {}, m_variables, m_findings);
    takeIn(*root, projectFolder, chain + QStringList{ file });
    m_extension.resolve(*root, file, projectFolder);
    return root;
}

void FileInclusion::add(ComposeValue& root, ComposeValue&& other)
{
    for (ComposeEntry& section : other.entries) {
        if (section.key == u"name" || section.key == u"version" || isExtensionKey(section.key))
            continue; // they are that file's own
        const auto here = std::find_if(root.entries.begin(), root.entries.end(),
            [&section](const ComposeEntry& each) { return each.key == section.key; });
        if (here == root.entries.end()) {
            root.entries.push_back(std::move(section));
            continue;
        }
        for (ComposeEntry& entry : section.value.entries) {
            const auto* known = here->value.find(entry.key);
            const bool isSame = known != nullptr && known->kind == ComposeValue::Kind::Null
                && entry.value.kind == ComposeValue::Kind::Null; // as in: volumes: {data: }
            if (known == nullptr) {
                here->value.kind = ComposeValue::Kind::Map;
                here->value.entries.push_back(std::move(entry));
            } else if (!isSame) {
                m_findings.refuse(entry.place, section.key + u'.' + entry.key,
                    trCompose("it is there already; an included file says only what no other says"));
            }
        }
    }
}

} // namespace twinhull
