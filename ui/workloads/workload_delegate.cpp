// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_delegate.h"

#include "ui/theme/theme.h"
#include "ui/widgets/tabular_text.h"
#include "ui/workloads/workload_list_model.h"

#include <QApplication>
#include <QPaintEngine>
#include <QPainter>

namespace twinhull {

namespace {

using Model = WorkloadListModel;

constexpr int kRowHeight = 32;
constexpr int kHeaderRowHeight = 26;
constexpr int kPadding = 8;
constexpr int kNameIndent = 30;
constexpr int kReplicaIndent = 16; ///< below a service of an application
constexpr int kSquare = 9;
constexpr int kDot = 10;
constexpr int kSparklineWidth = 92;
constexpr int kSparklineHeight = 16;
constexpr float kQuietCores = 0.05F;

QColor color(ThemeColor role)
{
    return Theme::current().color(role);
}

void drawElided(QPainter& painter, const QRect& area, Qt::Alignment alignment, const QString& text)
{
    painter.drawText(
        area, alignment | Qt::AlignVCenter, painter.fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
}

/// Nobody answers for it; its row is what was known last.
bool isUnknown(const QModelIndex& index)
{
    return static_cast<WorkloadState>(index.data(Model::StateRole).toInt()) == WorkloadState::Unknown;
}

/// Only the columns that changed are painted, and the view asks for all of a row.
bool isClipped(const QPainter& painter, const QRect& area)
{
    const QRegion shown = painter.paintEngine()->systemClip();
    return !shown.isEmpty() && !shown.intersects(painter.deviceTransform().mapRect(area));
}

} // namespace

WorkloadDelegate::WorkloadDelegate(const MetricRings& rings, QObject* parent)
    : QStyledItemDelegate(parent), m_rings(rings)
{
}

QSize WorkloadDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const
{
    return { 0, index.data(Model::HeaderRole).toBool() ? kHeaderRowHeight : kRowHeight };
}

void WorkloadDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (index.data(Model::HeaderRole).toBool() || isClipped(*painter, option.rect))
        return;
    const QRect area = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    painter->save();
    painter->setFont(option.font);
    painter->setPen(color(ThemeColor::Text));
    switch (index.column()) {
    case Model::NameColumn:
        paintName(*painter, option.rect.adjusted(0, 0, -kPadding, 0), index);
        break;
    case Model::StateColumn:
        paintState(*painter, area, index);
        break;
    case Model::CpuColumn:
        paintCpu(*painter, area, index);
        break;
    case Model::KindColumn:
    case Model::ImageColumn:
        paintText(*painter, area, index);
        break;
    default:
        paintFigure(*painter, area, index);
        break;
    }
    painter->restore();
}

QString WorkloadDelegate::lookOfFigures(const QModelIndex& row) const
{
    const auto id = row.data(Model::IdRole).value<WorkloadId>();
    QString look = id.key;
    for (int column = Model::CpuColumn; column < Model::ColumnCount; ++column)
        look += u'|' + row.siblingAtColumn(column).data().toString();
    look += u'|' + row.siblingAtColumn(Model::MemoryColumn).data(Model::NoteRole).toString();
    if (row.siblingAtColumn(Model::CpuColumn).data(Model::AbsentRole).toBool())
        return look;
    const TimeSeries* series = m_rings.series(id, Metric::CpuCores, Reach::Minutes);
    const auto level = levelOfSparkline({ 0, 0, kSparklineWidth, kSparklineHeight }, series, sparklineSpan());
    return look + u'|' + QString::number(level ? qint64{ *level } : qint64{ m_rings.lastTickNanoseconds() });
}

SparklineSpan WorkloadDelegate::sparklineSpan() const
{
    return { m_rings.lastTickNanoseconds(), std::chrono::seconds(60), kQuietCores };
}

void WorkloadDelegate::paintName(QPainter& painter, const QRect& area, const QModelIndex& index) const
{
    const auto kind = static_cast<WorkloadKind>(index.data(Model::KindRole).toInt());
    const int indent = kNameIndent + (index.parent().parent().isValid() ? kReplicaIndent : 0);
    const QRectF square(area.left() + indent, area.center().y() - kSquare / 2.0, kSquare, kSquare);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::current().workloadColor(kind));
    painter.drawRoundedRect(square, 2, 2);
    painter.setPen(color(isUnknown(index) ? ThemeColor::TextMuted : ThemeColor::Text));
    drawElided(painter, area.adjusted(indent + kSquare + 7, 0, 0, 0), Qt::AlignLeft, index.data().toString());
}

void WorkloadDelegate::paintState(QPainter& painter, const QRect& area, const QModelIndex& index) const
{
    const auto state = static_cast<WorkloadState>(index.data(Model::StateRole).toInt());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::current().stateColor(state));
    painter.drawEllipse(QRectF(area.left(), area.center().y() - kDot / 2.0 + 0.5, kDot, kDot));
    painter.setPen(color(isUnknown(index) ? ThemeColor::TextMuted : ThemeColor::Text));
    drawElided(painter, area.adjusted(kDot + 5, 0, 0, 0), Qt::AlignLeft, index.data().toString());
}

void WorkloadDelegate::paintCpu(QPainter& painter, const QRect& area, const QModelIndex& index) const
{
    const auto id = index.data(Model::IdRole).value<WorkloadId>();
    const int width = std::min(kSparklineWidth, area.width());
    const QRectF spark(area.left(), area.center().y() - kSparklineHeight / 2.0 + 1, width, kSparklineHeight);
    const bool isAbsent = index.data(Model::AbsentRole).toBool();
    const TimeSeries* series = isAbsent ? nullptr : m_rings.series(id, Metric::CpuCores, Reach::Minutes);
    drawSparkline(painter, spark, series, sparklineSpan(), Theme::current().workloadColor(id.kind));
    if (!isAbsent)
        drawTabular(painter, area, Qt::AlignRight, index.data().toString());
}

void WorkloadDelegate::paintText(QPainter& painter, const QRect& area, const QModelIndex& index) const
{
    painter.setPen(color(ThemeColor::TextMuted));
    drawElided(painter, area, Qt::AlignLeft, index.data().toString());
}

void WorkloadDelegate::paintFigure(QPainter& painter, const QRect& area, const QModelIndex& index) const
{
    const bool isMain = index.column() == Model::MemoryColumn && !index.data(Model::AbsentRole).toBool();
    QRect rest = area;
    const QString note = index.data(Model::NoteRole).toString();
    if (!note.isEmpty()) {
        const QFont font = painter.font();
        painter.setFont(Theme::current().smallFont());
        painter.setPen(color(ThemeColor::Difference));
        drawTabular(painter, rest, Qt::AlignRight, note);
        rest.setRight(rest.right() - static_cast<int>(tabularWidth(QFontMetricsF(painter.font()), note)) - 5);
        painter.setFont(font);
    }
    painter.setPen(color(isMain ? ThemeColor::Text : ThemeColor::TextMuted));
    const QString text = index.data().toString();
    if (painter.fontMetrics().horizontalAdvance(text) > rest.width())
        drawElided(painter, rest, Qt::AlignRight, text);
    else
        drawTabular(painter, rest, Qt::AlignRight, text);
}

} // namespace twinhull
