// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "core/workload/workload_registry.h"
#include "ui/workloads/workload_place.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace twinhull {

/// All workloads as a tree: a header row per group that a person made, per twin, per application (the containers of one
/// Compose project) and one for the rest, workloads below. The containers of one service of an application and the
/// halves of a twin in a group, where there are several, are below a header of their own. Figures are not kept here:
/// they are read from the rings when they are painted, and each tick tells that they moved.
class WorkloadListModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        KindColumn,
        StateColumn,
        ImageColumn,
        CpuColumn,
        MemoryColumn,
        NetworkColumn,
        DiskColumn,
        UpColumn,
        ColumnCount
    };
    enum Role {
        IdRole = Qt::UserRole, ///< WorkloadId; invalid on header rows
        KindRole, ///< int of WorkloadKind
        StateRole, ///< int of WorkloadState
        TwinGroupRole, ///< of the row or the header
        SortRole, ///< a number or a text, by column
        AbsentRole, ///< bool: the cell holds no figure
        HeaderRole, ///< bool: it is written over the whole width, and rows are below it
        NoteRole, ///< small addition beside the figure: "+137 MiB"
    };

    /// How a tick is told. Each row costs a filter and a height, whether it is seen or not, so that only an order by
    /// figures asks for them; a view that hears figuresMoved() paints what it shows.
    enum class Telling { EveryRow, FiguresMoved };

    /// Both must outlive the model.
    WorkloadListModel(WorkloadRegistry& registry, const MetricRings& rings, QObject* parent = nullptr);
    ~WorkloadListModel() override;

    /// Null for header rows. Valid until the next change of that workload.
    const WorkloadInfo* workload(const QModelIndex& index) const;
    /// The workload, or all of the group, twin, application or service whose header it is.
    std::vector<WorkloadInfo> workloadsAt(const QModelIndex& index) const;
    QModelIndex indexOf(const WorkloadId& id) const;
    /// The header of that application; invalid where there is none.
    QModelIndex indexOfApplication(const QString& project) const;
    int workloadCount() const;
    const MetricRings& rings() const { return m_rings; }

    /// While not live, ticks are let pass.
    void setLive(bool isLive);
    void setTelling(Telling telling) { m_telling = telling; }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    /// In place of dataChanged where Telling says so.
    void figuresMoved();
    /// A row is taken out and put in where it belongs now, between these two: it is the same workload.
    void placingAnew();
    void placedAnew();

private:
    struct Row;

    /// A header with what is below it.
    struct Group {
        HeadingKey key;
        std::vector<Row> rows;
        QString sentence; ///< of the header, as told last
        Group* above = nullptr; ///< of what is within an outermost one
    };

    struct Row {
        WorkloadInfo info; ///< empty where it is a header
        std::unique_ptr<Group> inner; ///< null where it is a workload

        const WorkloadInfo& first() const { return inner ? inner->rows.front().info : info; }
    };

    void add(const WorkloadInfo& info);
    void change(const WorkloadInfo& info);
    void remove(const WorkloadId& id);
    void insert(Group& group, Row row);
    Row take(Group& group, std::size_t row);
    void move(Group& from, int row, Group& to, int place);
    void addWithin(Group& outer, const HeadingKey& key, const WorkloadInfo& info);
    void unfold(Group& inner);
    static std::vector<WorkloadInfo> allOf(const Group& group);
    void onTicked();
    void tellRows(const Group& group);
    void refreshSentence(Group& group);
    void refreshFigures(Group& group); ///< in its sentence
    void refreshUngroupedSentence();
    QString sentenceOf(const Group& group) const;
    QString hostSentence(const Group& group) const;
    Group& groupFor(const HeadingKey& key);
    int rowOf(const Group& group) const; ///< in what is above it
    QModelIndex groupIndex(const Group& group, int column = NameColumn) const;
    QVariant groupData(const Group& group, int column, int role) const;
    QVariant rowData(const Group& group, const WorkloadInfo& info, int column, int role) const;

    WorkloadRegistry& m_registry;
    const MetricRings& m_rings;
    std::vector<std::unique_ptr<Group>> m_groups; ///< by their keys
    bool m_isLive = true;
    Telling m_telling = Telling::EveryRow;
};

} // namespace twinhull
