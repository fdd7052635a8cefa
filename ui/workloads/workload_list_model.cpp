// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_list_model.h"

#include "core/workload/workload_connection.h"
#include "core/compose/compose_labels.h"
#include "ui/workloads/workload_cells.h"

#include <algorithm>

namespace twinhull {

namespace {

bool isUnwell(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Running && info.health == Health::Unhealthy;
}

/// The container before the VM within a twin; by name elsewhere.
bool comesBefore(const WorkloadInfo& a, const WorkloadInfo& b)
{
    const int byName = QString::localeAwareCompare(a.name, b.name);
    return byName != 0 ? byName < 0 : a.id < b.id;
}

bool isLiveState(WorkloadState state)
{
    return state == WorkloadState::Running || state == WorkloadState::Paused || state == WorkloadState::Starting
        || state == WorkloadState::Stopping;
}

bool isFigureColumn(int column)
{
    return column >= WorkloadListModel::CpuColumn;
}

} // namespace

WorkloadListModel::WorkloadListModel(WorkloadRegistry& registry, const MetricRings& rings, QObject* parent)
    : QAbstractItemModel(parent), m_registry(registry), m_rings(rings)
{
    for (const WorkloadInfo& info : registry.workloads())
        add(info);
    connect(&registry, &WorkloadRegistry::added, this, &WorkloadListModel::add);
    connect(&registry, &WorkloadRegistry::changed, this, &WorkloadListModel::change);
    connect(&registry, &WorkloadRegistry::removed, this, &WorkloadListModel::remove);
    connect(&rings, &MetricRings::ticked, this, &WorkloadListModel::onTicked);
}

WorkloadListModel::~WorkloadListModel() = default;

// ── structure

QModelIndex WorkloadListModel::index(int row, int column, const QModelIndex& parentIndex) const
{
    if (!hasIndex(row, column, parentIndex))
        return {};
    if (!parentIndex.isValid())
        return createIndex(row, column, nullptr);
    return createIndex(row, column, m_groups[static_cast<std::size_t>(parentIndex.row())].get());
}

QModelIndex WorkloadListModel::parent(const QModelIndex& child) const
{
    const auto* group = static_cast<const Group*>(child.constInternalPointer());
    return child.isValid() && group ? groupIndex(*group) : QModelIndex();
}

int WorkloadListModel::rowCount(const QModelIndex& parentIndex) const
{
    if (!parentIndex.isValid())
        return static_cast<int>(m_groups.size());
    if (parentIndex.internalPointer() || parentIndex.column() != NameColumn)
        return 0;
    return static_cast<int>(m_groups[static_cast<std::size_t>(parentIndex.row())]->rows.size());
}

int WorkloadListModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

int WorkloadListModel::rowOf(const Group& group) const
{
    const auto found
        = std::find_if(m_groups.begin(), m_groups.end(), [&group](const auto& own) { return own.get() == &group; });
    return static_cast<int>(found - m_groups.begin());
}

QModelIndex WorkloadListModel::groupIndex(const Group& group, int column) const
{
    return createIndex(rowOf(group), column, nullptr);
}

const WorkloadInfo* WorkloadListModel::workload(const QModelIndex& at) const
{
    if (!checkIndex(at, CheckIndexOption::IndexIsValid))
        return nullptr;
    const auto* group = static_cast<const Group*>(at.constInternalPointer());
    return group ? &group->rows[static_cast<std::size_t>(at.row())] : nullptr;
}

std::vector<WorkloadInfo> WorkloadListModel::workloadsAt(const QModelIndex& at) const
{
    if (const WorkloadInfo* info = workload(at))
        return { *info };
    if (!at.isValid())
        return {};
    const Group& group = *m_groups[static_cast<std::size_t>(at.row())];
    return group.key.kind == GroupKey::Kind::Rest ? std::vector<WorkloadInfo>{} : group.rows;
}

QModelIndex WorkloadListModel::indexOf(const WorkloadId& id) const
{
    for (const auto& group : m_groups) {
        for (std::size_t row = 0; row < group->rows.size(); ++row) {
            if (group->rows[row].id == id)
                return createIndex(static_cast<int>(row), NameColumn, group.get());
        }
    }
    return {};
}

QModelIndex WorkloadListModel::indexOfApplication(const QString& project) const
{
    for (const auto& group : m_groups) {
        if (group->key == GroupKey{ GroupKey::Kind::Application, project })
            return groupIndex(*group);
    }
    return {};
}

int WorkloadListModel::workloadCount() const
{
    std::size_t count = 0;
    for (const auto& group : m_groups)
        count += group->rows.size();
    return static_cast<int>(count);
}

// ── what the registry says

WorkloadListModel::GroupKey WorkloadListModel::groupKeyOf(const WorkloadInfo& info)
{
    if (!info.twinGroup.isEmpty())
        return { GroupKey::Kind::Twin, info.twinGroup };
    if (const QString connection = connectionOf(info.id); !connection.isEmpty())
        return { GroupKey::Kind::Host, connection };
    const QString project = projectOf(info);
    return project.isEmpty() ? GroupKey() : GroupKey{ GroupKey::Kind::Application, project };
}

WorkloadListModel::Group& WorkloadListModel::groupFor(const GroupKey& key)
{
    const auto comesFirst
        = [](const std::unique_ptr<Group>& group, const GroupKey& wanted) { return group->key < wanted; };
    const auto place = std::lower_bound(m_groups.begin(), m_groups.end(), key, comesFirst);
    if (place != m_groups.end() && (*place)->key == key)
        return **place;
    const int row = static_cast<int>(place - m_groups.begin());
    auto group = std::make_unique<Group>();
    group->key = key;
    beginInsertRows({}, row, row);
    const auto made = m_groups.insert(place, std::move(group));
    endInsertRows();
    return **made;
}

void WorkloadListModel::add(const WorkloadInfo& info)
{
    if (indexOf(info.id).isValid()) {
        change(info);
        return;
    }
    Group& group = groupFor(groupKeyOf(info));
    const auto place = std::lower_bound(group.rows.begin(), group.rows.end(), info, comesBefore);
    const int row = static_cast<int>(place - group.rows.begin());
    beginInsertRows(groupIndex(group), row, row);
    group.rows.insert(place, info);
    endInsertRows();
    refreshSentence(group);
    refreshUngroupedSentence();
}

void WorkloadListModel::change(const WorkloadInfo& info)
{
    const QModelIndex at = indexOf(info.id);
    if (!at.isValid()) {
        add(info);
        return;
    }
    auto& group = *static_cast<Group*>(at.internalPointer());
    WorkloadInfo& own = group.rows[static_cast<std::size_t>(at.row())];
    if (groupKeyOf(own) != groupKeyOf(info) || own.name != info.name) {
        remove(info.id);
        add(info);
        return;
    }
    own = info;
    Q_EMIT dataChanged(at, at.siblingAtColumn(UpColumn));
    refreshSentence(group);
}

void WorkloadListModel::remove(const WorkloadId& id)
{
    const QModelIndex at = indexOf(id);
    if (!at.isValid())
        return;
    auto& group = *static_cast<Group*>(at.internalPointer());
    beginRemoveRows(groupIndex(group), at.row(), at.row());
    group.rows.erase(group.rows.begin() + at.row());
    endRemoveRows();
    if (!group.rows.empty()) {
        refreshSentence(group);
        return;
    }
    const int row = rowOf(group);
    beginRemoveRows({}, row, row);
    m_groups.erase(m_groups.begin() + row);
    endRemoveRows();
    refreshUngroupedSentence();
}

// ── figures

void WorkloadListModel::setLive(bool isLive)
{
    m_isLive = isLive;
    if (isLive)
        onTicked();
}

void WorkloadListModel::onTicked()
{
    if (!m_isLive)
        return;
    for (const auto& group : m_groups) {
        if (m_telling == Telling::EveryRow)
            tellRows(*group);
        refreshSentence(*group);
    }
    if (m_telling == Telling::FiguresMoved)
        Q_EMIT figuresMoved();
}

void WorkloadListModel::tellRows(const Group& group)
{
    const auto isLive = [](const WorkloadInfo& info) { return isLiveState(info.state); };
    const auto first = std::find_if(group.rows.begin(), group.rows.end(), isLive);
    if (first == group.rows.end())
        return;
    const auto last = std::find_if(group.rows.rbegin(), group.rows.rend(), isLive).base() - 1;
    Q_EMIT dataChanged(createIndex(static_cast<int>(first - group.rows.begin()), CpuColumn, &group),
        createIndex(static_cast<int>(last - group.rows.begin()), UpColumn, &group));
}

QString WorkloadListModel::sentenceOf(const Group& group) const
{
    if (group.key.kind == GroupKey::Kind::Twin)
        return twinSentence(m_rings, group.key.name, group.rows);
    if (group.key.kind == GroupKey::Kind::Application)
        return applicationSentence(group.key.name, group.rows);
    if (group.key.kind == GroupKey::Kind::Host)
        return hostSentence(group);
    if (m_groups.size() == 1)
        return tr("Workloads");
    if (m_groups.front()->key.kind == GroupKey::Kind::Rest)
        return tr("This computer");
    return m_groups.front()->key.kind == GroupKey::Kind::Twin ? tr("Not in a twin") : tr("On their own");
}

QString WorkloadListModel::hostSentence(const Group& group) const
{
    const auto* connection = group.rows.empty()
        ? nullptr
        : dynamic_cast<const HasConnection*>(providerOf(m_registry, group.rows.front().id));
    const auto status = connection != nullptr ? connection->connectionStatus() : std::nullopt;
    const QString host = tr("Host %1").arg(group.key.name);
    if (status && status->state == ConnectionStatus::State::Lost)
        return host + QStringLiteral(" · ")
            + tr("does not answer; last seen %1, as shown here").arg(lastSeenText(status->lastSeen));
    return host;
}

void WorkloadListModel::refreshSentence(Group& group)
{
    const QString sentence = sentenceOf(group);
    if (sentence == group.sentence)
        return;
    group.sentence = sentence;
    const QModelIndex header = groupIndex(group);
    Q_EMIT dataChanged(header, header.siblingAtColumn(ColumnCount - 1)); // it is written across all columns
}

void WorkloadListModel::refreshUngroupedSentence()
{
    for (const auto& group : m_groups) {
        if (group->key.kind == GroupKey::Kind::Rest)
            refreshSentence(*group);
    }
}

// ── cells

QVariant WorkloadListModel::data(const QModelIndex& at, int role) const
{
    if (!checkIndex(at, CheckIndexOption::IndexIsValid))
        return {};
    if (const auto* group = static_cast<const Group*>(at.constInternalPointer()))
        return rowData(*group, group->rows[static_cast<std::size_t>(at.row())], at.column(), role);
    return groupData(*m_groups[static_cast<std::size_t>(at.row())], at.column(), role);
}

QVariant WorkloadListModel::groupData(const Group& group, int column, int role) const
{
    if (role == TwinGroupRole)
        return group.key.kind == GroupKey::Kind::Twin ? group.key.name : QString();
    if (column == NameColumn && (role == Qt::DisplayRole || role == Qt::ToolTipRole || role == Qt::AccessibleTextRole))
        return group.sentence;
    return {};
}

QVariant WorkloadListModel::rowData(const Group& group, const WorkloadInfo& info, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return cellText(m_rings, info, column);
    case Qt::ToolTipRole:
        return cellToolTip(m_rings, info, column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isFigureColumn(column) ? Qt::AlignRight : Qt::AlignLeft));
    case IdRole:
        return QVariant::fromValue(info.id);
    case KindRole:
        return static_cast<int>(info.id.kind);
    case StateRole:
        return static_cast<int>(isUnwell(info) ? WorkloadState::Failed : info.state);
    case TwinGroupRole:
        return info.twinGroup;
    case SortRole:
        return cellSortValue(m_rings, info, column);
    case AbsentRole:
        return isFigureColumn(column) && cellSortValue(m_rings, info, column).toDouble() == -1;
    case NoteRole:
        return column == MemoryColumn ? overheadNote(m_rings, info, group.rows) : QString();
    default:
        return {};
    }
}

QVariant WorkloadListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::AlignVCenter | (isFigureColumn(section) && section != CpuColumn ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::ToolTipRole)
        return columnExplanation(section);
    if (role != Qt::DisplayRole)
        return {};
    static const char* const kTitles[ColumnCount] = { QT_TR_NOOP("Name"), QT_TR_NOOP("Kind"), QT_TR_NOOP("State"),
        QT_TR_NOOP("Image / OS"), QT_TR_NOOP("CPU, last minute"), QT_TR_NOOP("Memory, host cost"),
        QT_TR_NOOP("Network"), QT_TR_NOOP("Disk"), QT_TR_NOOP("Up") };
    return section >= 0 && section < ColumnCount ? tr(kTitles[section]) : QString();
}

} // namespace twinhull
