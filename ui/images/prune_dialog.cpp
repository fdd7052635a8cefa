// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/prune_dialog.h"

#include "core/workload/look_into_bins.h"
#include "core/base/text.h"
#include "core/images/image_jobs.h"
#include "core/jobs/job_queue.h"
#include "core/workload/workload_registry.h"
#include "ui/widgets/accept_buttons.h"
#include "ui/widgets/error_text.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <set>

namespace twinhull {

namespace {

constexpr int kPrunePadding = 16;
constexpr QSize kPruneSize(720, 460);
constexpr int kPruneRowHeight = 28;

QString sizeText(std::uint64_t bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

QStringList usedDigests(const WorkloadRegistry& workloads)
{
    QStringList used;
    for (const WorkloadInfo& info : workloads.workloads())
        used << info.imageDigest;
    return used;
}

Digest digestOf(const QString& text)
{
    return *Digest::parse(text.toStdString());
}

} // namespace

PruneDialog::PruneDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_all(new QCheckBox(tr("Named images as well, where no container and no VM uses them")))
    , m_list(new QTreeWidget)
    , m_text(new QLabel(tr("Measuring\u2026")))
{
    setWindowTitle(tr("Free space"));
    setObjectName(QStringLiteral("pruneDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_list->setHeaderLabels({ tr("Image"), tr("Shared"), tr("Its own"), tr("What happens") });
    m_list->setRootIsDecorated(false);
    m_list->setAccessibleName(tr("Images and what they take on disk"));
    m_list->setObjectName(QStringLiteral("pruneList"));
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_list->header()->setStretchLastSection(false);
    m_all->setObjectName(QStringLiteral("pruneAll"));
    m_text->setObjectName(QStringLiteral("pruneText"));
    m_text->setWordWrap(true);
    const auto buttons = makeAcceptButtons(*this, tr("Remove"), QStringLiteral("pruneAccept"));
    m_accept = buttons.accept;
    connect(buttons.box, &QDialogButtonBox::accepted, this, &PruneDialog::finish);
    connect(m_all, &QCheckBox::toggled, this, &PruneDialog::refresh);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPrunePadding, kPrunePadding, kPrunePadding, kPrunePadding);
    layout->setSpacing(kPrunePadding);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_all);
    layout->addWidget(m_text);
    layout->addWidget(buttons.box);
    resize(kPruneSize);
    refresh();
    measure();
    lookIntoBins(m_context.workloads, *this, [this](const BinsFound& binned) {
        if (const auto needed = imagesNeededBy(binned); needed)
            m_binned = *needed;
        else
            m_text->setText(QString::fromStdString(needed.error().toLine())); // nothing is offered then
        refresh();
    });
}

PruneDialog::~PruneDialog() = default;

void PruneDialog::measure()
{
    const auto use = std::make_shared<StoreUse>();
    Job* job = m_context.jobs.submit(
        m_context.images.work(tr("Measure the images"), [use](const DataFolders& folders, JobContext& context) {
            auto measured = measureStore(folders, [&context] { return context.isCancelled(); });
            if (!measured)
                return Result<>(std::move(measured).error());
            *use = *std::move(measured);
            return Result<>();
        }));
    connect(job, &Job::finished, this, [this, job, use] {
        if (job->result())
            showUse(*use);
        else
            m_text->setText(errorParagraph(job->result().error()));
    });
    connect(this, &QDialog::rejected, job, &Job::cancel);
}

void PruneDialog::showUse(const StoreUse& use)
{
    m_use = std::make_unique<StoreUse>(use);
    refresh();
}

QStringList PruneDialog::going() const
{
    QStringList digests;
    for (const ImageInfo& image :
        prunableImages(m_context.images, usedDigests(m_context.workloads) + *m_binned, m_all->isChecked()))
        digests << image.digest;
    return digests;
}

void PruneDialog::refresh()
{
    m_accept->setEnabled(false);
    if (!m_use || !m_binned)
        return;
    const QStringList used = usedDigests(m_context.workloads);
    const QStringList gone = going();
    m_list->clear();
    std::set<Digest> digests;
    for (const ImageInfo& image : m_context.images.images()) {
        const Digest digest = digestOf(image.digest);
        const bool goes = gone.contains(image.digest);
        if (goes)
            digests.insert(digest);
        auto* item = new QTreeWidgetItem(
            { image.shortName(), sizeText(m_use->sharedBytes(digest)), sizeText(m_use->ownBytes(digest)),
                goes                                   ? tr("is removed")
                    : used.contains(image.digest)      ? tr("stays: in use")
                    : m_binned->contains(image.digest) ? tr("stays: for what is in the bin")
                                                       : tr("stays") });
        item->setSizeHint(0, { 0, kPruneRowHeight });
        for (const int column : { 1, 2 })
            item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
        m_list->addTopLevelItem(item);
    }
    const auto freed = m_use->freedBy(digests);
    m_text->setText(tr("All images take %1, what is shared counted once. This frees %2, of it %3 that no image needs.")
                        .arg(sizeText(m_use->wholeBytes()), sizeText(freed), sizeText(m_use->leftoverBytes())));
    m_accept->setText(tr("Free %1").arg(sizeText(freed)));
    m_accept->setEnabled(freed > 0 || !gone.isEmpty());
}

void PruneDialog::finish()
{
    m_context.jobs.submit(pruneJob(m_context.images, going()));
    accept();
}

} // namespace twinhull
