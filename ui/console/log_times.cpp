// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_times.h"

#include "core/ipc/log_line.h"
#include "ui/console/log_times_dialog.h"

#include <QLocale>
#include <QStandardItemModel>

namespace twinhull {

namespace {

enum TimesRow { AllTimes, SinceStart, TenMinutes, OneHour, OneDay, AskedTimes };

constexpr qint64 kNanosecondsAMillisecond = 1'000'000;
constexpr qint64 kMinuteSeconds = 60;

std::string momentOf(const QDateTime& time, qint64 nanosecondsLater = 0)
{
    return time.isValid() ? logTime(time.toMSecsSinceEpoch() * kNanosecondsAMillisecond + nanosecondsLater)
                          : std::string();
}

qint64 secondsOf(int row)
{
    return row == TenMinutes ? 10 * kMinuteSeconds : row == OneHour ? 60 * kMinuteSeconds : 24 * 60 * kMinuteSeconds;
}

} // namespace

LogTimes::LogTimes(QWidget* parent) : QComboBox(parent)
{
    setAccessibleName(tr("Times that are shown"));
    setToolTip(tr("Lines of which time are shown, like twinhullctl logs --since --until"));
    setObjectName(QStringLiteral("logTimes"));
    addItems({ tr("All times"), tr("Since the last start"), tr("From 10 minutes ago"), tr("From an hour ago"),
        tr("From a day ago"), tr("From, to\u2026") });
    setLastStart({});
    connect(this, &QComboBox::activated, this, &LogTimes::choose);
}

void LogTimes::setLastStart(const QDateTime& start)
{
    const bool isNew = start != m_start;
    m_start = start;
    static_cast<QStandardItemModel*>(model())->item(SinceStart)->setEnabled(start.isValid());
    if (isNew && start.isValid() && m_chosen == SinceStart)
        take(start, {});
}

void LogTimes::choose(int index)
{
    if (index == AskedTimes) {
        setCurrentIndex(m_chosen); // until there is an answer
        ask();
        return;
    }
    m_chosen = index;
    if (index == AllTimes)
        take({}, {});
    else
        take(index == SinceStart ? m_start : QDateTime::currentDateTime().addSecs(-secondsOf(index)), {});
}

void LogTimes::ask()
{
    auto* dialog = new LogTimesDialog(window());
    connect(dialog, &LogTimesDialog::chosen, this, [this](const QDateTime& since, const QDateTime& until) {
        m_chosen = AskedTimes;
        setCurrentIndex(AskedTimes);
        take(since, until);
    });
    dialog->open();
}

void LogTimes::take(const QDateTime& since, const QDateTime& until)
{
    // A person says seconds: the last of them is meant as a whole.
    m_stretch = { momentOf(since), momentOf(until, 999'999'999) };
    Q_EMIT stretchChanged();
}

} // namespace twinhull
