// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QFrame;

namespace twinhull {

class ScreenView;

/// A screen on all of the computer's. How to leave it is shown at first, when the keyboard is given back, and when the
/// pointer is at the top.
class ScreenWindow : public QWidget {
    Q_OBJECT

public:
    /// The view goes back to its owner before this is deleted.
    ScreenWindow(const QString& machine, ScreenView& view);

    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void leaveWanted();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void showStrip();
    void placeStrip();

    QFrame* m_strip;
    QTimer m_hiding;
};

} // namespace twinhull
