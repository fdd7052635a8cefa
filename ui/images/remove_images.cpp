// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/remove_images.h"

#include "core/images/image_jobs.h"
#include "core/jobs/job_queue.h"
#include "core/settings/settings.h"
#include "core/workload/look_into_bins.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/confirmation.h"

#include <QMessageBox>

namespace twinhull {

namespace {

constexpr qsizetype kNamesShown = 8; ///< in a question; the others are counted

QStringList namesOfUsers(
    const WorkloadRegistry& workloads, const std::vector<BinnedWorkload>& binned, const QString& digest)
{
    QStringList names;
    for (const BinnedWorkload& workload : binned) {
        if (workload.imageDigest == digest)
            names << QObject::tr("%1 (in the bin)").arg(workload.name);
    }
    for (const WorkloadInfo& info : workloads.workloads()) {
        if (info.imageDigest == digest)
            names << info.name;
    }
    return names;
}

QString listed(const QStringList& names)
{
    if (names.size() <= kNamesShown)
        return names.join(QStringLiteral(", "));
    return QObject::tr("%1 and %2 more")
        .arg(names.first(kNamesShown).join(QStringLiteral(", ")))
        .arg(names.size() - kNamesShown);
}

void sayWhatUsesThem(QWidget& window, const QStringList& uses)
{
    auto* box = new QMessageBox(
        QMessageBox::NoIcon, QObject::tr("Remove images"), uses.join(u'\n'), QMessageBox::NoButton, &window);
    box->setObjectName(QStringLiteral("imagesInUse"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(
        QObject::tr("Nothing is removed. Remove those first: they need its layers. What is in the bin needs "
                    "them to come back; there it can be removed for good."));
    box->addButton(QObject::tr("Keep image"), QMessageBox::RejectRole);
    box->open();
}

/// It may hold what needs them.
void sayTheBinIsNotKnown(QWidget& window, const Error& error)
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, QObject::tr("Remove images"),
        QObject::tr("Nothing is removed: what is in the bin may need these images, and it cannot be read."),
        QMessageBox::NoButton, &window);
    box->setObjectName(QStringLiteral("binNotKnown"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(QString::fromStdString(error.toLine()));
    box->addButton(QObject::tr("Keep image"), QMessageBox::RejectRole);
    box->open();
}

void askAndRemove(AppContext& context, QWidget& window, const QStringList& names, const QStringList& digests)
{
    const bool isOne = names.size() == 1;
    const Confirmation asked{ "removeImages",
        isOne ? QObject::tr("Remove %1?").arg(names.front()) : QObject::tr("Remove %1 images?").arg(names.size()),
        isOne ? QObject::tr("Its layers and root disk go too, unless other images need them.")
              : QObject::tr("%1\n\nTheir layers and root disks go too, unless other images need them.")
                    .arg(listed(names)),
        isOne ? QObject::tr("&Remove image") : QObject::tr("&Remove images"), &context.settings,
        &setting::kConfirmRemove };
    confirm(&window, asked, [&context, digests] {
        submitWithRetry(context.jobs, [&images = context.images, digests] { return removeJob(images, digests); });
    });
}

} // namespace

void askToRemoveImages(AppContext& context, QWidget& window, const std::vector<ImageInfo>& images)
{
    if (images.empty())
        return;
    lookIntoBins(context.workloads, window, [&context, &window, images](const BinsFound& binned) {
        if (const auto needed = imagesNeededBy(binned); !needed)
            return sayTheBinIsNotKnown(window, needed.error());
        QStringList names;
        QStringList digests;
        QStringList uses;
        for (const ImageInfo& image : images) {
            names << image.shortName();
            digests << image.digest;
            const QStringList users = namesOfUsers(context.workloads, *binned, image.digest);
            if (!users.isEmpty())
                uses << QObject::tr("%1 is in use by %2.").arg(image.shortName(), listed(users));
        }
        uses.isEmpty() ? askAndRemove(context, window, names, digests) : sayWhatUsesThem(window, uses);
    });
}

} // namespace twinhull
