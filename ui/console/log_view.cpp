// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_view.h"

#include "ui/console/log_times.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QShortcut>
#include <QToolButton>

#include <utility>

namespace twinhull {

namespace {

constexpr int kGap = 8;
// A flood of changes is read in gulps: ten times a second is as live as a person can see.
constexpr std::chrono::milliseconds kReadDelay{ 100 };

QToolButton* makeButton(const QString& text, const char* objectName)
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setAccessibleName(text);
    button->setObjectName(QLatin1String(objectName));
    return button;
}

QToolButton* makeArrow(Qt::ArrowType arrow, const QString& what, const char* objectName)
{
    auto* button = new QToolButton;
    button->setArrowType(arrow);
    button->setAccessibleName(what);
    button->setToolTip(what);
    button->setObjectName(QLatin1String(objectName));
    button->setEnabled(false);
    return button;
}

} // namespace

LogView::LogView(QWidget* parent) : QWidget(parent), m_canvas(new LogCanvas), m_notice(new QLabel)
{
    m_canvas->setAccessibleName(tr("Log"));
    m_canvas->setObjectName(QStringLiteral("logText"));
    m_notice->setObjectName(QStringLiteral("logNotice"));
    m_notice->setProperty("muted", true);
    m_notice->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGap, kGap, kGap, kGap);
    layout->setSpacing(kGap);
    layout->addWidget(makeBar());
    layout->addWidget(m_notice);
    layout->addWidget(m_canvas, 1);
    m_readTimer.setSingleShot(true);
    m_readTimer.setInterval(kReadDelay);
    connect(&m_readTimer, &QTimer::timeout, this, [this] {
        if (m_feed)
            m_feed->read();
    });
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &LogView::readSoon);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &LogView::readSoon);
    connect(m_canvas, &LogCanvas::followingChanged, m_follow, &QToolButton::setChecked);
    setPath({});
}

LogView::~LogView()
{
    m_canvas->setIndex(nullptr);
}

QWidget* LogView::makeBar()
{
    auto* bar = new QWidget;
    m_filter = new QComboBox;
    m_filter->setAccessibleName(tr("Lines that are shown"));
    m_filter->setObjectName(QStringLiteral("logFilter"));
    for (const auto& [filter, name] : { std::pair{ LogFilter::All, tr("All lines") },
             { LogFilter::Output, tr("Standard output") }, { LogFilter::Error, tr("Standard error") },
             { LogFilter::Warnings, tr("Warnings and errors") }, { LogFilter::Errors, tr("Errors") } })
        m_filter->addItem(name, static_cast<int>(filter));
    m_times = new LogTimes;
    m_follow = makeButton(tr("Follow"), "logFollow");
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Keep the newest line in sight"));
    auto* copy = makeButton(tr("Copy"), "logCopy");
    copy->setToolTip(tr("What is chosen, else the last %1 lines")
                         .arg(QLocale().toString(static_cast<qulonglong>(LogCanvas::kMostCopiedLines))));
    auto* save = makeButton(tr("Save…"), "logSave");
    save->setToolTip(tr("All of the log as a text file, older parts too"));
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGap);
    layout->addWidget(makeSearch(), 1);
    layout->addWidget(m_filter);
    layout->addWidget(m_times);
    layout->addWidget(m_follow);
    layout->addWidget(copy);
    layout->addWidget(save);
    connect(copy, &QToolButton::clicked, this, &LogView::copy);
    connect(save, &QToolButton::clicked, this, &LogView::askTarget);
    connect(m_follow, &QToolButton::toggled, m_canvas, &LogCanvas::setFollowing);
    connect(m_filter, &QComboBox::currentIndexChanged, this, &LogView::applyFilter);
    connect(m_times, &LogTimes::stretchChanged, this, [this] {
        applyStretch();
        readSoon(); // for what is said below the bar
    });
    return bar;
}

QWidget* LogView::makeSearch()
{
    auto* area = new QWidget;
    m_text = new QLineEdit;
    m_text->setPlaceholderText(tr("Search the log"));
    m_text->setAccessibleName(tr("Search the log"));
    m_text->setObjectName(QStringLiteral("logSearch"));
    m_text->setClearButtonEnabled(true);
    m_count = new QLabel;
    m_count->setObjectName(QStringLiteral("logFound"));
    m_count->setProperty("muted", true);
    m_count->hide();
    m_previous = makeArrow(Qt::UpArrow, tr("Previous line that was found (Shift+F3)"), "logPrevious");
    m_next = makeArrow(Qt::DownArrow, tr("Next line that was found (F3)"), "logNext");
    auto* layout = new QHBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGap);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_count);
    layout->addWidget(m_previous);
    layout->addWidget(m_next);
    connect(m_text, &QLineEdit::textChanged, this, &LogView::search);
    connect(m_text, &QLineEdit::returnPressed, this, [this] { find(Direction::Next); });
    connect(m_previous, &QToolButton::clicked, this, [this] { find(Direction::Previous); });
    connect(m_next, &QToolButton::clicked, this, [this] { find(Direction::Next); });
    const auto onKey = [this](const QKeySequence& keys, Direction direction) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, [this, direction] { find(direction); });
    };
    onKey(Qt::Key_F3, Direction::Next);
    onKey(QKeySequence(Qt::SHIFT | Qt::Key_F3), Direction::Previous);
    return area;
}

void LogView::setPath(const QString& path)
{
    if (path == m_path && m_feed)
        return;
    m_path = path;
    m_canvas->setIndex(nullptr);
    m_search.reset();
    m_feed.reset();
    m_readTo = 0;
    m_range = {};
    m_canvas->setFilter(static_cast<LogFilter>(m_filter->currentData().toInt()), m_range);
    if (const QStringList watched = m_watcher.files() + m_watcher.directories(); !watched.isEmpty())
        m_watcher.removePaths(watched);
    if (path.isEmpty()) {
        showNotice(tr("This workload writes no log."));
        return;
    }
    m_feed = std::make_unique<LogFeed>(path);
    m_search = std::make_unique<LogSearch>(m_feed->index());
    m_canvas->setIndex(m_feed->index());
    connect(m_feed.get(), &LogFeed::grown, this, &LogView::onGrown);
    connect(m_feed.get(), &LogFeed::settled, this, &LogView::onSettled);
    connect(m_search.get(), &LogSearch::changed, this, &LogView::showCount);
    showNotice(tr("Reading the log…"));
    watch();
    search();
    m_feed->read();
}

void LogView::setLastStart(const QDateTime& start)
{
    m_times->setLastStart(start);
}

QString LogView::text() const
{
    return m_canvas->textToCopy();
}

bool LogView::isSettled() const
{
    return !m_feed || (!m_feed->isReading() && !m_search->isSearching());
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
    if (m_feed && isVisible() && !m_readTimer.isActive())
        m_readTimer.start();
}

void LogView::applyFilter()
{
    m_canvas->setFilter(static_cast<LogFilter>(m_filter->currentData().toInt()), m_range);
    search();
}

void LogView::applyStretch()
{
    if (!m_feed)
        return;
    const auto range = linesIn(*m_feed->index(), m_times->stretch());
    m_hasNoTimes = !range;
    const LogLineRange lines = range.value_or(LogLineRange());
    if (std::exchange(m_range, lines) != lines)
        applyFilter();
}

void LogView::onGrown()
{
    applyStretch();
    m_canvas->sync();
    m_search->goOn();
    if (m_canvas->rowCount() > 0)
        showNotice({});
}

void LogView::onSettled(const QString& failure, bool hasGap)
{
    onGrown();
    if (failure.isEmpty())
        watch();
    const auto end = m_feed->index()->span().end;
    if (std::exchange(m_readTo, end) != end)
        readSoon(); // while it grows it is looked at again, whatever the watcher says
    if (!failure.isEmpty())
        showNotice(failure);
    else if (end == m_feed->index()->span().begin)
        showNotice(tr("Nothing was logged yet."));
    else if (m_hasNoTimes)
        showNotice(tr("This log has no times: all of it is shown."));
    else if (m_canvas->rowCount() == 0 && !m_times->stretch().isAll())
        showNotice(tr("Nothing was logged in that time."));
    else
        showNotice(hasGap ? tr("It was rotated faster than it could be read: some lines may be missing.") : QString());
}

void LogView::showNotice(const QString& notice)
{
    m_notice->setText(notice);
    m_notice->setVisible(!notice.isEmpty());
}

void LogView::search()
{
    m_canvas->setNeedle(m_text->text());
    m_mustJump = !m_text->text().isEmpty();
    if (m_search)
        m_search->find(m_text->text(), static_cast<LogFilter>(m_filter->currentData().toInt()), m_range);
}

void LogView::find(Direction direction)
{
    if (!m_search)
        return;
    const std::uint64_t line = m_canvas->currentLine();
    if (const auto found = direction == Direction::Next ? m_search->next(line) : m_search->previous(line))
        m_canvas->showLine(*found);
    showCount();
}

void LogView::showCount()
{
    const std::size_t count = m_search->count();
    m_count->setVisible(!m_search->text().isEmpty());
    m_previous->setEnabled(count > 0);
    m_next->setEnabled(count > 0);
    const std::uint64_t line = m_canvas->currentLine();
    const bool isBelow = m_search->countBefore(line) < count;
    if (m_mustJump && count > 0 && (isBelow || !m_search->isSearching())) {
        m_mustJump = false; // to the first that is not above what the person looks at
        m_canvas->showLine(
            m_search->countBefore(line + 1) > m_search->countBefore(line) ? line : *m_search->next(line));
    }
    const QString all = QLocale().toString(static_cast<qulonglong>(count));
    if (count == 0)
        m_count->setText(m_search->isSearching() ? tr("Searching…") : tr("Not found"));
    else if (m_search->isSearching())
        m_count->setText(tr("%1 lines so far").arg(all));
    else
        m_count->setText(
            tr("%1 of %2")
                .arg(QLocale().toString(static_cast<qulonglong>(m_search->countBefore(m_canvas->currentLine() + 1))),
                    all));
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

void LogView::copy()
{
    m_canvas->copy();
}

} // namespace twinhull
