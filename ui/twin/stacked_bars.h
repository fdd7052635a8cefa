// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QWidget>

#include <optional>
#include <vector>

namespace twinhull {

struct BarSegment {
    QString name;
    QString explanation; ///< with its figure, for the tool tip
    double value = 0;
    QString meaning = {}; ///< what it is and where it was read
    bool isPartOfWhole = true; ///< of what the row's endText tells; else it comes on top, or there is no whole

    friend bool operator==(const BarSegment&, const BarSegment&) = default;
};

struct BarRow {
    QString label;
    QColor color;
    std::vector<BarSegment> segments;
    QString endText; ///< after the bar: the sum, or why there is no bar
    double lead = 0; ///< so much of the bar stands before the line where all rows begin

    double total() const;
    friend bool operator==(const BarRow&, const BarRow&) = default;
};

/// Horizontal bars of several parts, all rows on one scale; each part a shade of its row's colour, named where the name
/// fits and in a tool tip always; a screen reader is told all parts. All begin at one line, but for their leads. A
/// click on a part tells what it is; with the keyboard the arrows choose one, Enter or Shift+F1 tells.
class StackedBars : public QWidget {
    Q_OBJECT

public:
    explicit StackedBars(QWidget* parent = nullptr);

    void setRows(std::vector<BarRow> rows);
    const std::vector<BarRow>& rows() const { return m_rows; }

    /// The colour of a part; may be see-through.
    static QColor shade(const QColor& color, std::size_t segment);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    struct Part {
        std::size_t row = 0;
        std::size_t segment = 0;
    };
    std::optional<Part> partAt(const QPointF& point) const;
    std::optional<Part> current() const; ///< the one that the arrows chose, or the first
    void moveTo(int rows, int segments);
    void explain(const Part& part);
    void paintFocus(QPainter& painter) const;
    int labelWidth() const; ///< of the longest, but no more than a third
    double greatestLead() const;
    double pixelsPerUnit() const;
    QRectF segmentRect(std::size_t row, std::size_t segment) const;
    void paintRow(QPainter& painter, std::size_t row) const;
    void paintSegment(QPainter& painter, std::size_t row, std::size_t segment) const;

    std::vector<BarRow> m_rows;
    Part m_current;
};

} // namespace twinhull
