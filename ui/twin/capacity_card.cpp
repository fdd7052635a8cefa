// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/capacity_card.h"

#include "core/base/text.h"
#include "ui/twin/capacity_dialog.h"

#include <QCoreApplication>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace twinhull {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("CapacityFigures", source);
}

QString bytesText(double bytes)
{
    return QString::fromStdString(formatBytes(static_cast<std::uint64_t>(std::max(bytes, 0.0))));
}

FigureCell cellOf(const Figure& bytes)
{
    return bytes.value ? FigureCell{ bytesText(*bytes.value), {}, FigureCell::Validity::Valid }
                       : FigureCell{ {}, bytes.missing, FigureCell::Validity::Valid };
}

FigureCell furtherCell(const Capacity& capacity)
{
    const auto further = capacity.furtherBytes();
    if (!further)
        return cellOf(Figure::absent(text("It takes two starts whose cost could be read.")));
    return { bytesText(further->value),
        text("95 % interval %1 to %2, of %3 further ones")
            .arg(bytesText(further->interval.low), bytesText(further->interval.high))
            .arg(further->samples),
        FigureCell::Validity::Valid };
}

FigureCell fitCell(const Capacity& capacity)
{
    const auto fit = capacity.fit();
    if (!fit)
        return cellOf(Figure::absent(text("Each further one's cost is not known.")));
    const QString count = QLocale(QLocale::English).toString(fit->value);
    if (capacity.isStoppedByPressure)
        return { count, capacity.assumption(), FigureCell::Validity::Valid };
    return { text("\u2248 %1").arg(count), capacity.claim() + QLatin1Char(' ') + capacity.assumption(),
        FigureCell::Validity::Valid };
}

FigureCell checkCell(const Capacity& capacity)
{
    const QString sentence = capacity.checkSentence();
    switch (capacity.outcome()) {
    case Capacity::Outcome::NotAsked:
        break;
    case Capacity::Outcome::NotMade:
        return cellOf(Figure::absent(sentence));
    case Capacity::Outcome::True:
        return { text("holds"), sentence, FigureCell::Validity::Valid };
    case Capacity::Outcome::Partial:
        return { text("holds up to %1").arg(capacity.after.size() + capacity.check.size()), sentence,
            FigureCell::Validity::Valid };
    case Capacity::Outcome::Refuted:
        return { text("refuted"), sentence, FigureCell::Validity::Valid };
    }
    return cellOf(Figure::absent(sentence));
}

QString columnName(const Capacity& capacity)
{
    return capacity.kind == WorkloadKind::Vm ? text("VM") : text("Container");
}

/// To read and to copy without pointing at anything.
QLabel* sentenceLabel(const QString& sentence, const char* name)
{
    auto* label = new QLabel(sentence);
    label->setObjectName(QLatin1String(name));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("small", true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

FigureTable capacityFigures(std::span<const Capacity> measured)
{
    FigureTable table{ text("How many more fit"), {}, {}, false };
    const auto add = [&](const QString& title, const QString& explanation, auto cell) {
        FigureTable::Row row{ title, explanation, {}, {} };
        for (const Capacity& capacity : measured)
            row.cells.push_back(cell(capacity));
        table.rows.push_back(std::move(row));
    };
    for (const Capacity& capacity : measured)
        table.columns << columnName(capacity);
    if (measured.empty())
        return table;
    add(text("Memory, first"), text("PSS and page tables of the first one, helpers included, at rest."),
        [](const Capacity& capacity) { return cellOf(capacity.firstBytes()); });
    add(text("Memory, each further"),
        text("What each of the further ones added to the PSS and page tables of all: the median."), furtherCell);
    add(text("Fit until pressure passes %1 %").arg(measured.front().pressureLimit),
        text("What is available beyond the reserve, divided by the memory of each further one; where pressure passed "
             "its "
             "limit, how many ran below it."),
        fitCell);
    if (std::any_of(measured.begin(), measured.end(), [](const auto& one) { return one.isCheckAsked; }))
        add(text("Checked by starting them"),
            text("As many as were foretold, up to the limit, were started one after the other, and memory pressure was "
                 "read each second."),
            checkCell);
    return table;
}

CapacityCard::CapacityCard(WorkloadRegistry& workloads, ImageStore& images, JobQueue& jobs, QWidget* parent)
    : FigureTableCard(tr("How many more fit"), parent)
    , m_workloads(workloads)
    , m_images(images)
    , m_jobs(jobs)
    , m_words(new QWidget)
    , m_measure(new QPushButton(tr("Measure how many more fit\u2026")))
{
    m_words->setObjectName(QStringLiteral("capacityWords"));
    m_words->setAccessibleName(tr("Claim, assumption and verdict"));
    auto* words = new QVBoxLayout(m_words);
    words->setContentsMargins(10, 4, 10, 4);
    words->setSpacing(4);
    m_words->hide();
    addText(m_words);
    m_measure->setProperty("link", true);
    m_measure->setObjectName(QStringLiteral("capacityMeasure"));
    connect(m_measure, &QPushButton::clicked, this, &CapacityCard::openDialog);
    addFooter(m_measure);
    setTable(capacityFigures({}));
}

void CapacityCard::openDialog()
{
    auto* dialog = new CapacityDialog(m_images.images(), m_digest, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &CapacityDialog::chosen, this, [this](const std::vector<CapacityPlan>& plans) {
        m_isOutdated = true;
        measure(plans);
    });
    dialog->open();
}

void CapacityCard::measure(std::vector<CapacityPlan> plans)
{
    m_measure->setEnabled(plans.empty());
    if (plans.empty())
        return;
    auto job = std::make_unique<CapacityRun>(m_workloads, m_images, plans.front());
    plans.erase(plans.begin());
    connect(job.get(), &Job::finished, this, [this, run = job.get(), plans] {
        const bool isMeasured = run->state() == Job::State::Succeeded;
        if (isMeasured)
            showMeasured(run->capacity());
        measure(isMeasured ? plans : std::vector<CapacityPlan>());
    });
    m_jobs.submit(std::move(job));
}

void CapacityCard::showMeasured(const Capacity& capacity)
{
    if (std::exchange(m_isOutdated, false)) // what was there stays with its words until something replaces it
        m_measured.clear();
    m_measured.push_back(capacity);
    setTable(capacityFigures(m_measured));
    showWords();
}

void CapacityCard::showWords()
{
    while (QLayoutItem* old = m_words->layout()->takeAt(0)) {
        delete old->widget();
        delete old;
    }
    const auto add = [this](const Capacity& capacity, const char* name, const QString& said) {
        auto* label = sentenceLabel(tr("%1: %2").arg(columnName(capacity), said), name);
        label->setAccessibleName(said);
        m_words->layout()->addWidget(label);
        return label;
    };
    for (const Capacity& capacity : m_measured) {
        if (const QString claim = capacity.claim(); !claim.isEmpty())
            add(capacity, "capacityClaim", claim);
        add(capacity, "capacityVerdict", capacity.checkSentence())
            ->setProperty("warning", capacity.outcome() == Capacity::Outcome::Refuted);
        add(capacity, "capacityAssumption", capacity.assumption())->setProperty("muted", true);
    }
    m_words->setVisible(!m_measured.empty());
}

} // namespace twinhull
