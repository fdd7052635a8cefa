// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/image_details_dialog.h"

#include "core/base/text.h"
#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/thread_job.h"
#include "ui/images/layer_tree_model.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fact_grid.h"

#include <QComboBox>
#include <QDateTime>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QTabWidget>
#include <QTreeView>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kDetailsPadding = 16;
constexpr QSize kDetailsSize(860, 560);
constexpr int kHistoryRowHeight = 28;
constexpr qsizetype kShortHex = 12;

QString orDash(const QString& text)
{
    return text.isEmpty() ? QStringLiteral("\u2013") : text;
}

QString storedText(std::uint64_t bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

/// As the list of images shows times; what is no time stays as it is written.
QString whenText(const QString& written)
{
    const auto time = QDateTime::fromString(written, Qt::ISODateWithMs);
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm")) : orDash(written);
}

QString layerName(const ImageDetails::Layer& layer, std::size_t index)
{
    return QObject::tr("Layer %1 \u00b7 %2 \u00b7 %3")
        .arg(index + 1)
        .arg(layer.digest.mid(7, kShortHex), storedText(layer.bytes));
}

} // namespace

ImageDetailsDialog::ImageDetailsDialog(AppContext& context, const ImageInfo& image, QWidget* parent)
    : QDialog(parent), m_context(context), m_files(new LayerTreeModel(this))
{
    setWindowTitle(image.shortName());
    setObjectName(QStringLiteral("imageDetails"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kDetailsPadding, kDetailsPadding, kDetailsPadding, kDetailsPadding);
    layout->setSpacing(kDetailsPadding);
    auto details = readImageDetails(context.folders, *Digest::parse(image.digest.toStdString()));
    if (details) {
        m_details = *std::move(details);
        auto* tabs = new QTabWidget;
        tabs->setAccessibleName(tr("About the image"));
        tabs->addTab(makeFacts(), tr("Overview"));
        tabs->addTab(makeHistory(), tr("History"));
        tabs->addTab(makeFiles(), tr("Files of a layer"));
        connect(tabs, &QTabWidget::currentChanged, this, [this](int tab) {
            if (tab == 2 && m_request == 0)
                readFiles();
        });
        layout->addWidget(tabs, 1);
    } else {
        auto* text = new QLabel(errorParagraph(details.error()));
        text->setWordWrap(true);
        layout->addWidget(text, 1);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    resize(kDetailsSize);
}

QWidget* ImageDetailsDialog::makeFacts() const
{
    const ImageInfo& info = m_details.info;
    QStringList labels;
    for (auto it = info.labels.begin(); it != info.labels.end(); ++it)
        labels << it.key() + QStringLiteral("=") + it.value();
    auto* grid = new FactGrid(tr("Image"));
    grid->setFacts({
        { tr("Names"), orDash(info.references.join(QStringLiteral(", "))) },
        { tr("Digest"), info.digest },
        { tr("Created"), info.created.isValid() ? info.created.toLocalTime().toString(Qt::TextDate) : orDash({}) },
        { tr("Platform"), orDash(m_details.os) + QStringLiteral("/") + orDash(info.architecture) },
        { tr("Author"), orDash(m_details.author) },
        { tr("Size, stored"), storedText(info.compressedBytes) },
        { tr("Entrypoint"), orDash(info.entrypoint.join(u' ')) },
        { tr("Command"), orDash(info.command.join(u' ')) },
        { tr("Environment"), orDash(info.environment.join(u'\n')) },
        { tr("Working folder"), orDash(info.workingFolder) },
        { tr("User"), orDash(info.user) },
        { tr("Ports"), orDash(info.exposedPorts.join(QStringLiteral(", "))) },
        { tr("Stop signal"), orDash(info.stopSignal) },
        { tr("Labels"), orDash(labels.join(u'\n')) },
    });
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(grid);
    return area;
}

QWidget* ImageDetailsDialog::makeHistory() const
{
    auto* list = new QTreeWidget;
    list->setHeaderLabels({ tr("Created"), tr("Size, stored"), tr("Layer"), tr("Created by") });
    list->setRootIsDecorated(false);
    list->setAccessibleName(tr("How the image was made, newest first"));
    list->setObjectName(QStringLiteral("imageHistory"));
    const auto add = [list](const QString& created, const ImageDetails::Layer* layer, const QString& by) {
        auto* item = new QTreeWidgetItem({ whenText(created), layer != nullptr ? storedText(layer->bytes) : orDash({}),
            layer != nullptr ? layer->digest.mid(7, kShortHex) : orDash({}), by.simplified() });
        item->setSizeHint(0, { 0, kHistoryRowHeight });
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setToolTip(3, by.left(2000));
        list->addTopLevelItem(item);
    };
    for (auto step = m_details.history.rbegin(); step != m_details.history.rend(); ++step)
        add(step->created, step->layer ? &m_details.layers[*step->layer] : nullptr, step->createdBy);
    if (m_details.history.empty()) {
        for (auto layer = m_details.layers.rbegin(); layer != m_details.layers.rend(); ++layer)
            add({}, &*layer, tr("The image does not say how it was made."));
    }
    for (const int column : { 0, 1, 2 })
        list->resizeColumnToContents(column);
    return list;
}

QWidget* ImageDetailsDialog::makeFiles()
{
    m_layer = new QComboBox;
    m_layer->setAccessibleName(tr("Layer"));
    m_layer->setObjectName(QStringLiteral("imageLayer"));
    for (std::size_t i = 0; i < m_details.layers.size(); ++i)
        m_layer->addItem(layerName(m_details.layers[i], i));
    m_layer->setCurrentIndex(m_layer->count() - 1);
    connect(m_layer, &QComboBox::currentIndexChanged, this, &ImageDetailsDialog::readFiles);
    m_filesText = new QLabel;
    m_filesText->setProperty("muted", true);
    m_filesText->setObjectName(QStringLiteral("imageFilesText"));
    auto* tree = new QTreeView;
    tree->setModel(m_files);
    tree->setUniformRowHeights(true);
    tree->setAccessibleName(tr("Files of the layer"));
    tree->setObjectName(QStringLiteral("imageFiles"));
    tree->header()->setStretchLastSection(false);
    tree->header()->setSectionResizeMode(LayerTreeModel::Name, QHeaderView::Stretch);
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    auto* line = new QHBoxLayout;
    line->addWidget(m_layer);
    line->addWidget(m_filesText, 1);
    layout->addLayout(line);
    layout->addWidget(tree, 1);
    return page;
}

void ImageDetailsDialog::readFiles()
{
    if (m_layer->currentIndex() < 0)
        return;
    const int request = ++m_request;
    m_filesText->setText(tr("Reading\u2026"));
    const auto files = std::make_shared<std::vector<LayerFile>>();
    Job* job = m_context.jobs.submit(m_context.images.work(tr("List the files of %1").arg(m_details.info.shortName()),
        [digest = *Digest::parse(m_details.info.digest.toStdString()),
            layer = static_cast<std::size_t>(m_layer->currentIndex()),
            files](const DataFolders& folders, JobContext& context) {
            auto read = layerFiles(ImageLayout(folders.images()), digest, layer, context);
            if (!read)
                return Result<>(std::move(read).error());
            *files = *std::move(read);
            return Result<>();
        }));
    connect(this, &QDialog::finished, job, &Job::cancel);
    connect(job, &Job::finished, this, [this, job, files, request] {
        if (request != m_request)
            return;
        if (job->result())
            showFiles(*files);
        else
            m_filesText->setText(errorParagraph(job->result().error()));
    });
}

void ImageDetailsDialog::showFiles(const std::vector<LayerFile>& files)
{
    const auto count = [&files](LayerFile::Change change) {
        return std::count_if(
            files.begin(), files.end(), [change](const LayerFile& file) { return file.change == change; });
    };
    m_files->setFiles(files);
    m_filesText->setText(tr("%1 added, %2 changed, %3 removed")
                             .arg(count(LayerFile::Change::Added))
                             .arg(count(LayerFile::Change::Changed))
                             .arg(count(LayerFile::Change::Removed)));
}

} // namespace twinhull
