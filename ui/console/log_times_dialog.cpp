// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_times_dialog.h"

#include "ui/widgets/accept_buttons.h"

#include <QCheckBox>
#include <QDateTimeEdit>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kTimesPadding = 16;
constexpr int kTimesWidth = 380;
constexpr qint64 kHourSeconds = 3600;

QDateTimeEdit* makeMomentEdit(const QDateTime& first, const QString& name, const char* objectName)
{
    auto* edit = new QDateTimeEdit(first);
    edit->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    edit->setCalendarPopup(true);
    edit->setAccessibleName(name);
    edit->setObjectName(QLatin1String(objectName));
    return edit;
}

QDateTime wholeSeconds(QDateTime time)
{
    time.setTime(QTime(time.time().hour(), time.time().minute(), time.time().second()));
    return time;
}

} // namespace

LogTimesDialog::LogTimesDialog(QWidget* parent)
    : QDialog(parent)
    , m_hasSince(new QCheckBox(tr("From")))
    , m_since(makeMomentEdit(
          wholeSeconds(QDateTime::currentDateTime().addSecs(-kHourSeconds)), tr("The first moment"), "logSince"))
    , m_hasUntil(new QCheckBox(tr("To")))
    , m_until(makeMomentEdit(wholeSeconds(QDateTime::currentDateTime()), tr("The last moment"), "logUntil"))
    , m_text(new QLabel)
{
    setWindowTitle(tr("Times that are shown"));
    setObjectName(QStringLiteral("logTimesDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_hasSince->setObjectName(QStringLiteral("logHasSince"));
    m_hasUntil->setObjectName(QStringLiteral("logHasUntil"));
    m_hasSince->setChecked(true);
    m_text->setObjectName(QStringLiteral("logTimesText"));
    m_text->setProperty("muted", true);
    auto* fields = new QGridLayout;
    fields->setColumnStretch(1, 1);
    fields->addWidget(m_hasSince, 0, 0);
    fields->addWidget(m_since, 0, 1);
    fields->addWidget(m_hasUntil, 1, 0);
    fields->addWidget(m_until, 1, 1);
    const auto buttons = makeAcceptButtons(*this, tr("Show"), QStringLiteral("logTimesAccept"));
    m_accept = buttons.accept;
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kTimesPadding, kTimesPadding, kTimesPadding, kTimesPadding);
    layout->setSpacing(kTimesPadding);
    layout->addLayout(fields);
    layout->addWidget(m_text);
    layout->addWidget(buttons.box);
    setMinimumWidth(kTimesWidth);
    for (auto* box : { m_hasSince, m_hasUntil })
        connect(box, &QCheckBox::toggled, this, &LogTimesDialog::look);
    for (auto* edit : { m_since, m_until })
        connect(edit, &QDateTimeEdit::dateTimeChanged, this, &LogTimesDialog::look);
    connect(buttons.box, &QDialogButtonBox::accepted, this, &LogTimesDialog::finish);
    m_since->setFocus();
    look();
}

void LogTimesDialog::look()
{
    m_since->setEnabled(m_hasSince->isChecked());
    m_until->setEnabled(m_hasUntil->isChecked());
    const bool isTurned
        = m_hasSince->isChecked() && m_hasUntil->isChecked() && m_until->dateTime() < m_since->dateTime();
    m_accept->setEnabled(!isTurned);
    m_text->setText(isTurned ? tr("The end is before the beginning.") : tr("By the clock of this computer."));
}

void LogTimesDialog::finish()
{
    Q_EMIT chosen(m_hasSince->isChecked() ? m_since->dateTime() : QDateTime(),
        m_hasUntil->isChecked() ? m_until->dateTime() : QDateTime());
    accept();
}

} // namespace twinhull
