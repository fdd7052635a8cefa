// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/image_choice.h"

#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "ui/images/image_actions.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/figure_text.h"

#include <QFileDialog>
#include <QSignalBlocker>

namespace twinhull {

namespace {

enum class Entry { Image, Load, Starter, Pull };
constexpr int kEntryRole = Qt::UserRole + 1;

QString starterReference()
{
    return QString::fromLatin1(kStarterReference.data(), static_cast<qsizetype>(kStarterReference.size()));
}

} // namespace

ImageChoice::ImageChoice(AppContext& context, QWidget* parent) : QComboBox(parent), m_context(context)
{
    setObjectName(QStringLiteral("image"));
    setPlaceholderText(tr("choose an image"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(16);
    fill();
    connect(this, &QComboBox::activated, this, &ImageChoice::onActivated);
    connect(&context.images, &ImageStore::added, this, &ImageChoice::fill);
    connect(&context.images, &ImageStore::changed, this, &ImageChoice::fill);
    connect(&context.images, &ImageStore::removed, this, &ImageChoice::fill);
}

bool ImageChoice::hasStarter() const
{
    return m_context.images.find(starterReference()).has_value();
}

void ImageChoice::fill()
{
    const QString before = reference();
    {
        const QSignalBlocker quiet(this);
        clear();
        for (const ImageInfo& image : m_context.images.images()) {
            const QString size = byteCountText(static_cast<double>(image.compressedBytes));
            addItem(image.shortName() + QStringLiteral("  ·  ") + size, image.shortName());
        }
        if (!hasStarter()) {
            addItem(tr("Make the starter image (no network needed)"));
            setItemData(count() - 1, static_cast<int>(Entry::Starter), kEntryRole);
        }
        addItem(tr("Pull from a registry…"));
        setItemData(count() - 1, static_cast<int>(Entry::Pull), kEntryRole);
        addItem(tr("Load from a file…"));
        setItemData(count() - 1, static_cast<int>(Entry::Load), kEntryRole);
        const QString wish = m_wanted.isEmpty() ? before : m_wanted;
        const auto found = wish.isEmpty() ? std::nullopt : m_context.images.find(wish);
        const auto all = m_context.images.images();
        setCurrentIndex(found ? findData(found->shortName()) : (all.empty() ? -1 : 0));
    }
    if (reference() != before)
        Q_EMIT referenceChanged();
}

QString ImageChoice::reference() const
{
    return currentData().toString();
}

void ImageChoice::choose(const QString& reference)
{
    m_wanted = reference;
    fill();
}

void ImageChoice::onActivated(int row)
{
    m_wanted.clear();
    const auto entry = static_cast<Entry>(itemData(row, kEntryRole).toInt());
    if (entry == Entry::Image) {
        Q_EMIT referenceChanged();
        return;
    }
    setCurrentIndex(-1);
    if (entry == Entry::Load)
        loadFile();
    else if (entry == Entry::Pull)
        pull();
    else
        buildStarter();
}

void ImageChoice::loadFile()
{
    auto* dialog = new QFileDialog(window(), tr("Load an image"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ tr("Image archives (*.tar *.tar.gz *.tgz *.tar.zst)"), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        chooseResultOf(
            submitWithRetry(m_context.jobs, [&images = m_context.images, path] { return images.load(path); }), {});
    });
    dialog->open();
}

void ImageChoice::pull()
{
    auto* actions = new ImageActions(m_context, window());
    connect(
        actions, &ImageActions::pullBegan, this, [this](Job* job, const QString& name) { chooseResultOf(job, name); });
    actions->pull();
}

void ImageChoice::buildStarter()
{
    chooseResultOf(submitWithRetry(m_context.jobs,
                       [folders = m_context.folders] { return buildStarterImage(folders, starterBusybox()); }),
        starterReference());
}

void ImageChoice::chooseResultOf(Job* job, const QString& reference)
{
    const auto before = m_context.images.images();
    connect(job, &Job::finished, this, [this, before, reference] {
        m_context.images.refresh();
        if (!reference.isEmpty()) {
            choose(reference);
            return;
        }
        for (const ImageInfo& image : m_context.images.images()) {
            const auto isKnown = [&image](const ImageInfo& known) { return known.digest == image.digest; };
            if (std::none_of(before.begin(), before.end(), isKnown))
                choose(image.shortName());
        }
    });
}

} // namespace twinhull
