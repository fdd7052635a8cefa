// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/range_dialog.h"

#include "ui/metrics/workload_label.h"
#include "ui/widgets/accept_buttons.h"

#include <QComboBox>
#include <QDateTimeEdit>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kLargestCount = 100'000;
constexpr std::int64_t kNanosecondsAMillisecond = 1'000'000;

QDateTimeEdit* makeMoment(const QString& name, const char* objectName)
{
    auto* edit = new QDateTimeEdit;
    edit->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    edit->setCalendarPopup(true);
    edit->setAccessibleName(name);
    edit->setObjectName(QLatin1String(objectName));
    return edit;
}

QDateTime clockOf(std::int64_t moment)
{
    return QDateTime::fromMSecsSinceEpoch((moment + wallClockAhead()) / kNanosecondsAMillisecond);
}

std::int64_t momentOf(const QDateTime& clock)
{
    return clock.toMSecsSinceEpoch() * kNanosecondsAMillisecond - wallClockAhead();
}

} // namespace

RangeDialog::RangeDialog(SeriesSource& source, const WorkloadRegistry& workloads, QWidget* parent)
    : QDialog(parent)
    , m_source(source)
    , m_workloads(workloads)
    , m_first(makeMoment(tr("Begin of the first range"), "rangeFirst"))
    , m_count(new QSpinBox)
    , m_unit(new QComboBox)
    , m_whose(new QComboBox)
    , m_second(makeMoment(tr("Begin of the second range"), "rangeSecond"))
    , m_refusal(new QLabel)
{
    setWindowTitle(tr("Lay two times over each other"));
    m_count->setRange(1, kLargestCount);
    m_count->setAccessibleName(tr("Length of both ranges"));
    m_count->setObjectName(QStringLiteral("rangeLength"));
    const std::pair<QString, int> units[]
        = { { tr("seconds"), 1 }, { tr("minutes"), 60 }, { tr("hours"), 3600 }, { tr("days"), 86'400 } };
    for (const auto& [text, seconds] : units)
        m_unit->addItem(text, seconds);
    m_unit->setAccessibleName(tr("Unit of the length"));
    m_unit->setObjectName(QStringLiteral("rangeUnit"));
    m_whose->setAccessibleName(tr("Whose second range"));
    m_whose->setObjectName(QStringLiteral("rangeWhose"));
    m_refusal->setWordWrap(true);
    m_refusal->setProperty("muted", true);
    m_refusal->setObjectName(QStringLiteral("rangeRefusal"));
    auto* length = new QHBoxLayout;
    length->addWidget(m_count);
    length->addWidget(m_unit, 1);
    auto* form = new QFormLayout;
    form->addRow(tr("First begins"), m_first);
    form->addRow(tr("Both last"), length);
    form->addRow(tr("Second is of"), m_whose);
    form->addRow(tr("Second begins"), m_second);
    const auto buttons = makeAcceptButtons(*this, tr("Lay over"), QStringLiteral("rangeLay"));
    m_lay = buttons.accept;
    connect(buttons.box, &QDialogButtonBox::accepted, this, &RangeDialog::accept);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_refusal);
    layout->addWidget(buttons.box);
    fill();
    connect(m_first, &QDateTimeEdit::dateTimeChanged, this, &RangeDialog::judge);
    connect(m_second, &QDateTimeEdit::dateTimeChanged, this, &RangeDialog::judge);
    connect(m_count, &QSpinBox::valueChanged, this, &RangeDialog::judge);
    connect(m_unit, &QComboBox::currentIndexChanged, this, &RangeDialog::judge);
    judge();
}

/// With what is shown, and with the length before it as the second range.
void RangeDialog::fill()
{
    const TimeWindow window = m_source.view().window();
    const auto seconds = std::max<std::int64_t>(window.length() / std::int64_t{ 1'000'000'000 }, 1);
    for (int i = m_unit->count() - 1; i >= 0; --i) {
        const int unit = m_unit->itemData(i).toInt();
        if (seconds % unit != 0 && i > 0)
            continue;
        m_unit->setCurrentIndex(i);
        m_count->setValue(static_cast<int>(seconds / unit));
        break;
    }
    const bool isChosen = m_source.overlay() == Overlay::Chosen;
    const std::int64_t earlier = m_source.overlay() == Overlay::None ? window.length() : m_source.overlayNanoseconds();
    m_first->setDateTime(clockOf(window.fromNanoseconds));
    m_second->setDateTime(clockOf(window.fromNanoseconds - earlier));
    m_whose->addItem(tr("The same"));
    for (const WorkloadInfo& info : m_workloads.workloads()) {
        m_whose->addItem(labelOf(info), QVariant::fromValue(info.id));
        if (isChosen && m_source.other().workload == info.id)
            m_whose->setCurrentIndex(m_whose->count() - 1);
    }
}

std::chrono::seconds RangeDialog::length() const
{
    return std::chrono::seconds(std::int64_t{ m_count->value() } * m_unit->currentData().toInt());
}

/// Empty where they can be laid over.
QString RangeDialog::refusal() const
{
    if (length() < TimeView::kShortest || length() > TimeView::kLongest)
        return tr("A range lasts from %1 seconds to %2 days.")
            .arg(TimeView::kShortest.count())
            .arg(TimeView::kLongest.count() / 86'400);
    const QDateTime now = QDateTime::currentDateTime();
    if (m_first->dateTime() >= now || m_second->dateTime() >= now)
        return tr("A range begins in the past.");
    const QDateTime oldest = now.addSecs(-TimeView::kLongest.count());
    if (m_first->dateTime() < oldest || m_second->dateTime() < oldest)
        return tr("What is older than 30 days is not kept.");
    return {};
}

void RangeDialog::judge()
{
    const QString refused = refusal();
    m_lay->setEnabled(refused.isEmpty());
    m_refusal->setText(!refused.isEmpty() ? refused
                                          : tr("Their beginnings stand at one place. Seconds are kept for a day, "
                                               "minutes for 30 days."));
}

void RangeDialog::accept()
{
    if (!refusal().isEmpty())
        return;
    OtherRange other{ m_second->dateTime().msecsTo(m_first->dateTime()) * kNanosecondsAMillisecond };
    if (m_whose->currentIndex() > 0) {
        other.workload = m_whose->currentData().value<WorkloadId>();
        other.label = m_whose->currentText();
    }
    m_source.view().show(momentOf(m_first->dateTime()), length());
    m_source.setOther(std::move(other));
    QDialog::accept();
}

} // namespace twinhull
