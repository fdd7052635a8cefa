// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/images_page.h"

#include "core/images/image_build.h"
#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "core/jobs/job_queue.h"
#include "ui/images/image_actions.h"
#include "ui/images/image_list_model.h"
#include "ui/images/remove_images.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/list_view.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kGap = 8;
constexpr int kTextWidth = 420;

} // namespace

ImagesPage::ImagesPage(AppContext& context, QWidget* parent)
    : QStackedWidget(parent)
    , m_context(context)
    , m_model(new ImageListModel(context.images, this))
    , m_view(new ListView(tr("Images")))
    , m_actions(new ImageActions(context, this))
    , m_bar(makeBar())
{
    setObjectName(QStringLiteral("imagesPage"));
    m_view->setObjectName(QStringLiteral("imagesList"));
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setModel(m_model);
    addWidget(makeEmptyState());
    addWidget(m_view);
    auto* refresh = new QShortcut(QKeySequence(QKeySequence::Refresh), this);
    connect(refresh, &QShortcut::activated, &context.images, &ImageStore::refresh);
    connect(m_view, &ListView::chosenChanged, this, &ImagesPage::refreshButtons);
    connect(m_view, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        if (const ImageInfo* image = m_model->imageAt(index))
            m_actions->showDetails(*image);
    });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &ImagesPage::refreshButtons);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &ImagesPage::refreshButtons);
    refreshButtons();
}

QToolButton* ImagesPage::addButton(const QString& text, const char* objectName, void (ImagesPage::*slot)())
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setAccessibleName(text);
    button->setObjectName(QLatin1String(objectName));
    connect(button, &QToolButton::clicked, this, slot);
    return button;
}

QWidget* ImagesPage::makeBar()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGap);
    auto* pull = addButton(tr("Pull\u2026"), "imagesPull", &ImagesPage::pull);
    auto* pullMenu = new QMenu(pull);
    connect(pullMenu->addAction(tr("Search registries\u2026")), &QAction::triggered, m_actions, &ImageActions::search);
    pull->setMenu(pullMenu);
    pull->setPopupMode(QToolButton::MenuButtonPopup);
    layout->addWidget(pull);
    auto* build = addButton(tr("Build\u2026"), "imagesBuild", &ImagesPage::build);
    const auto canBuild = buildAvailability();
    build->setToolTip(canBuild ? tr("From a Containerfile or Dockerfile") : errorParagraph(canBuild.error()));
    layout->addWidget(build);
    auto* load = addButton(tr("Load file\u2026"), "imagesLoad", &ImagesPage::loadFile);
    load->setToolTip(tr("An OCI archive or a docker-archive (docker save, podman save)"));
    auto* menu = new QMenu(load);
    connect(menu->addAction(tr("Load folder\u2026")), &QAction::triggered, this, &ImagesPage::loadFolder);
    connect(menu->addAction(tr("Import root\u2026")), &QAction::triggered, m_actions, &ImageActions::importRoot);
    load->setMenu(menu);
    load->setPopupMode(QToolButton::MenuButtonPopup);
    layout->addWidget(load);
    m_starter = addButton(tr("Make starter image"), "imagesStarter", &ImagesPage::makeStarter);
    m_starter->setToolTip(tr("A small image with a shell, a web server and a fixed unit of work; needs no network"));
    layout->addWidget(m_starter);
    layout->addSpacing(kGap);
    m_imageButtons = {
        addButton(tr("Start as container\u2026"), "imagesContainer", &ImagesPage::startContainer),
        addButton(tr("Start as VM\u2026"), "imagesVm", &ImagesPage::startVm),
        addButton(tr("Twin\u2026"), "imagesTwin", &ImagesPage::startTwin),
    };
    for (QToolButton* button : m_imageButtons)
        layout->addWidget(button);
    m_remove = addButton(tr("Remove\u2026"), "imagesRemove", &ImagesPage::askToRemove);
    layout->addWidget(m_remove);
    layout->addWidget(makeMoreButton());
    layout->addStretch(1);
    return bar;
}

QToolButton* ImagesPage::makeMoreButton()
{
    auto* more = new QToolButton;
    more->setText(tr("More \u25be"));
    more->setAccessibleName(tr("More with images"));
    more->setObjectName(QStringLiteral("imagesMore"));
    more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(more);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { m_actions->fillMenu(*menu, allChosen()); });
    more->setMenu(menu);
    return more;
}

QWidget* ImagesPage::makeEmptyState()
{
    auto* page = new QWidget;
    auto* text
        = new QLabel(tr("No image yet.\n\nMake the starter image, which needs no network, pull one from a registry, or "
                        "load an OCI archive, an OCI layout folder or a docker-archive."));
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setProperty("muted", true);
    text->setFixedWidth(kTextWidth);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(text, 0, Qt::AlignCenter);
    return page;
}

const ImageInfo* ImagesPage::chosen() const
{
    return m_view->chosenRows().size() == 1 ? m_model->imageAt(m_view->chosen()) : nullptr;
}

std::vector<ImageInfo> ImagesPage::allChosen() const
{
    std::vector<ImageInfo> images;
    for (const QModelIndex& row : m_view->chosenRows())
        images.push_back(*m_model->imageAt(row));
    return images;
}

QString ImagesPage::chosenReference() const
{
    const ImageInfo* image = chosen();
    if (image == nullptr)
        return {};
    return image->references.isEmpty() ? image->digest : image->references.front();
}

void ImagesPage::refreshButtons()
{
    setCurrentIndex(m_model->rowCount() == 0 ? 0 : 1);
    if (m_model->rowCount() == 1 && !m_view->chosen().isValid())
        m_view->selectRow(0);
    for (QToolButton* button : m_imageButtons)
        button->setEnabled(chosen() != nullptr);
    m_remove->setEnabled(!m_view->chosenRows().isEmpty());
    m_starter->setVisible(!m_context.images.find(QStringLiteral("twinhull/starter:latest")));
}

void ImagesPage::pull()
{
    m_actions->pull();
}

void ImagesPage::build()
{
    m_actions->build();
}

void ImagesPage::loadFile()
{
    auto* dialog = new QFileDialog(this, tr("Load image"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ tr("Image archives (*.tar *.tar.gz *.tgz *.tar.zst *.oci)"), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, this, &ImagesPage::load);
    dialog->open();
}

void ImagesPage::loadFolder()
{
    auto* dialog = new QFileDialog(this, tr("Load OCI layout folder"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, &ImagesPage::load);
    dialog->open();
}

void ImagesPage::load(const QString& path)
{
    submitWithRetry(m_context.jobs, [&images = m_context.images, path] { return images.load(path); });
}

void ImagesPage::makeStarter()
{
    Job* job = submitWithRetry(
        m_context.jobs, [folders = m_context.folders] { return buildStarterImage(folders, starterBusybox()); });
    connect(job, &Job::finished, &m_context.images, &ImageStore::refresh);
}

void ImagesPage::askToRemove()
{
    askToRemoveImages(m_context, *this, allChosen());
}

} // namespace twinhull
