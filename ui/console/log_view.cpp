// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_view.h"

#include "ui/console/log_level.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>
#include <QToolButton>

#include <array>

namespace twinhull {

namespace {

constexpr int kGap = 8;
// A flood of changes is read in gulps: ten times a second is as live as a person can see.
constexpr std::chrono::milliseconds kReadDelay{ 100 };
constexpr int kMostMarks = 500;

/// By LineLevel.
constexpr std::array kLevelColors{ ThemeColor::Text, ThemeColor::TextMuted, ThemeColor::Warning, ThemeColor::Error };

/// What a program wrote to its standard error counts as an error where it does not say itself what it is.
LineLevel shownLevel(const LogEntry& entry)
{
    const LineLevel level = levelOf(QStringView(entry.text));
    return level == LineLevel::None && entry.stream == LogEntry::Stream::Error ? LineLevel::Error : level;
}

QToolButton* makeButton(const QString& text, const char* objectName)
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setAccessibleName(text);
    button->setObjectName(QLatin1String(objectName));
    return button;
}

} // namespace

LogView::LogView(QWidget* parent) : QWidget(parent), m_view(new QPlainTextEdit), m_notice(new QLabel)
{
    m_view->setReadOnly(true);
    m_view->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_view->setMaximumBlockCount(kKeptLines);
    m_view->setUndoRedoEnabled(false);
    m_view->setFont(Theme::current().monospaceFont());
    m_view->setAccessibleName(tr("Log"));
    m_view->setObjectName(QStringLiteral("logText"));
    m_notice->setProperty("muted", true);
    m_notice->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGap, kGap, kGap, kGap);
    layout->setSpacing(kGap);
    layout->addWidget(makeBar());
    layout->addWidget(m_notice);
    layout->addWidget(m_view, 1);
    m_readTimer.setSingleShot(true);
    m_readTimer.setInterval(kReadDelay);
    connect(&m_readTimer, &QTimer::timeout, this, &LogView::readNow);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &LogView::readSoon);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &LogView::readSoon);
    setPath({});
}

QWidget* LogView::makeBar()
{
    auto* bar = new QWidget;
    m_search = new QLineEdit;
    m_search->setPlaceholderText(tr("Search the log"));
    m_search->setAccessibleName(tr("Search the log"));
    m_search->setObjectName(QStringLiteral("logSearch"));
    m_search->setClearButtonEnabled(true);
    m_follow = makeButton(tr("Follow"), "logFollow");
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Keep the newest line in sight"));
    auto* copy = makeButton(tr("Copy all"), "logCopy");
    auto* save = makeButton(tr("Save…"), "logSave");
    save->setToolTip(tr("All of the log as a text file, older parts too"));
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGap);
    layout->addWidget(m_search, 1);
    layout->addWidget(m_follow);
    layout->addWidget(copy);
    layout->addWidget(save);
    connect(m_search, &QLineEdit::textChanged, this, &LogView::markFound);
    connect(m_search, &QLineEdit::returnPressed, this, &LogView::findNext);
    connect(copy, &QToolButton::clicked, this, &LogView::copyAll);
    connect(save, &QToolButton::clicked, this, &LogView::askTarget);
    connect(m_follow, &QToolButton::toggled, this, [this](bool isOn) {
        if (isOn)
            m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->maximum());
    });
    return bar;
}

void LogView::setPath(const QString& path)
{
    if (path == m_path && m_tail)
        return;
    m_path = path;
    m_view->clear();
    m_decoder = {};
    m_tail.reset();
    if (const QStringList watched = m_watcher.files() + m_watcher.directories(); !watched.isEmpty())
        m_watcher.removePaths(watched);
    if (path.isEmpty()) {
        showNotice(tr("This workload writes no log."));
        return;
    }
    m_tail.emplace(path.toStdString());
    watch();
    readNow();
}

QString LogView::text() const
{
    return m_view->toPlainText();
}

void LogView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    readSoon();
}

void LogView::watch()
{
    // The folder tells of a rotation; the file has to be named again after one, for it is another file then.
    const QString folder = QFileInfo(m_path).absolutePath();
    if (!m_watcher.directories().contains(folder))
        m_watcher.addPath(folder);
    if (!m_watcher.files().contains(m_path))
        m_watcher.addPath(m_path);
}

void LogView::readSoon()
{
    if (m_tail && isVisible() && !m_readTimer.isActive())
        m_readTimer.start();
}

void LogView::readNow()
{
    if (!m_tail)
        return;
    const auto bytes = m_tail->readNew();
    if (!bytes) {
        showNotice(bytes.error().code == ErrorCode::NotFound ? tr("Nothing was logged yet.")
                                                             : QString::fromStdString(bytes.error().message));
        return;
    }
    watch();
    append(m_decoder.decode(*bytes));
    showNotice(m_view->document()->isEmpty() ? tr("Nothing was logged yet.") : QString());
    if (!bytes->empty())
        readSoon(); // there may be more than one chunk
}

void LogView::append(const std::vector<LogEntry>& entries)
{
    if (entries.empty())
        return;
    const Theme& theme = Theme::current();
    QTextCharFormat time;
    time.setForeground(theme.color(ThemeColor::TextFaint));
    std::array<QTextCharFormat, kLevelColors.size()> formats; // by LineLevel
    for (std::size_t i = 0; i < formats.size(); ++i)
        formats[i].setForeground(theme.color(kLevelColors[i]));
    const int scrolledTo = m_view->verticalScrollBar()->value();
    QTextCursor cursor(m_view->document());
    cursor.movePosition(QTextCursor::End);
    cursor.beginEditBlock();
    for (const LogEntry& entry : entries) {
        if (entry.place == LogEntry::Place::NewLine) {
            if (!m_view->document()->isEmpty())
                cursor.insertBlock();
            if (!entry.time.isEmpty())
                cursor.insertText(entry.time + QStringLiteral("  "), time);
        }
        cursor.insertText(entry.text, formats[static_cast<std::size_t>(shownLevel(entry))]);
    }
    cursor.endEditBlock();
    QScrollBar* bar = m_view->verticalScrollBar();
    bar->setValue(m_follow->isChecked() ? bar->maximum() : scrolledTo);
    markFound();
}

void LogView::showNotice(const QString& notice)
{
    m_notice->setText(notice);
    m_notice->setVisible(!notice.isEmpty());
}

void LogView::findNext()
{
    if (m_search->text().isEmpty() || m_view->find(m_search->text()))
        return;
    m_view->moveCursor(QTextCursor::Start);
    m_view->find(m_search->text());
}

void LogView::markFound()
{
    QList<QTextEdit::ExtraSelection> marks;
    QTextCursor cursor(m_view->document());
    while (!m_search->text().isEmpty() && marks.size() < kMostMarks) {
        cursor = m_view->document()->find(m_search->text(), cursor);
        if (cursor.isNull())
            break;
        QTextEdit::ExtraSelection mark;
        mark.cursor = cursor;
        mark.format.setBackground(Theme::current().color(ThemeColor::Selection));
        marks.push_back(mark);
    }
    m_view->setExtraSelections(marks);
}

void LogView::askTarget()
{
    if (m_path.isEmpty())
        return;
    auto* dialog = new QFileDialog(this, tr("Save the log"), {}, tr("Text (*.log *.txt);;All files (*)"));
    dialog->setObjectName(QStringLiteral("saveLog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("log"));
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, path = m_path](const QString& target) { Q_EMIT saveRequested(path, target); });
    dialog->open();
}

void LogView::copyAll()
{
    QGuiApplication::clipboard()->setText(m_view->toPlainText());
}

} // namespace twinhull
