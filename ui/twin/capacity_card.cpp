// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/capacity_card.h"

#include "core/base/text.h"
#include "ui/twin/capacity_dialog.h"

#include <QCoreApplication>
#include <QLocale>
#include <QPushButton>

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
        return { text("true"), sentence, FigureCell::Validity::Valid };
    case Capacity::Outcome::Refuted:
        return { text("refuted"), sentence, FigureCell::Validity::Valid };
    }
    return cellOf(Figure::absent(text("No check was asked for.")));
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
        table.columns << (capacity.kind == WorkloadKind::Vm ? text("VM") : text("Container"));
    if (measured.empty())
        return table;
    add(text("Memory, first"), text("PSS and page tables of the first one, helpers included, at rest."),
        [](const Capacity& capacity) { return cellOf(capacity.firstBytes()); });
    add(text("Memory, each further"),
        text("What each of the further ones added to the PSS and page tables of all: the median."), furtherCell);
    add(text("Fit until pressure passes %1 %").arg(measured.front().pressureLimit), measured.front().assumption(),
        fitCell);
    if (std::any_of(measured.begin(), measured.end(), [](const auto& one) { return one.isCheckAsked; }))
        add(text("Checked by starting them"),
            text("As many as were foretold were started one after the other, and memory pressure was read after each."),
            checkCell);
    return table;
}

CapacityCard::CapacityCard(WorkloadRegistry& workloads, ImageStore& images, JobQueue& jobs, QWidget* parent)
    : FigureTableCard(tr("How many more fit"), parent)
    , m_workloads(workloads)
    , m_images(images)
    , m_jobs(jobs)
    , m_measure(new QPushButton(tr("Measure how many more fit\u2026")))
{
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
        m_measured.clear();
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
    m_measured.push_back(capacity);
    setTable(capacityFigures(m_measured));
}

} // namespace twinhull
