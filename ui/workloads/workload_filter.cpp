// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_filter.h"

#include "core/workload/workload_connection.h"

#include <QHash>

#include <algorithm>

namespace twinhull {

namespace {

std::optional<WorkloadKind> kindFrom(const QString& text)
{
    if (text == u"vm")
        return WorkloadKind::Vm;
    if (text == u"container" || text == u"ct")
        return WorkloadKind::Container;
    return std::nullopt;
}

std::optional<WorkloadState> stateFrom(const QString& text)
{
    static const QHash<QString, WorkloadState> kStates{
        { QStringLiteral("unknown"), WorkloadState::Unknown },
        { QStringLiteral("creating"), WorkloadState::Creating },
        { QStringLiteral("stopped"), WorkloadState::Stopped },
        { QStringLiteral("starting"), WorkloadState::Starting },
        { QStringLiteral("running"), WorkloadState::Running },
        { QStringLiteral("paused"), WorkloadState::Paused },
        { QStringLiteral("stopping"), WorkloadState::Stopping },
        { QStringLiteral("failed"), WorkloadState::Failed },
    };
    const auto found = kStates.find(text);
    return found == kStates.end() ? std::nullopt : std::optional(*found);
}

template <typename T>
bool allows(const std::vector<T>& alternatives, const T& value)
{
    return alternatives.empty() || std::find(alternatives.begin(), alternatives.end(), value) != alternatives.end();
}

/// As the filter names it; nothing matches a container.
QString connectionWord(const WorkloadId& id)
{
    if (id.kind == WorkloadKind::Container)
        return {};
    const QString name = connectionOf(id);
    return name.isEmpty() ? QStringLiteral("home") : name;
}

QString haystackOf(const WorkloadInfo& info)
{
    QStringList parts{ info.name, info.image, info.imageDigest, info.twinGroup, info.group, connectionOf(info.id) };
    for (const PublishedPort& port : info.ports)
        parts << QString::number(port.hostPort);
    for (auto label = info.labels.begin(); label != info.labels.end(); ++label)
        parts << label.key() + QLatin1Char('=') + label.value();
    return parts.join(QLatin1Char('\n')).toCaseFolded();
}

} // namespace

WorkloadFilter WorkloadFilter::parse(const QString& text)
{
    WorkloadFilter filter;
    for (const QString& token : text.toCaseFolded().split(QLatin1Char(' '), Qt::SkipEmptyParts))
        filter.take(token);
    return filter;
}

void WorkloadFilter::take(const QString& token)
{
    const qsizetype colon = token.indexOf(QLatin1Char(':'));
    if (colon <= 0 || !takeKeyed(token.left(colon), token.mid(colon + 1)))
        m_words << token;
}

bool WorkloadFilter::takeKeyed(const QString& key, const QString& value)
{
    if (key == u"kind") {
        if (const auto kind = kindFrom(value))
            m_kinds.push_back(*kind);
        return true;
    }
    if (key == u"state") {
        if (const auto state = stateFrom(value))
            m_states.push_back(*state);
        return true;
    }
    if (key == u"twin") {
        if (!value.isEmpty())
            m_twins << value;
        return true;
    }
    if (key == u"group") {
        if (!value.isEmpty())
            m_groups << value;
        return true;
    }
    if (key == u"connection") {
        if (!value.isEmpty())
            m_connections << value;
        return true;
    }
    return false;
}

bool WorkloadFilter::matches(const WorkloadInfo& info) const
{
    if (!allows(m_kinds, info.id.kind) || !allows(m_states, info.state))
        return false;
    if (!m_twins.isEmpty() && !m_twins.contains(info.twinGroup.toCaseFolded()))
        return false;
    const auto isInGroup = [group = info.group.toCaseFolded()](const QString& word) { return group.contains(word); };
    if (!m_groups.isEmpty() && std::none_of(m_groups.begin(), m_groups.end(), isInGroup))
        return false;
    if (!m_connections.isEmpty() && !m_connections.contains(connectionWord(info.id)))
        return false;
    const QString haystack = haystackOf(info);
    return std::all_of(
        m_words.begin(), m_words.end(), [&haystack](const QString& word) { return haystack.contains(word); });
}

} // namespace twinhull
