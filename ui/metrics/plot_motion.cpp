// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/plot_motion.h"

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

/// A point of a line that may be in pieces.
struct Vertex {
    QPointF at;
    bool isFirst = false; ///< of its piece
};
using Vertices = std::vector<Vertex>;

void appendPiece(Vertices& vertices, const QPolygonF& piece)
{
    for (qsizetype i = 0; i < piece.size(); ++i)
        vertices.push_back({ piece[i], i == 0 });
}

constexpr double kSame = 0.05; // pixels

double heightAt(const QPointF& from, const QPointF& to, double x)
{
    return to.x() - from.x() < kSame ? to.y() : from.y() + (to.y() - from.y()) * (x - from.x()) / (to.x() - from.x());
}

/// Walks along two lines from one x on.
class LineWalk {
public:
    LineWalk(const Vertices& line, double from, double moved) : m_line(line), m_moved(moved)
    {
        const auto isBefore = [moved](const Vertex& vertex, double x) { return vertex.at.x() - moved < x; };
        const auto next = std::lower_bound(line.begin(), line.end(), from, isBefore);
        m_next = static_cast<std::size_t>(next - line.begin());
        m_isOnLine = !isAtEnd() && m_next > 0 && !next->isFirst;
        if (m_isOnLine)
            m_at = { from, heightAt(point(m_next - 1), point(m_next), from) };
    }

    bool isAtEnd() const { return m_next == m_line.size(); }
    /// Else a piece begins with the next point.
    bool isOnLine() const { return m_isOnLine; }
    const QPointF& at() const { return m_at; }
    QPointF next() const { return point(m_next); }
    void step()
    {
        m_at = point(m_next++);
        m_isOnLine = !isAtEnd() && !m_line[m_next].isFirst;
    }

private:
    QPointF point(std::size_t index) const { return m_line[index].at - QPointF(m_moved, 0); }

    const Vertices& m_line;
    double m_moved;
    std::size_t m_next = 0;
    QPointF m_at;
    bool m_isOnLine = false;
};

/// The x from which on the two lines part; `end` where they do not. What does not move stays as it was painted, maybe
/// for hours: there the least difference counts, for a slow drift is many of them. What moves is painted but once.
double lineParting(const Vertices& before, const Vertices& now, double moved, double from, double end)
{
    const double same = moved == 0 ? 1e-9 : kSame;
    const auto isNear = [same](double one, double other) { return std::abs(one - other) < same; };
    LineWalk old(before, from, moved);
    LineWalk own(now, from, 0);
    double common = from;
    while (!old.isAtEnd() || !own.isAtEnd()) {
        if (old.isAtEnd() || own.isAtEnd() || old.isOnLine() != own.isOnLine())
            return common;
        if (old.isOnLine() && !isNear(old.at().y(), own.at().y()))
            return common;
        const QPointF there = old.next();
        const QPointF here = own.next();
        if (!isNear(there.x(), here.x()) || !isNear(there.y(), here.y())) {
            const double nearer = std::min(there.x(), here.x());
            const bool isOneLine
                = old.isOnLine() && isNear(heightAt(old.at(), there, nearer), heightAt(own.at(), here, nearer));
            return isOneLine ? nearer : common;
        }
        common = here.x();
        old.step();
        own.step();
    }
    return end;
}

bool isMovable(const PlotContents& contents, int moved)
{
    const auto isPlain = [moved](const PlotLine& line) {
        return moved == 0 || (line.style == Qt::SolidLine && line.marker == PlotMarker::None);
    };
    return contents.marks.empty() && contents.notice.isEmpty()
        && std::all_of(contents.lines.begin(), contents.lines.end(), isPlain);
}

bool hasSameLooks(const PlotContents& one, const PlotContents& other)
{
    const auto isSame = [](const PlotArea& a, const PlotArea& b) { return a.color == b.color; };
    const auto isSameLine = [](const PlotLine& a, const PlotLine& b) {
        return a.color == b.color && a.style == b.style && a.marker == b.marker;
    };
    return one.legend == other.legend && one.legendColor == other.legendColor
        && std::equal(one.lines.begin(), one.lines.end(), other.lines.begin(), other.lines.end(), isSameLine)
        && std::equal(one.areas.begin(), one.areas.end(), other.areas.begin(), other.areas.end(), isSame);
}

Vertices verticesOf(const PlotLine& line)
{
    Vertices vertices;
    for (const QPolygonF& piece : line.pieces)
        appendPiece(vertices, piece);
    return vertices;
}

Vertices verticesOf(const PlotArea& area, QPolygonF PlotBand::*edge)
{
    Vertices vertices;
    for (const PlotBand& band : area.pieces)
        appendPiece(vertices, band.*edge);
    return vertices;
}

} // namespace

/// Where it moves, what is left of the first pixels may be told by points that are outside by now: it is there already.
/// None where they part at once, for the very edge is another then, too.
std::optional<double> partingOf(const PlotContents& before, const PlotContents& now, int moved, const QRectF& area)
{
    constexpr double kEdge = 3;
    if (!isMovable(before, moved) || !isMovable(now, moved) || !hasSameLooks(before, now))
        return std::nullopt;
    const double start = area.left() + (moved > 0 ? kEdge : 0);
    double from = area.right();
    const auto compare = [&](const Vertices& old, const Vertices& own) {
        from = std::min(from, lineParting(old, own, moved, start, area.right()));
    };
    for (std::size_t i = 0; i < now.lines.size(); ++i)
        compare(verticesOf(before.lines[i]), verticesOf(now.lines[i]));
    for (std::size_t i = 0; i < now.areas.size(); ++i) {
        for (const auto edge : { &PlotBand::top, &PlotBand::bottom })
            compare(verticesOf(before.areas[i], edge), verticesOf(now.areas[i], edge));
    }
    return from > start ? std::optional(from) : std::nullopt;
}

} // namespace twinhull
