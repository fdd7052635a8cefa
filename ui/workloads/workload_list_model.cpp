// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_list_model.h"

#include "core/compose/compose_labels.h"
#include "core/workload/workload_connection.h"
#include "ui/widgets/tool_tip.h"
#include "ui/workloads/workload_cells.h"

#include <algorithm>

namespace twinhull {

namespace {

bool isUnwell(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Running && info.health == Health::Unhealthy;
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

using Heading = HeadingKey::Kind;

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
    const auto place = static_cast<std::size_t>(parentIndex.row());
    const auto* group = static_cast<const Group*>(parentIndex.constInternalPointer());
    return createIndex(row, column, group ? group->rows[place].inner.get() : m_groups[place].get());
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
    if (parentIndex.column() != NameColumn)
        return 0;
    const auto place = static_cast<std::size_t>(parentIndex.row());
    const auto* group = static_cast<const Group*>(parentIndex.constInternalPointer());
    if (group == nullptr)
        return static_cast<int>(m_groups[place]->rows.size());
    const auto& inner = group->rows[place].inner;
    return inner ? static_cast<int>(inner->rows.size()) : 0;
}

int WorkloadListModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

int WorkloadListModel::rowOf(const Group& group) const
{
    if (group.above != nullptr) {
        const auto& rows = group.above->rows;
        const auto own
            = std::find_if(rows.begin(), rows.end(), [&group](const Row& row) { return row.inner.get() == &group; });
        return static_cast<int>(own - rows.begin());
    }
    const auto found
        = std::find_if(m_groups.begin(), m_groups.end(), [&group](const auto& own) { return own.get() == &group; });
    return static_cast<int>(found - m_groups.begin());
}

QModelIndex WorkloadListModel::groupIndex(const Group& group, int column) const
{
    return createIndex(rowOf(group), column, group.above);
}

std::vector<WorkloadInfo> WorkloadListModel::allOf(const Group& group)
{
    std::vector<WorkloadInfo> all;
    for (const Row& row : group.rows) {
        if (!row.inner) {
            all.push_back(row.info);
            continue;
        }
        for (const Row& replica : row.inner->rows)
            all.push_back(replica.info);
    }
    return all;
}

const WorkloadInfo* WorkloadListModel::workload(const QModelIndex& at) const
{
    if (!checkIndex(at, CheckIndexOption::IndexIsValid))
        return nullptr;
    const auto* group = static_cast<const Group*>(at.constInternalPointer());
    if (group == nullptr)
        return nullptr;
    const Row& row = group->rows[static_cast<std::size_t>(at.row())];
    return row.inner ? nullptr : &row.info;
}

std::vector<WorkloadInfo> WorkloadListModel::workloadsAt(const QModelIndex& at) const
{
    if (const WorkloadInfo* info = workload(at))
        return { *info };
    if (!at.isValid())
        return {};
    const auto* above = static_cast<const Group*>(at.constInternalPointer());
    const auto place = static_cast<std::size_t>(at.row());
    const Group& group = above ? *above->rows[place].inner : *m_groups[place];
    return group.key.kind == Heading::Rest ? std::vector<WorkloadInfo>{} : allOf(group);
}

QModelIndex WorkloadListModel::indexOf(const WorkloadId& id) const
{
    const auto in = [this, &id](const Group& group) -> QModelIndex {
        for (std::size_t row = 0; row < group.rows.size(); ++row) {
            if (!group.rows[row].inner && group.rows[row].info.id == id)
                return createIndex(static_cast<int>(row), NameColumn, &group);
        }
        return {};
    };
    for (const auto& group : m_groups) {
        if (const QModelIndex found = in(*group); found.isValid())
            return found;
        for (const Row& row : group->rows) {
            if (const QModelIndex found = row.inner ? in(*row.inner) : QModelIndex(); found.isValid())
                return found;
        }
    }
    return {};
}

QModelIndex WorkloadListModel::indexOfApplication(const QString& project) const
{
    for (const auto& group : m_groups) {
        if (group->key == HeadingKey{ Heading::Application, project })
            return groupIndex(*group);
    }
    return {};
}

int WorkloadListModel::workloadCount() const
{
    std::size_t count = 0;
    for (const auto& group : m_groups) {
        for (const Row& row : group->rows)
            count += row.inner ? row.inner->rows.size() : 1;
    }
    return static_cast<int>(count);
}

// ── what the registry says

WorkloadListModel::Group& WorkloadListModel::groupFor(const HeadingKey& key)
{
    const auto comesFirst
        = [](const std::unique_ptr<Group>& group, const HeadingKey& wanted) { return group->key < wanted; };
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
    const WorkloadPlace place = placeOf(info);
    Group& group = groupFor(place.heading);
    if (place.within)
        addWithin(group, *place.within, info);
    else
        insert(group, { info, nullptr });
    refreshSentence(group);
    refreshUngroupedSentence();
}

void WorkloadListModel::insert(Group& group, Row row)
{
    const auto place = std::lower_bound(group.rows.begin(), group.rows.end(), row.first(),
        [](const Row& own, const WorkloadInfo& info) { return comesBefore(own.first(), info); });
    const int at = static_cast<int>(place - group.rows.begin());
    beginInsertRows(groupIndex(group), at, at);
    group.rows.insert(place, std::move(row));
    endInsertRows();
}

WorkloadListModel::Row WorkloadListModel::take(Group& group, std::size_t row)
{
    beginRemoveRows(groupIndex(group), static_cast<int>(row), static_cast<int>(row));
    Row taken = std::move(group.rows[row]);
    group.rows.erase(group.rows.begin() + static_cast<std::ptrdiff_t>(row));
    endRemoveRows();
    return taken;
}

/// The first of an inner one stands in the outer one itself; with the second both get a header.
void WorkloadListModel::addWithin(Group& outer, const HeadingKey& key, const WorkloadInfo& info)
{
    const auto same = std::find_if(
        outer.rows.begin(), outer.rows.end(), [&key](const Row& row) { return placeOf(row.first()).within == key; });
    if (same == outer.rows.end())
        return insert(outer, { info, nullptr });
    if (same->inner) {
        insert(*same->inner, { info, nullptr });
        refreshSentence(*same->inner);
        return;
    }
    const int at = static_cast<int>(same - outer.rows.begin());
    auto made = std::make_unique<Group>(Group{ key, {}, {}, &outer });
    Group& folded = *made;
    beginInsertRows(groupIndex(outer), at + 1, at + 1);
    outer.rows.insert(same + 1, { {}, std::move(made) });
    endInsertRows();
    move(outer, at, folded, 0);
    insert(folded, { info, nullptr });
    refreshSentence(folded);
}

/// What is chosen stays chosen, as with a row that is taken out and put in it would not.
void WorkloadListModel::move(Group& from, int row, Group& to, int place)
{
    beginMoveRows(groupIndex(from), row, row, groupIndex(to), place);
    Row moved = std::move(from.rows[static_cast<std::size_t>(row)]);
    from.rows.erase(from.rows.begin() + row);
    to.rows.insert(to.rows.begin() + place, std::move(moved));
    endMoveRows();
}

/// The last one of an inner one needs no header.
void WorkloadListModel::unfold(Group& inner)
{
    Group& outer = *inner.above;
    const int at = rowOf(inner);
    move(inner, 0, outer, at);
    (void)take(outer, static_cast<std::size_t>(at) + 1); // the header
}

void WorkloadListModel::change(const WorkloadInfo& info)
{
    const QModelIndex at = indexOf(info.id);
    if (!at.isValid()) {
        add(info);
        return;
    }
    auto& group = *static_cast<Group*>(at.internalPointer());
    WorkloadInfo& own = group.rows[static_cast<std::size_t>(at.row())].info;
    if (placeOf(own) != placeOf(info) || own.name != info.name || numberOf(own) != numberOf(info)) {
        Q_EMIT placingAnew();
        remove(info.id);
        add(info);
        Q_EMIT placedAnew();
        return;
    }
    own = info;
    Q_EMIT dataChanged(at, at.siblingAtColumn(UpColumn));
    refreshSentence(group);
    if (group.above != nullptr)
        refreshSentence(*group.above);
}

void WorkloadListModel::remove(const WorkloadId& id)
{
    const QModelIndex at = indexOf(id);
    if (!at.isValid())
        return;
    auto& from = *static_cast<Group*>(at.internalPointer());
    Group& group = from.above ? *from.above : from;
    (void)take(from, static_cast<std::size_t>(at.row())); // it is gone
    if (&from != &group && from.rows.size() > 1)
        refreshSentence(from);
    else if (&from != &group)
        unfold(from);
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
    onTicked();
}

void WorkloadListModel::onTicked()
{
    if (!m_isLive)
        return;
    for (const auto& group : m_groups) {
        if (m_telling == Telling::EveryRow)
            tellRows(*group);
        refreshFigures(*group);
        for (const Row& row : group->rows) {
            if (!row.inner)
                continue;
            if (m_telling == Telling::EveryRow)
                tellRows(*row.inner);
            refreshFigures(*row.inner);
        }
    }
    if (m_telling == Telling::FiguresMoved)
        Q_EMIT figuresMoved();
}

void WorkloadListModel::refreshFigures(Group& group)
{
    if (group.key.kind == Heading::Twin || group.key.kind == Heading::Host) // a host's: when it was seen last
        refreshSentence(group);
}

void WorkloadListModel::tellRows(const Group& group)
{
    const auto isLive = [](const Row& row) { return isLiveState(row.first().state); }; // as sorted
    const auto first = std::find_if(group.rows.begin(), group.rows.end(), isLive);
    if (first == group.rows.end())
        return;
    const auto last = std::find_if(group.rows.rbegin(), group.rows.rend(), isLive).base() - 1;
    Q_EMIT dataChanged(createIndex(static_cast<int>(first - group.rows.begin()), CpuColumn, &group),
        createIndex(static_cast<int>(last - group.rows.begin()), UpColumn, &group));
}

QString WorkloadListModel::sentenceOf(const Group& group) const
{
    switch (group.key.kind) {
    case Heading::Group:
        return groupSentence(group.key.name, allOf(group));
    case Heading::Twin:
        return twinSentence(m_rings, group.key.name, allOf(group));
    case Heading::Application:
        return applicationSentence(group.key.name, allOf(group));
    case Heading::Service:
        return serviceSentence(group.key.name, allOf(group));
    case Heading::Host:
        return hostSentence(group);
    case Heading::Rest:
        break;
    }
    if (m_groups.size() == 1)
        return tr("Workloads");
    if (m_groups.front()->key.kind == Heading::Rest)
        return tr("This computer");
    return m_groups.front()->key.kind == Heading::Twin ? tr("Not in a twin") : tr("On their own");
}

QString WorkloadListModel::hostSentence(const Group& group) const
{
    const auto* connection = group.rows.empty()
        ? nullptr
        : dynamic_cast<const HasConnection*>(providerOf(m_registry, group.rows.front().info.id));
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
        if (group->key.kind == Heading::Rest)
            refreshSentence(*group);
    }
}

// ── cells

QVariant WorkloadListModel::data(const QModelIndex& at, int role) const
{
    if (!checkIndex(at, CheckIndexOption::IndexIsValid))
        return {};
    const auto* group = static_cast<const Group*>(at.constInternalPointer());
    const auto place = static_cast<std::size_t>(at.row());
    if (group == nullptr)
        return groupData(*m_groups[place], at.column(), role);
    const Row& row = group->rows[place];
    return row.inner ? groupData(*row.inner, at.column(), role) : rowData(*group, row.info, at.column(), role);
}

QVariant WorkloadListModel::groupData(const Group& group, int column, int role) const
{
    if (role == TwinGroupRole)
        return group.key.kind == Heading::Twin ? group.key.name : QString();
    if (role == HeaderRole)
        return true;
    if (role == SortRole && group.above != nullptr && !group.rows.empty()) // stands where its first one would
        return cellSortValue(m_rings, group.rows.front().info, column);
    if (column == NameColumn && (role == Qt::DisplayRole || role == Qt::AccessibleTextRole))
        return group.sentence;
    if (column == NameColumn && role == Qt::ToolTipRole)
        return toolTipOf(group.sentence);
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
    case HeaderRole:
        return false;
    case SortRole:
        if (group.key.kind == Heading::Service && column == NameColumn)
            return static_cast<double>(numberOf(info));
        return cellSortValue(m_rings, info, column);
    case AbsentRole:
        return isFigureColumn(column) && cellSortValue(m_rings, info, column).toDouble() == -1;
    case NoteRole:
        return column == MemoryColumn && group.key.kind == Heading::Twin ? overheadNote(m_rings, info, allOf(group))
                                                                         : QString();
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
