// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_yaml.h"

#include <yaml-cpp/yaml.h>

#include <QSet>

namespace twinhull {

namespace {

ComposePlace placeOf(const YAML::Mark& mark)
{
    return mark.is_null() ? ComposePlace() : ComposePlace{ mark.line + 1, mark.column + 1, {} };
}

/// "?" and "!" are what yaml-cpp says of plain and quoted scalars without a tag.
bool isUsualTag(const std::string& tag)
{
    return tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
}

/// Nothing for one that nobody knows.
std::optional<ComposeValue::Stand> standOf(const std::string& tag)
{
    if (isUsualTag(tag))
        return ComposeValue::Stand::Merged;
    if (tag == "!reset")
        return ComposeValue::Stand::Reset;
    return tag == "!override" ? std::optional(ComposeValue::Stand::Override) : std::nullopt;
}

/// From yaml-cpp's graph to a tree of ours. False, and a finding, where that cannot be done.
class YamlConversion {
public:
    explicit YamlConversion(ComposeFindings& findings) : m_findings(findings) { }

    bool convert(const YAML::Node& node, const QString& path, int depth, ComposeValue& value)
    {
        value.place = placeOf(node.Mark());
        if (++m_count > kMostComposeValues)
            return refuse(node, path, QStringLiteral("more than %1 values").arg(kMostComposeValues));
        if (depth > kDeepestComposeValue)
            return refuse(
                node, path, QStringLiteral("more than %1 values inside each other").arg(kDeepestComposeValue));
        const auto stand = standOf(node.Tag());
        if (!stand || (depth == 0 && *stand != ComposeValue::Stand::Merged)) // a whole file has nothing below it
            return refuse(
                node, path, QStringLiteral("the tag %1 is not known").arg(QString::fromStdString(node.Tag()).left(40)));
        value.stand = *stand;
        if (node.IsScalar()) {
            value.kind = ComposeValue::Kind::Scalar;
            m_bytes += node.Scalar().size();
            if (m_bytes > kMostComposeBytes)
                return refuse(node, path, QStringLiteral("its texts are too long together"));
            value.text = QString::fromStdString(node.Scalar());
            return true;
        }
        if (node.IsSequence())
            return fillList(node, path, depth, value);
        return !node.IsMap() || fillMap(node, path, depth, value);
    }

private:
    bool refuse(const YAML::Node& node, const QString& path, const QString& text)
    {
        m_findings.refuse(placeOf(node.Mark()), path, text);
        return false;
    }

    bool fillList(const YAML::Node& node, const QString& path, int depth, ComposeValue& list)
    {
        list.kind = ComposeValue::Kind::List;
        for (const auto& item : node) {
            const QString below = path + QStringLiteral("[%1]").arg(list.items.size());
            if (!convert(item, below, depth + 1, list.items.emplace_back()))
                return false;
        }
        return true;
    }

    bool fillMap(const YAML::Node& node, const QString& path, int depth, ComposeValue& map)
    {
        map.kind = ComposeValue::Kind::Map;
        QSet<QString> keys;
        std::vector<ComposeValue> merged;
        for (const auto& pair : node) {
            if (!pair.first.IsScalar() || pair.first.Scalar().size() > 1024)
                return refuse(pair.first, path, QStringLiteral("a key must be a short text"));
            const QString key = QString::fromStdString(pair.first.Scalar());
            const QString below = path.isEmpty() ? key : path + u'.' + key;
            ComposeValue value;
            if (!convert(pair.second, below, depth + 1, value))
                return false;
            if (key == u"<<")
                merged.push_back(std::move(value));
            else if (keys.contains(key))
                refuse(pair.first, below, QStringLiteral("this key is there twice"));
            else
                map.entries.push_back({ key, placeOf(pair.first.Mark()), std::move(value) });
            keys.insert(key);
        }
        for (ComposeValue& each : merged)
            merge(each, path, keys, map);
        return true;
    }

    /// What a merge key (https://yaml.org/type/merge.html) brings and the map itself does not say.
    void merge(ComposeValue& from, const QString& path, QSet<QString>& keys, ComposeValue& map)
    {
        for (ComposeValue& each : from.items)
            merge(each, path, keys, map);
        if (from.kind != ComposeValue::Kind::Map && from.kind != ComposeValue::Kind::List)
            m_findings.refuse(from.place, path + QStringLiteral(".<<"), QStringLiteral("only a map can be merged"));
        for (ComposeEntry& entry : from.entries) {
            if (keys.contains(entry.key))
                continue;
            keys.insert(entry.key);
            map.entries.push_back(std::move(entry));
        }
    }

    ComposeFindings& m_findings;
    std::size_t m_count = 0;
    std::size_t m_bytes = 0;
};

std::optional<ComposeValue> treeOf(const std::vector<YAML::Node>& documents, ComposeFindings& findings)
{
    if (documents.size() > 1) {
        findings.refuse(
            placeOf(documents[1].Mark()), {}, QStringLiteral("a second document; give it a file of its own"));
        return std::nullopt;
    }
    if (documents.empty() || !documents.front().IsMap()) {
        findings.refuse({ 1, 1 }, {}, QStringLiteral("a Compose file is a map that has services"));
        return std::nullopt;
    }
    ComposeValue value;
    if (!YamlConversion(findings).convert(documents.front(), {}, 0, value))
        return std::nullopt;
    return value;
}

} // namespace

std::optional<ComposeValue> parseComposeYaml(const std::string& text, ComposeFindings& findings)
{
    if (text.size() > kComposeFileBytes) {
        findings.refuse({}, {}, QStringLiteral("larger than a Compose file can be (1 MiB)"));
        return std::nullopt;
    }
    try { // yaml-cpp throws
        return treeOf(YAML::LoadAll(text), findings);
    } catch (const YAML::Exception& problem) { // DeepRecursion too
        findings.refuse(placeOf(problem.mark), {}, QString::fromStdString(problem.msg));
    } catch (const std::exception& problem) {
        findings.refuse({}, {}, QString::fromUtf8(problem.what()));
    }
    return std::nullopt;
}

} // namespace twinhull
