// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/fine_limit_rows.h"

#include "core/base/number_list.h"
#include "core/workload/option_text.h"
#include "ui/create/form_row.h"
#include "ui/create/more_check.h"

#include <QGridLayout>
#include <QLineEdit>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kFirstRate = 3; ///< of the rows
constexpr int kFineColumns = 2;
constexpr int kFineGap = 12;

QString ratesText(const FineLimits& limits, DeviceRateKind kind)
{
    QStringList texts;
    for (const auto& rate : limits.deviceRates) {
        if (rate.kind == kind)
            texts << deviceRateText(rate);
    }
    return texts.join(QStringLiteral(", "));
}

/// Those that are new, and for each disk that is no longer named that it has no limit.
QStringList otherRates(const QStringList& now, const QStringList& before)
{
    const auto diskOf = [](const QString& text) { return text.left(text.lastIndexOf(u':')); };
    QStringList other;
    for (const QString& text : now) {
        if (!before.contains(text))
            other << text;
    }
    for (const QString& text : before) {
        const auto isOfIt = [disk = diskOf(text), &diskOf](const QString& each) { return diskOf(each) == disk; };
        if (std::none_of(now.begin(), now.end(), isOfIt))
            other << diskOf(text) + QStringLiteral(":none");
    }
    return other;
}

} // namespace

FineLimitRows::FineLimitRows(const FineLimits& before, const FormWorld& world, QWidget* parent)
    : QWidget(parent), m_world(world), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(kFineGap);
    add(FormField::Swap, QStringLiteral("limitsSwap"), tr("Memory and swap"), tr("as much as memory: no swap"),
        before.memoryAndSwapBytes ? swapText(*before.memoryAndSwapBytes) : QString());
    add(FormField::CpuSet, QStringLiteral("limitsCpuSet"), tr("Processors"), tr("any; 0-3,7"), before.cpuSet);
    add(FormField::CpuShares, QStringLiteral("limitsCpuShares"), tr("CPU shares"), tr("as others; usual is 1024"),
        before.cpuShares ? QString::number(*before.cpuShares) : QString());
    const QString bytes = tr("no limit; /dev/sda:10M a second");
    const QString operations = tr("no limit; /dev/sda:1000 a second");
    add(FormField::ReadBytes, QStringLiteral("limitsReadBytes"), tr("Read from a disk"), bytes,
        ratesText(before, DeviceRateKind::ReadBytes));
    add(FormField::WriteBytes, QStringLiteral("limitsWriteBytes"), tr("Write to a disk"), bytes,
        ratesText(before, DeviceRateKind::WriteBytes));
    add(FormField::ReadOperations, QStringLiteral("limitsReadOperations"), tr("Read operations"), operations,
        ratesText(before, DeviceRateKind::ReadOperations));
    add(FormField::WriteOperations, QStringLiteral("limitsWriteOperations"), tr("Write operations"), operations,
        ratesText(before, DeviceRateKind::WriteOperations));
}

void FineLimitRows::add(
    FormField field, const QString& name, const QString& label, const QString& example, const QString& before)
{
    auto* line = new QLineEdit(before);
    line->setObjectName(name);
    line->setPlaceholderText(example);
    auto* row = new FormRow(label, line, this);
    if (const QString why = whyUseless(field, m_world); !why.isEmpty()) {
        row->setNote(why);
        row->setEditable(false);
        line->setAccessibleDescription(why);
    }
    const int place = static_cast<int>(m_rows.size());
    m_grid->addWidget(row, place / kFineColumns, place % kFineColumns, Qt::AlignTop);
    m_rows.push_back({ field, line, row, before });
    connect(line, &QLineEdit::textChanged, this, &FineLimitRows::changed);
}

/// Of one row alone, so that what is wrong with it is its own.
FineLimitTexts FineLimitRows::textsOf(std::size_t row) const
{
    FineLimitTexts texts;
    const QString text = m_rows[row].line->text().trimmed();
    const QString& before = m_rows[row].before;
    if (text == before)
        return texts;
    const QString asked = text.isEmpty() ? QStringLiteral("none") : text;
    switch (m_rows[row].field) {
    case FormField::Swap:
        texts.memoryAndSwap = asked;
        break;
    case FormField::CpuSet:
        texts.cpuSet = asked;
        break;
    case FormField::CpuShares:
        texts.cpuShares = asked;
        break;
    default:
        texts.deviceRates[row - kFirstRate] = otherRates(listParts(text), listParts(before));
    }
    return texts;
}

/// Empty: none.
QString FineLimitRows::problemWith(std::size_t row, WorkloadChange& change, std::uint64_t memoryBytes) const
{
    if (const auto added = addFineLimits(textsOf(row), change); !added)
        return QString::fromStdString(added.error().hint.empty() ? added.error().message : added.error().hint);
    const auto swap = change.memoryAndSwapBytes.value_or(0);
    if (m_rows[row].field == FormField::Swap && swap != 0) {
        if (memoryBytes == 0)
            return tr("Give a memory limit with it.");
        if (swap > 0 && static_cast<std::uint64_t>(swap) < memoryBytes)
            return tr("Memory and swap together are less than the memory limit.");
    }
    if (m_rows[row].field == FormField::CpuSet && change.cpuSet && m_world.hostCpus > 0) {
        const auto numbers = parseNumberList(change.cpuSet->toStdString());
        if (numbers && !numbers->empty() && numbers->back() >= static_cast<unsigned>(m_world.hostCpus))
            return tr("This computer has the processors 0 to %1.").arg(m_world.hostCpus - 1);
    }
    return {};
}

Result<> FineLimitRows::addTo(WorkloadChange& change, std::uint64_t memoryBytes)
{
    Result<> first;
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        if (!m_rows[row].line->isEnabled())
            continue; // it says why
        const QString sentence = problemWith(row, change, memoryBytes);
        const FieldProblem problem{ sentence, {}, {} };
        m_rows[row].row->setProblem(sentence.isEmpty() ? nullptr : &problem);
        if (!sentence.isEmpty() && first)
            first = Error{ ErrorCode::InvalidArgument, sentence.toStdString(), 0, {} };
    }
    return first;
}

} // namespace twinhull
