// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_merge.h"

#include <QStringList>

#include <algorithm>
#include <iterator>
#include <utility>

namespace twinhull {

namespace {

using MergeKind = ComposeValue::Kind;
using Stand = ComposeValue::Stand;
using MergeRule = ComposeValue (*)(ComposeValue base, ComposeValue above);

ComposeValue scalarAt(const ComposePlace& place, const QString& text)
{
    return { MergeKind::Scalar, place, text, {}, {} };
}

bool isListOfScalars(const ComposeValue& value)
{
    return value.kind == MergeKind::List
        && std::all_of(value.items.begin(), value.items.end(),
            [](const ComposeValue& item) { return item.kind == MergeKind::Scalar; });
}

ComposeEntry* entryOf(ComposeValue& map, const QString& key)
{
    const auto found = std::find_if(
        map.entries.begin(), map.entries.end(), [&key](const ComposeEntry& entry) { return entry.key == key; });
    return found == map.entries.end() ? nullptr : &*found;
}

/// By the rule of its key, where neither file says otherwise. What one of them says of files below holds for the two
/// together, because they may stand above another one yet.
ComposeValue stacked(ComposeValue base, ComposeValue above, MergeRule rule)
{
    if (above.stand != Stand::Merged)
        return above;
    const Stand stand = base.stand;
    if (stand == Stand::Reset)
        base = std::move(above);
    else
        base = rule(std::move(base), std::move(above));
    base.stand = stand == Stand::Merged ? Stand::Merged : Stand::Override;
    return base;
}

/// A rule that depends on the key.
template <typename RuleOf>
ComposeValue mergedMap(ComposeValue base, ComposeValue above, RuleOf ruleOf)
{
    if (above.kind != MergeKind::Map || base.kind != MergeKind::Map)
        return above.kind == MergeKind::Null ? std::move(base) : std::move(above);
    for (ComposeEntry& entry : above.entries) {
        if (ComposeEntry* same = entryOf(base, entry.key)) {
            same->value = stacked(std::move(same->value), std::move(entry.value), ruleOf(entry.key));
            same->place = entry.place;
        } else {
            base.entries.push_back(std::move(entry));
        }
    }
    base.place = above.place;
    return base;
}

/// What is said twice is there once.
void appendNew(std::vector<ComposeValue>& items, std::vector<ComposeValue> others)
{
    for (ComposeValue& other : others) {
        const bool isThere = other.kind == MergeKind::Scalar
            && std::any_of(items.begin(), items.end(), [&other](const ComposeValue& item) {
                   return item.kind == MergeKind::Scalar && item.text == other.text;
               });
        if (!isThere)
            items.push_back(std::move(other));
    }
}

ComposeValue mergedAny(ComposeValue base, ComposeValue above)
{
    if (base.kind == MergeKind::List && above.kind == MergeKind::List) {
        appendNew(base.items, std::move(above.items));
        return base;
    }
    return mergedMap(std::move(base), std::move(above), [](const QString&) -> MergeRule { return &mergedAny; });
}

ComposeValue laterOf(ComposeValue base, ComposeValue above)
{
    return above.kind == MergeKind::Null ? std::move(base) : std::move(above);
}

/// One text is a list of one.
ComposeValue mergedTexts(ComposeValue base, ComposeValue above)
{
    for (ComposeValue* value : { &base, &above }) {
        if (value->kind == MergeKind::Scalar)
            *value = { MergeKind::List, value->place, {}, { *value }, {} };
    }
    return mergedAny(std::move(base), std::move(above));
}

/// [A=1, B] is {A: 1, B: }; what is no such list stays, and is refused where it is read.
ComposeValue asPairs(ComposeValue value)
{
    if (!isListOfScalars(value))
        return value;
    ComposeValue map{ MergeKind::Map, value.place, {}, {}, {} };
    for (const ComposeValue& item : value.items) {
        const auto end = item.text.indexOf(u'=');
        ComposeEntry entry{ item.text.left(end), item.place, {} };
        entry.value = end < 0 ? ComposeValue{ MergeKind::Null, item.place, {}, {}, {} }
                              : scalarAt(item.place, item.text.mid(end + 1));
        if (ComposeEntry* same = entryOf(map, entry.key))
            *same = std::move(entry);
        else
            map.entries.push_back(std::move(entry));
    }
    return map;
}

/// Also where it is null.
ComposeValue anyLaterOf(ComposeValue base, ComposeValue above)
{
    base = std::move(above);
    return base;
}

/// Here null is a value: that of the environment.
ComposeValue mergedPairs(ComposeValue base, ComposeValue above)
{
    return mergedMap(
        asPairs(std::move(base)), asPairs(std::move(above)), [](const QString&) -> MergeRule { return &anyLaterOf; });
}

/// [a, b] is {a: , b: }.
ComposeValue asNames(ComposeValue value)
{
    if (!isListOfScalars(value))
        return value;
    ComposeValue map{ MergeKind::Map, value.place, {}, {}, {} };
    for (const ComposeValue& item : value.items) {
        if (entryOf(map, item.text) == nullptr)
            map.entries.push_back({ item.text, item.place, { MergeKind::Null, item.place, {}, {}, {} } });
    }
    return map;
}

ComposeValue mergedNames(ComposeValue base, ComposeValue above)
{
    if (base.kind == above.kind)
        return mergedAny(std::move(base), std::move(above));
    return mergedAny(asNames(std::move(base)), asNames(std::move(above)));
}

/// Of depends_on a name alone means that it is started.
ComposeValue withCondition(ComposeValue value)
{
    if (!isListOfScalars(value))
        return value;
    ComposeValue map = asNames(std::move(value));
    for (ComposeEntry& entry : map.entries)
        entry.value = {
            MergeKind::Map, entry.place, {}, {},
            { { QStringLiteral("condition"), entry.place, scalarAt(entry.place, QStringLiteral("service_started")) } }
        };
    return map;
}

ComposeValue mergedDependencies(ComposeValue base, ComposeValue above)
{
    if (base.kind == above.kind)
        return mergedAny(std::move(base), std::move(above));
    return mergedAny(withCondition(std::move(base)), withCondition(std::move(above)));
}

/// "host:address" or "host=address" as a map.
ComposeValue mergedHosts(ComposeValue base, ComposeValue above)
{
    for (ComposeValue* value : { &base, &above }) {
        for (ComposeValue& item : value->items) {
            const auto colon = item.text.indexOf(u':');
            if (colon > 0 && !item.text.left(colon).contains(u'='))
                item.text[colon] = u'=';
        }
    }
    return mergedPairs(std::move(base), std::move(above));
}

QString scalarOf(const ComposeValue& map, QStringView key)
{
    const auto* value = map.find(key);
    return value == nullptr ? QString() : value->text;
}

/// Where it stands inside, of a volume in either form.
QString targetOf(const ComposeValue& mount)
{
    if (mount.kind == MergeKind::Map)
        return scalarOf(mount, u"target");
    return mount.text.contains(u':') ? mount.text.section(u':', 1, 1) : mount.text;
}

QString fileTargetOf(const ComposeValue& file)
{
    const QString target = scalarOf(file, u"target");
    return file.kind != MergeKind::Map ? file.text : target.isEmpty() ? scalarOf(file, u"source") : target;
}

/// [ADDRESS:][PUBLISHED:]TARGET/PROTOCOL
QString portOf(const ComposeValue& port)
{
    if (port.kind != MergeKind::Map)
        return port.text.contains(u'/') ? port.text : port.text + QStringLiteral("/tcp");
    QString text = scalarOf(port, u"target");
    for (const QString& part : { scalarOf(port, u"published"), scalarOf(port, u"host_ip") }) {
        if (!part.isEmpty())
            text.prepend(part + u':');
    }
    const QString protocol = scalarOf(port, u"protocol");
    return text + u'/' + (protocol.isEmpty() ? QStringLiteral("tcp") : protocol);
}

template <QString (*KeyOf)(const ComposeValue&)>
ComposeValue mergedByKey(ComposeValue base, ComposeValue above)
{
    if (base.kind != MergeKind::List || above.kind != MergeKind::List)
        return laterOf(std::move(base), std::move(above));
    for (ComposeValue& item : above.items) {
        const auto same = std::find_if(base.items.begin(), base.items.end(),
            [key = KeyOf(item)](const ComposeValue& each) { return !key.isEmpty() && KeyOf(each) == key; });
        if (same == base.items.end())
            base.items.push_back(std::move(item));
        else
            *same = std::move(item);
    }
    return base;
}

ComposeValue mergedHealth(ComposeValue base, ComposeValue above)
{
    return mergedMap(std::move(base), std::move(above),
        [](const QString& key) -> MergeRule { return key == u"test" ? &laterOf : &mergedAny; });
}

/// A text alone is the context.
ComposeValue mergedBuild(ComposeValue base, ComposeValue above)
{
    for (ComposeValue* value : { &base, &above }) {
        if (value->kind == MergeKind::Scalar)
            *value = { MergeKind::Map, value->place, {}, {}, { { QStringLiteral("context"), value->place, *value } } };
    }
    return mergedMap(std::move(base), std::move(above),
        [](const QString& key) -> MergeRule { return key == u"args" || key == u"labels" ? &mergedPairs : &mergedAny; });
}

struct ServiceRule {
    const char* key;
    MergeRule rule;
};
constexpr ServiceRule kServiceRules[] = {
    { "command", &laterOf },
    { "entrypoint", &laterOf },
    { "environment", &mergedPairs },
    { "labels", &mergedPairs },
    { "annotations", &mergedPairs },
    { "sysctls", &mergedPairs },
    { "extra_hosts", &mergedHosts },
    { "env_file", &mergedTexts },
    { "tmpfs", &mergedTexts },
    { "dns", &mergedTexts },
    { "dns_search", &mergedTexts },
    { "networks", &mergedNames },
    { "depends_on", &mergedDependencies },
    { "volumes", &mergedByKey<&targetOf> },
    { "secrets", &mergedByKey<&fileTargetOf> },
    { "configs", &mergedByKey<&fileTargetOf> },
    { "ports", &mergedByKey<&portOf> },
    { "healthcheck", &mergedHealth },
    { "build", &mergedBuild },
};

MergeRule ruleOfServiceKey(const QString& key)
{
    const auto* const found = std::find_if(std::begin(kServiceRules), std::end(kServiceRules),
        [&key](const ServiceRule& rule) { return key == QLatin1String(rule.key); });
    return found == std::end(kServiceRules) ? &mergedAny : found->rule;
}

ComposeValue mergedServices(ComposeValue base, ComposeValue above)
{
    return mergedMap(std::move(base), std::move(above), [](const QString&) -> MergeRule { return &mergedService; });
}

} // namespace

ComposeValue mergedService(ComposeValue base, ComposeValue above)
{
    return mergedMap(std::move(base), std::move(above), &ruleOfServiceKey);
}

ComposeValue mergedProject(ComposeValue base, ComposeValue above)
{
    return mergedMap(std::move(base), std::move(above),
        [](const QString& key) -> MergeRule { return key == u"services" ? &mergedServices : &mergedAny; });
}

void settle(ComposeValue& value)
{
    value.stand = Stand::Merged;
    std::erase_if(value.items, [](const ComposeValue& item) { return item.stand == Stand::Reset; });
    std::erase_if(value.entries, [](const ComposeEntry& entry) { return entry.value.stand == Stand::Reset; });
    for (auto& item : value.items)
        settle(item);
    for (auto& entry : value.entries)
        settle(entry.value);
}

std::size_t countOf(const ComposeValue& value)
{
    std::size_t count = 1;
    for (const auto& item : value.items)
        count += countOf(item);
    for (const auto& entry : value.entries)
        count += countOf(entry.value);
    return count;
}

} // namespace twinhull
