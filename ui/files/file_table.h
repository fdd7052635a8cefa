// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/list_view.h"

#include <QUrl>

namespace twinhull {

/// The table of files: several can be chosen, files can be dropped on it and dragged from it, and its keys (Enter,
/// Backspace, Del, F2, F5) are its own while it has the focus.
class FileTable : public ListView {
    Q_OBJECT

public:
    explicit FileTable(QWidget* parent = nullptr);

    /// Takes them along with the mouse, if its button is still down.
    void dragNow(const QList<QUrl>& files);

Q_SIGNALS:
    void opened();
    void upWanted();
    void removeWanted();
    void renameWanted();
    void refreshWanted();
    void dropped(const QList<QUrl>& files);
    /// A person began to drag what is chosen: dragNow() goes on once it is here.
    void dragWanted();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void startDrag(Qt::DropActions actions) override;
};

} // namespace twinhull
