// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_rows.h"
#include "ui/console/log_text.h"

#include <QAbstractScrollArea>
#include <QBasicTimer>
#include <QCache>
#include <QTextLayout>

#include <compare>
#include <optional>

namespace twinhull {

/// A log of any length: only the lines in sight are read, laid out and painted. Lines are not wrapped. Keys: arrows,
/// Page up and down, Home and End move a mark from line to line, with Shift they choose lines; Ctrl+A, Ctrl+C.
class LogCanvas : public QAbstractScrollArea {
    Q_OBJECT

public:
    static constexpr std::size_t kMostCopiedLines = 20'000;

    explicit LogCanvas(QWidget* parent = nullptr);
    ~LogCanvas() override;

    /// Null: nothing is shown.
    void setIndex(std::shared_ptr<const LogIndex> index);
    void setFilter(LogFilter filter, const LogLineRange& range = {});
    void setNeedle(const QString& text); ///< marked where it is in sight
    void setFollowing(bool isFollowing); ///< the newest line stays in sight
    bool isFollowing() const { return m_isFollowing; }
    void sync(); ///< the index has grown

    std::size_t rowCount() const { return m_rows ? m_rows->count() : 0; }
    /// Goes to that line, or to the next one that is shown, and marks it.
    void showLine(std::uint64_t line);
    /// Where the mark is, else the first line in sight; where a search goes on from.
    std::uint64_t currentLine() const;

    QString textInSight() const;
    QString currentText() const; ///< of the marked line; empty when there is none
    /// What is chosen, else everything that is shown; of both the last kMostCopiedLines. Reads the log.
    QString textToCopy() const;

public Q_SLOTS:
    void copy();
    void selectAll();

Q_SIGNALS:
    void followingChanged(bool isFollowing); ///< by the person, who scrolled

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct Position {
        std::uint64_t line = 0;
        qsizetype column = 0;

        friend auto operator<=>(const Position&, const Position&) = default;
    };
    struct LaidLine {
        LogText text;
        std::optional<QTextLayout> layout;
        double width = 0;
    };
    enum class Extend { No, Yes };

    LaidLine* laid(std::uint64_t line) const;
    void readInSight(std::size_t first, std::size_t last) const;
    LaidLine* layOut(std::uint64_t line, const LogMark& mark, const std::string& bytes) const;
    void paintRow(QPainter& painter, std::size_t row, double top);
    QList<QTextLayout::FormatRange> marksOf(std::uint64_t line, const LaidLine& shown) const;
    void fitBars();
    void forgetShown();
    std::size_t rowsInSight() const;
    std::size_t topRow() const;
    Position positionAt(const QPoint& point) const;
    std::optional<std::size_t> rowForKey(int key) const;
    void moveTo(std::size_t row, Extend extend);
    void ensureVisible(std::size_t row);
    void onScrolledByPerson();
    void chooseWordAt(const Position& at);
    std::pair<Position, Position> chosen() const;

    std::optional<LogRows> m_rows;
    std::shared_ptr<const LogIndex> m_index;
    mutable QCache<quint64, LaidLine> m_shown; ///< by line
    QString m_needle;
    LogFilter m_filter = LogFilter::All;
    LogLineRange m_range;
    int m_lineHeight = 1;
    double m_widest = 0; ///< of those that were painted
    bool m_isFollowing = true;
    std::optional<Position> m_anchor; ///< nothing is marked without one
    Position m_head;
    std::uint64_t m_lastEnd = 0; ///< of the index when it was looked at last
    QBasicTimer m_dragTimer;
};

} // namespace twinhull
