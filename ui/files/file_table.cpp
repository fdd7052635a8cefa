// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/file_table.h"

#include <QDrag>
#include <QDragEnterEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMimeData>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kFileRowHeight = 26;

bool bringsFiles(const QDropEvent& event)
{
    const auto urls = event.mimeData()->urls();
    return event.source() == nullptr && !urls.isEmpty()
        && std::all_of(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); });
}

bool isOwnKey(const QKeyEvent& event)
{
    switch (event.key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
    case Qt::Key_F2:
    case Qt::Key_F5:
        return event.modifiers() == Qt::NoModifier;
    default:
        return false;
    }
}

} // namespace

FileTable::FileTable(QWidget* parent) : ListView(tr("Files"), parent)
{
    setObjectName(QStringLiteral("filesTable"));
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDragDropMode(QAbstractItemView::DragDrop);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    verticalHeader()->setDefaultSectionSize(kFileRowHeight);
    connect(this, &QAbstractItemView::doubleClicked, this, &FileTable::opened);
}

bool FileTable::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && isOwnKey(*static_cast<QKeyEvent*>(event))) {
        event->accept(); // the window's own would do it to the workload
        return true;
    }
    return ListView::event(event);
}

void FileTable::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    const bool isUp = event->key() == Qt::Key_Up && event->modifiers() == Qt::AltModifier;
    if (isEnter)
        Q_EMIT opened();
    else if (isUp || (isOwnKey(*event) && event->key() == Qt::Key_Backspace))
        Q_EMIT upWanted();
    else if (isOwnKey(*event) && event->key() == Qt::Key_Delete)
        Q_EMIT removeWanted();
    else if (isOwnKey(*event) && event->key() == Qt::Key_F2)
        Q_EMIT renameWanted();
    else if (isOwnKey(*event))
        Q_EMIT refreshWanted();
    else
        ListView::keyPressEvent(event);
}

void FileTable::dragEnterEvent(QDragEnterEvent* event)
{
    if (bringsFiles(*event))
        event->acceptProposedAction();
}

void FileTable::dragMoveEvent(QDragMoveEvent* event)
{
    if (bringsFiles(*event)) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void FileTable::dropEvent(QDropEvent* event)
{
    if (!bringsFiles(*event))
        return;
    event->setDropAction(Qt::CopyAction);
    event->accept();
    Q_EMIT dropped(event->mimeData()->urls());
}

void FileTable::startDrag(Qt::DropActions)
{
    Q_EMIT dragWanted();
}

void FileTable::dragNow(const QList<QUrl>& files)
{
    if ((QGuiApplication::mouseButtons() & Qt::LeftButton) == 0)
        return;
    auto* mime = new QMimeData;
    mime->setUrls(files);
    auto* drag = new QDrag(this);
    drag->setMimeData(mime);
    drag->exec(Qt::CopyAction);
}

} // namespace twinhull
