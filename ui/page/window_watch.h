// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QWidget;

namespace twinhull {

/// Tells whether a window can be seen: not while it is hidden, minimised or on another desktop, as far as the window
/// system says so.
class WindowWatch : public QObject {
    Q_OBJECT

public:
    /// The window must outlive this. It counts as seen until it was on the screen once.
    explicit WindowWatch(QWidget& window);

    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void seenChanged(bool isSeen);

private:
    void look();

    QWidget& m_window;
    bool m_isSeen = true;
    bool m_wasSeen = false; ///< once
};

} // namespace twinhull
