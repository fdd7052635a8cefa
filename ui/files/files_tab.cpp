// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/files_tab.h"

#include "core/workload/workload_connection.h"
#include "core/workload/workload_registry.h"
#include "ui/files/file_table.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/error_text.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kFilesGap = 8;
constexpr int kFilterWidth = 150;

std::string bytesOf(const QString& path)
{
    return path.toStdString();
}

/// Ends it, and nobody hears of it any more.
void drop(std::unique_ptr<Job>& job)
{
    if (!job)
        return;
    job->disconnect();
    Job* old = job.release();
    QObject::connect(old, &Job::finished, old, &QObject::deleteLater);
    old->cancel();
}

} // namespace

FilesTab::FilesTab(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_table(new FileTable)
    , m_stack(new QStackedWidget)
    , m_notice(new QLabel)
    , m_rest(new QLabel)
{
    setObjectName(QStringLiteral("filesTab"));
    m_shown.setSourceModel(&m_model);
    m_shown.setFilterKeyColumn(FileListModel::Name);
    m_shown.setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(&m_shown);
    m_notice->setObjectName(QStringLiteral("filesNotice"));
    m_notice->setAlignment(Qt::AlignCenter);
    m_notice->setWordWrap(true);
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->setProperty("muted", true);
    m_rest->setObjectName(QStringLiteral("filesAtRest"));
    m_rest->setWordWrap(true);
    m_rest->setTextFormat(Qt::PlainText);
    m_rest->setProperty("muted", true);
    m_stack->addWidget(m_notice);
    m_stack->addWidget(m_table);
    addActions();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kFilesGap, kFilesGap, kFilesGap, 0);
    layout->setSpacing(kFilesGap);
    layout->addWidget(makeBar());
    layout->addWidget(m_rest);
    layout->addWidget(m_stack, 1);
    connect(m_table, &ListView::chosenChanged, this, &FilesTab::presentState);
    connect(m_table, &FileTable::opened, this, &FilesTab::openChosen);
    connect(m_table, &FileTable::upWanted, this, &FilesTab::goUp);
    connect(m_table, &FileTable::removeWanted, this, &FilesTab::askToRemove);
    connect(m_table, &FileTable::renameWanted, this, &FilesTab::renameChosen);
    connect(m_table, &FileTable::refreshWanted, this, &FilesTab::readHere);
    connect(m_table, &FileTable::dragWanted, this, &FilesTab::dragOut);
    connect(m_table, &FileTable::dropped, this, [this](const QList<QUrl>& urls) {
        QStringList paths;
        for (const QUrl& url : urls)
            paths << url.toLocalFile();
        uploadAll(paths);
    });
    presentState();
}

FilesTab::~FilesTab()
{
    drop(m_reading);
    drop(m_comparing);
}

QAction* FilesTab::addFileAction(const QString& text, const char* objectName, void (FilesTab::*slot)())
{
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1String(objectName));
    connect(action, &QAction::triggered, this, slot);
    m_table->addAction(action);
    return action;
}

void FilesTab::addActions()
{
    m_edit = addFileAction(tr("Edit…"), "filesEdit", &FilesTab::edit);
    m_edit->setToolTip(tr("Edit a text of at most 1 MiB (Enter)"));
    m_download = addFileAction(tr("Download…"), "filesDownload", &FilesTab::download);
    m_download->setToolTip(tr("Copy what is chosen to this computer, or drag it out"));
    m_upload = addFileAction(tr("Upload…"), "filesUpload", &FilesTab::upload);
    m_upload->setToolTip(tr("Copy files of this computer into this folder, or drop them here"));
    m_newFolder = addFileAction(tr("New folder…"), "filesNewFolder", &FilesTab::makeFolder);
    m_rename = addFileAction(tr("Rename…"), "filesRename", &FilesTab::renameChosen);
    m_rename->setToolTip(tr("Give another name (F2)"));
    m_remove = addFileAction(tr("Delete…"), "filesRemove", &FilesTab::askToRemove);
    m_remove->setToolTip(tr("Delete what is chosen inside (Del)"));
    m_up = new QAction(tr("Up"), this);
    m_up->setObjectName(QStringLiteral("filesUp"));
    m_up->setToolTip(tr("The folder above (Backspace)"));
    connect(m_up, &QAction::triggered, this, &FilesTab::goUp);
}

QWidget* FilesTab::makeBar()
{
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kFilesGap);
    m_typed = new QLineEdit;
    m_typed->setObjectName(QStringLiteral("filesPath"));
    m_typed->setAccessibleName(tr("Folder inside"));
    m_filter = new QLineEdit;
    m_filter->setObjectName(QStringLiteral("filesFilter"));
    m_filter->setAccessibleName(tr("Filter files"));
    m_filter->setPlaceholderText(tr("filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setFixedWidth(kFilterWidth);
    layout->addWidget(makeActionButton(*m_up, bar));
    layout->addWidget(m_typed, 1);
    layout->addWidget(m_filter);
    for (QAction* action : { m_edit, m_download, m_upload, m_newFolder, m_rename, m_remove })
        layout->addWidget(makeActionButton(*action, bar));
    connect(m_typed, &QLineEdit::returnPressed, this, &FilesTab::goToTyped);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_shown.setFilterFixedString(text);
        presentState();
    });
    return bar;
}

void FilesTab::present(const WorkloadInfo& info)
{
    const bool isAnother = info.id != m_info.id;
    const bool isOtherState = info.state != m_info.state;
    if (isAnother) {
        m_pathsOfOthers.insert(m_info.id.key, QByteArray::fromStdString(m_path));
        m_path = m_pathsOfOthers.value(info.id.key, QByteArrayLiteral("/")).toStdString();
    }
    m_info = info;
    if (!isAnother && !isOtherState)
        return;
    drop(m_reading);
    drop(m_comparing);
    m_model.setFolder({});
    m_model.setMarks({});
    presentState();
    if (isVisible())
        readHere();
}

void FilesTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    readHere();
}

bool FilesTab::isAtRest() const
{
    const auto* runner = dynamic_cast<const CommandRunner*>(providerOf(m_context.workloads, m_info.id));
    return m_info.state != WorkloadState::Running && runner != nullptr && runner->hasFilesAtRest(m_info.id);
}

QString FilesTab::whyNot() const
{
    if (isAtRest())
        return {};
    if (m_info.state == WorkloadState::Paused)
        return tr("%1 is paused. Resume it to see its files.").arg(m_info.name);
    if (m_info.state != WorkloadState::Running)
        return tr("Needs a running workload: its files are looked at from inside. Start %1 to see them.")
            .arg(m_info.name);
    if (!m_info.capabilities.testFlag(Capability::Exec))
        return tr("%1 was not made from an image, so nothing inside reads files for us.").arg(m_info.name);
    return {};
}

std::optional<InsideFiles> FilesTab::files() const
{
    auto* runner = dynamic_cast<CommandRunner*>(providerOf(m_context.workloads, m_info.id));
    if (runner == nullptr || !whyNot().isEmpty())
        return std::nullopt;
    return InsideFiles(*runner, m_info.id, m_info.name);
}

void FilesTab::presentState()
{
    const QString why = whyNot();
    const auto files = chosen();
    const bool works = why.isEmpty() && !m_model.folder().path.empty();
    const bool isOne = works && files.size() == 1;
    m_rest->setVisible(isAtRest());
    m_rest->setText(
        tr("%1 is stopped: these are the stopped container's files, with its volumes and binds, without what "
           "it keeps in memory. It cannot start while they are copied.")
            .arg(m_info.name));
    m_up->setEnabled(works && m_path != "/");
    m_typed->setEnabled(why.isEmpty());
    m_filter->setEnabled(works);
    m_upload->setEnabled(works);
    m_newFolder->setEnabled(works);
    m_download->setEnabled(works && !files.empty());
    m_remove->setEnabled(works && !files.empty());
    m_rename->setEnabled(isOne);
    m_edit->setEnabled(isOne && !files.front().leadsToFolder && files.front().bytes <= kEditLimitBytes
        && (files.front().kind == ListedKind::File || files.front().kind == ListedKind::Link));
    if (!why.isEmpty())
        m_notice->setText(why);
    else if (works && m_shown.rowCount() == 0)
        m_notice->setText(m_model.rowCount() == 0 ? tr("This folder is empty. Drop files here to bring them in.")
                                                  : tr("Nothing here bears that name."));
    m_stack->setCurrentIndex(works && m_shown.rowCount() > 0 ? 1 : 0);
    m_notice->setAccessibleName(m_notice->text());
}

void FilesTab::read(const std::string& path)
{
    drop(m_reading);
    const auto inside = files();
    if (!inside) {
        presentState();
        return;
    }
    if (m_model.folder().path.empty())
        m_notice->setText(tr("Reading…"));
    const auto folder = std::make_shared<InsideFolder>();
    m_reading = inside->list(path, folder);
    connect(m_reading.get(), &Job::finished, this, [this, folder] {
        Job* job = m_reading.release();
        job->deleteLater(); // it is still telling that it finished
        if (job->result() && folder->self.kind == ListedKind::Folder) {
            showFolder(*folder);
            return;
        }
        m_model.setFolder({});
        presentState();
        m_notice->setText(job->result() ? tr("That is no folder.") : errorParagraph(job->result().error()));
    });
    m_reading->start();
}

void FilesTab::showFolder(const InsideFolder& folder)
{
    const bool isAnother = folder.path != m_model.folder().path;
    const int row = m_table->currentIndex().row();
    m_path = folder.path;
    m_typed->setText(shownFileName(folder.path));
    if (isAnother)
        m_filter->clear();
    m_model.setFolder(folder);
    m_typed->setToolTip(folder.isCut ? tr("The first %1 files of a folder that has more").arg(kMostListed) : QString());
    if (m_shown.rowCount() > 0)
        m_table->setCurrentIndex(m_shown.index(isAnother ? 0 : std::clamp(row, 0, m_shown.rowCount() - 1), 0));
    presentState();
    readMarks();
}

/// VMs cannot tell.
void FilesTab::readMarks()
{
    auto* provider = dynamic_cast<ImageDifference*>(providerOf(m_context.workloads, m_info.id));
    m_table->setColumnHidden(FileListModel::Mark, provider == nullptr);
    if (provider == nullptr || m_comparing)
        return;
    const auto differences = std::make_shared<std::vector<FileDifference>>();
    m_comparing = provider->findDifferences(m_info.id, differences);
    connect(m_comparing.get(), &Job::finished, this, [this, differences] {
        Job* job = m_comparing.release();
        job->deleteLater();
        if (!job->result())
            return; // the files can be seen all the same
        const int row = m_table->currentIndex().row();
        m_model.setMarks(ImageMarks(*differences));
        m_table->setCurrentIndex(m_shown.index(std::clamp(row, 0, std::max(0, m_shown.rowCount() - 1)), 0));
        presentState();
    });
    m_comparing->start();
}

void FilesTab::goUp()
{
    const auto slash = m_path.find_last_of('/');
    if (m_path.size() > 1)
        read(slash == 0 ? "/" : m_path.substr(0, slash));
}

void FilesTab::goToTyped()
{
    // a path that cannot be typed stands there escaped
    const bool isUnchanged = m_typed->text() == shownFileName(m_path);
    read(isUnchanged ? m_path : bytesOf(m_typed->text()));
    m_table->setFocus();
}

std::vector<ListedFile> FilesTab::chosen() const
{
    std::vector<ListedFile> files;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows()) {
        if (const ListedFile* file = m_model.fileAt(m_shown.mapToSource(index)))
            files.push_back(*file);
    }
    return files;
}

std::string FilesTab::pathOf(const ListedFile& file) const
{
    return pathBelow(m_path, file.name);
}

void FilesTab::openChosen()
{
    const auto files = chosen();
    if (files.size() == 1 && files.front().leadsToFolder)
        read(pathOf(files.front()));
    else if (m_edit->isEnabled())
        edit();
}

} // namespace twinhull
