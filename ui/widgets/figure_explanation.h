// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QFrame>
#include <QPointer>

#include <functional>
#include <vector>

namespace twinhull {

/// What is said of a figure to whoever asks. Texts come from where the figure does; a tool tip says the same.
struct FigureExplanation {
    QString name;
    QString value; ///< with its unit, or what it needs; may be empty
    QString text; ///< what it means, its unit, its source, and how it is computed
};
using FigureExplanations = std::vector<FigureExplanation>;
using AskFigures = std::function<FigureExplanations()>;

/// A sheet that tells of some figures, one block each; closes on a click elsewhere or Escape, gives the focus back and
/// deletes itself.
class FigurePopover : public QFrame {
    Q_OBJECT

public:
    /// By `area` of `anchor`, on its screen. Nothing where there is nothing to tell.
    static void open(const FigureExplanations& figures, QWidget& anchor, const QRect& area);

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    FigurePopover(const FigureExplanations& figures, QWidget& anchor);
    void addBlock(QWidget& content, const FigureExplanation& figure);
    void place(const QWidget& anchor, const QRect& area);

    QWidget* m_content;
    QPointer<QWidget> m_focus; ///< where it was
};

/// "What is this figure?": in the widget's menu of actions, and Shift+F1 while the focus is in it. A child of it.
QAction* addExplainAction(QWidget& widget, std::function<void()> explain);
/// The same, with the sheet by the widget.
QAction* addExplainAction(QWidget& widget, AskFigures ask);

/// A small i in a circle that opens the sheet.
class ExplainButton : public QAbstractButton {
    Q_OBJECT

public:
    ExplainButton(AskFigures ask, QWidget* parent = nullptr);

    /// For who cannot see what it stands beside.
    void setFigureName(const QString& name);
    /// It keeps its room: a picture of what it belongs to has no buttons.
    void setPainted(bool isPainted);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool m_isPainted = true;
};

} // namespace twinhull
