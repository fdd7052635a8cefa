// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/bin_dialog.h"

#include "core/workload/look_into_bins.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/rounds_job.h"
#include "core/workload/workload_connection.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kBinPadding = 16;
constexpr QSize kBinSize(640, 400);
constexpr int kBinRowHeight = 28;

WorkloadBin* binOf(const WorkloadRegistry& workloads, const WorkloadId& id)
{
    return dynamic_cast<WorkloadBin*>(providerOf(workloads, id));
}

QString momentText(const QDateTime& moment)
{
    return moment.isValid() ? QLocale().toString(moment, QLocale::ShortFormat) : BinDialog::tr("cannot be read");
}

QString endText(const BinnedWorkload& workload)
{
    return workload.isReadable && !workload.until.isValid() ? BinDialog::tr("it is removed")
                                                            : momentText(workload.until);
}

} // namespace

BinDialog::BinDialog(AppContext& context, QWidget* parent)
    : QDialog(parent), m_context(context), m_list(new QTreeWidget), m_text(new QLabel)
{
    setWindowTitle(tr("Bin"));
    setObjectName(QStringLiteral("binDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    makeList();
    m_text->setObjectName(QStringLiteral("binText"));
    m_text->setProperty("muted", true);
    m_text->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kBinPadding, kBinPadding, kBinPadding, kBinPadding);
    layout->setSpacing(kBinPadding);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_text);
    layout->addWidget(makeButtons());
    resize(kBinSize);
    look();
}

void BinDialog::makeList()
{
    m_list->setHeaderLabels({ tr("Name"), tr("Kind"), tr("Deleted"), tr("Stays until") });
    m_list->setRootIsDecorated(false);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setAccessibleName(tr("What can be brought back"));
    m_list->setObjectName(QStringLiteral("binList"));
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_list->header()->setStretchLastSection(false);
    connect(m_list, &QTreeWidget::itemSelectionChanged, this, &BinDialog::refresh);
    connect(m_list, &QTreeWidget::itemActivated, this, &BinDialog::bringBack);
}

QWidget* BinDialog::makeButtons()
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_remove = buttons->addButton(tr("Remove for good…"), QDialogButtonBox::DestructiveRole);
    m_remove->setObjectName(QStringLiteral("binRemove"));
    m_restore = buttons->addButton(tr("Bring back"), QDialogButtonBox::ActionRole);
    m_restore->setObjectName(QStringLiteral("binRestore"));
    m_restore->setProperty("primary", true);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_remove, &QPushButton::clicked, this, &BinDialog::askToRemove);
    connect(m_restore, &QPushButton::clicked, this, &BinDialog::bringBack);
    return buttons;
}

void BinDialog::look()
{
    m_text->setText(tr("Looking…"));
    lookIntoEachBin(m_context.workloads, *this, {}, [this, number = ++m_look](const BinsSeen& seen) {
        if (number != m_look)
            return;
        m_found = seen.found;
        m_failure = seen.failure ? QString::fromStdString(seen.failure->toLine()) : QString();
        present();
    });
}

void BinDialog::present()
{
    m_list->clear();
    for (const auto& workload : m_found) {
        const QString kind = workload.id.kind == WorkloadKind::Vm ? tr("VM") : tr("Container");
        auto* item = new QTreeWidgetItem({ workload.name, kind, momentText(workload.removedAt), endText(workload) });
        item->setSizeHint(0, { 0, kBinRowHeight });
        m_list->addTopLevelItem(item);
    }
    if (auto* first = m_list->topLevelItem(0); first != nullptr)
        m_list->setCurrentItem(first);
    refresh();
}

void BinDialog::refresh()
{
    const bool isAny = !m_list->selectedItems().isEmpty();
    m_restore->setEnabled(isAny);
    m_remove->setEnabled(isAny);
    if (!m_outcome.isEmpty())
        m_text->setText(m_outcome);
    else if (!m_failure.isEmpty()) // of one bin; others may have been read
        m_text->setText(m_failure);
    else
        m_text->setText(m_found.empty() ? tr("Nothing is in the bin. What you delete stays here for a week.")
                                        : tr("What was deleted stays here for a week, with all that it had written."));
}

std::vector<BinnedWorkload> BinDialog::chosen() const
{
    std::vector<BinnedWorkload> all;
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        if (m_list->topLevelItem(row)->isSelected())
            all.push_back(m_found[static_cast<std::size_t>(row)]);
    }
    return all;
}

void BinDialog::bringBack()
{
    m_outcome.clear();
    for (const auto& workload : chosen()) {
        auto* bin = binOf(m_context.workloads, workload.id);
        if (bin == nullptr)
            continue;
        Job* job = submitWithRetry(m_context.jobs, [bin, id = workload.id] { return bin->restore(id); });
        connect(job, &Job::finished, this, [this, job] { tell(*job); });
    }
}

void BinDialog::askToRemove()
{
    QStringList names;
    const auto asked = chosen(); // the list may be another when the answer comes
    for (const auto& workload : asked)
        names << workload.name;
    auto* box = new QMessageBox(QMessageBox::Warning, tr("Remove for good"),
        tr("Remove for good: %1?").arg(names.join(QStringLiteral(", "))), QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("confirmBinRemove"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(tr(
        "What they wrote outside of their volumes goes with them, and of VMs the disks that were made with them; disks "
        "elsewhere stay. Nothing brings it back."));
    auto* remove = box->addButton(tr("Remove for good"), QMessageBox::DestructiveRole);
    remove->setObjectName(QStringLiteral("confirmBinRemoveButton"));
    connect(remove, &QPushButton::clicked, this, [this, asked] { removeForGood(asked); });
    box->open();
}

void BinDialog::removeForGood(const std::vector<BinnedWorkload>& asked)
{
    m_outcome.clear();
    std::vector<RoundsJob::MakeJob> makers; // a clone goes before what it stands on may
    for (const auto& workload : asked) {
        if (auto* bin = binOf(m_context.workloads, workload.id))
            makers.emplace_back([bin, id = workload.id] { return bin->removeForGood(id); });
    }
    if (makers.empty())
        return;
    Job* job = makers.size() == 1
        ? submitWithRetry(m_context.jobs, makers.front())
        : m_context.jobs.submit(std::make_unique<RoundsJob>(tr("Remove from the bin for good"), std::move(makers)));
    connect(job, &Job::finished, this, [this, job] { tell(*job); });
}

void BinDialog::tell(const Job& job)
{
    if (job.state() == Job::State::Failed)
        m_outcome = errorParagraph(job.result().error());
    look();
}

} // namespace twinhull
