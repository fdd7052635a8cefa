// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/joint_log_view.h"

#include "ui/console/log_decoder.h"
#include "ui/console/log_times.h"
#include "ui/theme/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>
#include <QToolButton>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kJointGap = 8;
constexpr std::chrono::milliseconds kJointReadDelay{ 100 }; // as live as a person can see
constexpr qint64 kJointBacklogBytes = 256 << 10; // of each log that is there already
constexpr std::size_t kJointLines = 2000; // in one go

/// Names of neighbours differ.
constexpr ThemeColor kNameColors[] = { ThemeColor::Container, ThemeColor::Vm, ThemeColor::Accent, ThemeColor::Warning };

} // namespace

JointLogView::JointLogView(QWidget* parent) : QWidget(parent), m_view(new QPlainTextEdit), m_notice(new QLabel)
{
    m_view->setReadOnly(true);
    m_view->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_view->setMaximumBlockCount(kKeptLines);
    m_view->setUndoRedoEnabled(false);
    m_view->setFont(Theme::current().monospaceFont());
    m_view->setAccessibleName(tr("Log of the application"));
    m_view->setObjectName(QStringLiteral("jointLogText"));
    m_notice->setProperty("muted", true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kJointGap, kJointGap, kJointGap, kJointGap);
    layout->setSpacing(kJointGap);
    layout->addWidget(makeBar());
    layout->addWidget(m_notice);
    layout->addWidget(m_view, 1);
    m_readTimer.setSingleShot(true);
    m_readTimer.setInterval(kJointReadDelay);
    connect(&m_readTimer, &QTimer::timeout, this, &JointLogView::readNow);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &JointLogView::readSoon);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &JointLogView::readSoon);
}

QWidget* JointLogView::makeBar()
{
    auto* bar = new QWidget;
    m_search = new QLineEdit;
    m_search->setPlaceholderText(tr("Search the log"));
    m_search->setAccessibleName(tr("Search the log"));
    m_search->setObjectName(QStringLiteral("jointLogSearch"));
    m_search->setClearButtonEnabled(true);
    m_times = new LogTimes;
    m_follow = new QToolButton;
    m_follow->setText(tr("Follow"));
    m_follow->setAccessibleName(tr("Follow"));
    m_follow->setObjectName(QStringLiteral("jointLogFollow"));
    m_follow->setToolTip(tr("Keep the newest line in sight"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kJointGap);
    layout->addWidget(m_search, 1);
    layout->addWidget(m_times);
    layout->addWidget(m_follow);
    connect(m_times, &LogTimes::stretchChanged, this, &JointLogView::restart);
    connect(m_search, &QLineEdit::returnPressed, this, &JointLogView::findNext);
    connect(m_follow, &QToolButton::toggled, this, [this](bool isOn) {
        if (isOn)
            m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->maximum());
    });
    return bar;
}

void JointLogView::setLogs(const std::vector<NamedLog>& logs)
{
    if (logs == m_logs)
        return;
    m_logs = logs;
    restart();
}

void JointLogView::setLastStart(const QDateTime& start)
{
    m_times->setLastStart(start);
}

/// Of all times the latest lines will do; of a stretch, all of it.
void JointLogView::restart()
{
    m_view->clear();
    if (const QStringList watched = m_watcher.files() + m_watcher.directories(); !watched.isEmpty())
        m_watcher.removePaths(watched);
    m_log.emplace();
    for (const NamedLog& log : m_logs) {
        auto opened = openLogs(log.path);
        auto files = opened ? *std::move(opened) : std::vector<OpenLog>(); // tried again when it is written to
        if (!m_times->stretch().isAll()) {
            skipEarlier(files, m_times->stretch().since);
        } else if (!files.empty()) {
            files.erase(files.begin(), files.end() - 1);
            files.front()->seek(std::max<qint64>(0, files.front()->size() - kJointBacklogBytes));
        }
        m_log->add(log.path, std::move(files));
    }
    readNow();
}

QString JointLogView::text() const
{
    return m_view->toPlainText();
}

void JointLogView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    readSoon();
}

void JointLogView::watch()
{
    for (const NamedLog& log : m_logs) { // the folder tells of a rotation
        const QString folder = QFileInfo(log.path).absolutePath();
        if (!m_watcher.directories().contains(folder))
            m_watcher.addPath(folder);
        if (!m_watcher.files().contains(log.path))
            m_watcher.addPath(log.path);
    }
}

void JointLogView::readSoon()
{
    if (m_log && isVisible() && !m_readTimer.isActive())
        m_readTimer.start();
}

void JointLogView::readNow()
{
    watch();
    const LogStretch& stretch = m_times->stretch();
    std::vector<JointLogLine> lines;
    std::size_t count = 0;
    for (; count < kJointLines; ++count) {
        auto line = m_log->next();
        if (!line)
            break;
        if (line->time >= stretch.since && (stretch.until.empty() || line->time <= stretch.until))
            lines.push_back(*std::move(line));
    }
    append(lines);
    m_notice->setText(stretch.isAll() ? tr("Nothing was logged yet.") : tr("Nothing was logged in that time."));
    m_notice->setVisible(m_view->document()->isEmpty());
    if (count == kJointLines)
        readSoon();
}

void JointLogView::append(const std::vector<JointLogLine>& lines)
{
    if (lines.empty())
        return;
    const Theme& theme = Theme::current();
    QTextCharFormat time;
    time.setForeground(theme.color(ThemeColor::TextFaint));
    QTextCharFormat name;
    QTextCharFormat said;
    const int scrolledTo = m_view->verticalScrollBar()->value();
    QTextCursor cursor(m_view->document());
    cursor.movePosition(QTextCursor::End);
    cursor.beginEditBlock();
    for (const auto& line : lines) {
        if (!m_view->document()->isEmpty())
            cursor.insertBlock();
        cursor.insertText(QString::fromStdString(line.time.substr(11, 12)) + QStringLiteral("  "), time);
        name.setForeground(theme.color(kNameColors[line.source % std::size(kNameColors)]));
        cursor.insertText(m_logs[line.source].name + QStringLiteral("  "), name);
        const bool isError = line.stream == LogStream::Error;
        said.setForeground(theme.color(isError ? ThemeColor::Error : ThemeColor::Text));
        cursor.insertText(printableText(std::string_view(line.text).substr(0, LogDecoder::kLineLimit)), said);
    }
    cursor.endEditBlock();
    QScrollBar* bar = m_view->verticalScrollBar();
    bar->setValue(m_follow->isChecked() ? bar->maximum() : scrolledTo);
}

void JointLogView::findNext()
{
    if (m_search->text().isEmpty() || m_view->find(m_search->text()))
        return;
    m_view->moveCursor(QTextCursor::Start);
    m_view->find(m_search->text());
}

} // namespace twinhull
