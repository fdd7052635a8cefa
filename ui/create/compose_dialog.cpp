// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/compose_dialog.h"

#include "core/compose/compose_job.h"
#include "core/compose/compose_order.h"
#include "core/jobs/thread_job.h"
#include "core/workload/plan_command.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/job_output.h"
#include "ui/jobs/retry.h"
#include "ui/theme/theme.h"
#include "ui/widgets/accept_buttons.h"
#include "ui/widgets/command_bar.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/path_editor.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>

namespace twinhull {

namespace {

constexpr int kComposePadding = 16;
constexpr QSize kComposeSize(760, 520);
constexpr int kCheckMilliseconds = 150; // while a path is typed

QLabel* makeMutedLabel(const char* objectName)
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setProperty("muted", true);
    label->setObjectName(QLatin1String(objectName));
    return label;
}

/// Those with a name that is no file, so that the person sees which one it is; a FIFO would hold us up.
Result<> checkEnvironmentFiles(const QStringList& paths)
{
    for (const QString& path : paths) {
        if (!QFileInfo::exists(path))
            return Error{ ErrorCode::NotFound, "there is no file of variables " + path.toStdString(), 0,
                ComposeDialog::tr("Correct its path, or leave it out.").toStdString() };
        if (!QFileInfo(path).isFile())
            return Error{ ErrorCode::InvalidArgument, path.toStdString() + " is no file", 0, {} };
    }
    return {};
}

QPlainTextEdit* makeFindingsView()
{
    auto* view = new QPlainTextEdit;
    view->setReadOnly(true);
    view->setTabChangesFocus(true);
    view->setFont(Theme::current().monospaceFont());
    view->setObjectName(QStringLiteral("composeFindings"));
    return view;
}

} // namespace

ComposeDialog::ComposeDialog(AppContext& context, QWidget* parent)
    : QDialog(parent), m_context(context), m_findings(makeFindingsView()), m_command(new CommandBar)
{
    setWindowTitle(tr("Open Compose file"));
    setObjectName(QStringLiteral("composeDialog"));
    m_findings->setAccessibleName(tr("What was found in the file"));
    m_findings->setPlaceholderText(tr("What cannot be done as the file says is told here, line by line."));
    m_delay.setSingleShot(true);
    m_delay.setInterval(kCheckMilliseconds);
    connect(&m_delay, &QTimer::timeout, this, &ComposeDialog::check);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &ComposeDialog::checkSoon);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &ComposeDialog::checkSoon);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kComposePadding, kComposePadding, kComposePadding, kComposePadding);
    layout->setSpacing(kComposePadding);
    layout->addWidget(makeFields());
    layout->addWidget(m_findings, 1);
    layout->addWidget(m_command);
    const auto buttons = makeAcceptButtons(*this, tr("Run"), QStringLiteral("composeRun"));
    m_run = buttons.accept;
    connect(m_run, &QPushButton::clicked, this, &ComposeDialog::run);
    layout->addWidget(buttons.box);
    resize(kComposeSize);
    check();
}

ComposeDialog::~ComposeDialog() = default;

void ComposeDialog::setFile(const QString& path)
{
    m_file->setPath(path);
    check();
}

QWidget* ComposeDialog::makeFields()
{
    auto* fields = new QWidget;
    auto* form = new QFormLayout(fields);
    form->setContentsMargins(0, 0, 0, 0);
    m_file = new PathEditor(PathEditor::Kind::File, QStringLiteral("composeFile"));
    m_file->setNameFilter(tr("Compose files (*.yaml *.yml);;All files (*)"));
    m_file->line().setAccessibleName(tr("File"));
    m_file->line().setPlaceholderText(tr("compose.yaml"));
    connect(m_file, &PathEditor::changed, this, &ComposeDialog::checkSoon);
    connect(m_file, &PathEditor::chosen, m_file, &PathEditor::setPath);
    m_services = makeMutedLabel("composeServices");
    m_profiles = new QLineEdit;
    m_profiles->setObjectName(QStringLiteral("composeProfiles"));
    m_profiles->setAccessibleName(tr("Profiles"));
    m_profiles->setPlaceholderText(tr("of services that are not always wanted, with commas"));
    connect(m_profiles, &QLineEdit::textChanged, this, &ComposeDialog::checkSoon);
    form->addRow(tr("File"), m_file);
    m_environmentFiles = new PathEditor(PathEditor::Kind::File, QStringLiteral("composeEnvironmentFiles"));
    m_environmentFiles->setNameFilter(tr("Files of variables (*.env .env)"));
    m_environmentFiles->line().setAccessibleName(tr("Files of variables"));
    m_environmentFiles->line().setPlaceholderText(tr("in place of .env beside it, with commas"));
    connect(m_environmentFiles, &PathEditor::changed, this, &ComposeDialog::checkSoon);
    connect(m_environmentFiles, &PathEditor::chosen, this, [this](const QString& path) {
        const QString before = m_environmentFiles->path();
        m_environmentFiles->setPath(before.isEmpty() ? path : before + QStringLiteral(", ") + path);
    });
    form->addRow(tr("Files of variables"), m_environmentFiles);
    form->addRow(tr("Profiles"), m_profiles);
    form->addRow(tr("Services"), m_services);
    return fields;
}

QStringList ComposeDialog::profiles() const
{
    static const QRegularExpression kSeparators(QStringLiteral("[\\s,]+"));
    return m_profiles->text().split(kSeparators, Qt::SkipEmptyParts);
}

QStringList ComposeDialog::environmentFiles() const
{
    const QDir folder = QFileInfo(m_file->path()).dir();
    QStringList paths;
    for (const QString& part : m_environmentFiles->path().split(u',')) {
        if (const QString path = part.trimmed(); !path.isEmpty())
            paths << QDir::cleanPath(folder.absoluteFilePath(path));
    }
    return paths;
}

void ComposeDialog::watch(const QStringList& paths)
{
    const QStringList watched = m_watcher.files() + m_watcher.directories();
    QStringList folders;
    for (const QString& path : paths) {
        const QFileInfo file(path);
        const QString there = file.exists() ? path : file.absolutePath(); // until it is made
        if (!file.exists())
            folders << there;
        if (!watched.contains(there) && QFileInfo::exists(there))
            m_watcher.addPath(there); // again after it was replaced
    }
    for (const QString& folder : m_watcher.directories()) {
        if (!folders.contains(folder))
            m_watcher.removePath(folder);
    }
}

void ComposeDialog::checkSoon()
{
    m_project.reset();
    m_run->setEnabled(false);
    m_delay.start();
}

/// Reads the file on another thread: it may be on a slow disk.
void ComposeDialog::check()
{
    m_delay.stop();
    m_project.reset();
    m_run->setEnabled(false);
    showCommand();
    const QString path = m_file->path();
    if (path.isEmpty()) {
        m_check.reset();
        m_findings->clear();
        m_services->setText(tr("Choose the file that says which containers there are and how they belong together."));
        return;
    }
    const QStringList variables = environmentFiles();
    watch(QStringList{ path } + variables);
    const auto reading = std::make_shared<std::optional<Result<ComposeReading>>>();
    m_check = std::make_unique<ThreadJob>(
        tr("Check %1").arg(path), QThreadPool::globalInstance(), [path, variables, reading](JobContext&) {
            const auto checked = checkEnvironmentFiles(variables);
            auto text = checked ? openCompose({ path, {}, {}, variables, variablesOfThisProcess() })
                                : Result<ComposeText>(checked.error());
            *reading = text ? Result<ComposeReading>(readCompose(*text)) : std::move(text).error();
            return Result<>();
        });
    connect(m_check.get(), &Job::finished, this, [this, reading] { present(**reading); });
    m_check->start();
}

void ComposeDialog::present(const Result<ComposeReading>& reading)
{
    if (!reading) {
        m_services->setText(errorParagraph(reading.error()));
        m_findings->setPlainText(QString::fromStdString(reading.error().message));
        Q_EMIT checked();
        return;
    }
    const ComposeProject& project = reading->project;
    QStringList lines;
    for (const auto& finding : reading->findings.all())
        lines << findingLine(project.file.section(u'/', -1), finding);
    m_findings->setPlainText(lines.join(u'\n'));
    const auto order = chosenServices(project, {}, profiles() + project.usualProfiles);
    if (reading->findings.hasErrors())
        m_services->setText(
            tr("It cannot be run. Correct the lines below; the file is looked at again when it changes."));
    else if (!order)
        m_services->setText(errorParagraph(order.error()));
    else
        m_services->setText(servicesText(project));
    const bool hasContainers = m_context.workloads.provider(WorkloadKind::Container) != nullptr;
    if (!reading->findings.hasErrors() && order && hasContainers)
        m_project = project;
    m_run->setEnabled(m_project.has_value());
    showCommand();
    Q_EMIT checked();
}

QString ComposeDialog::servicesText(const ComposeProject& project) const
{
    const QStringList chosen = chosenServices(project, {}, profiles() + project.usualProfiles).value();
    QStringList others;
    for (const auto& service : project.services) {
        if (!chosen.contains(service.name))
            others << tr("%1 (profile %2)").arg(service.name, service.profiles.join(QStringLiteral(", ")));
    }
    const QString text = tr("%1, in the order of their start: %2").arg(project.name, chosen.join(QStringLiteral(", ")));
    return others.isEmpty() ? text : text + u'\n' + tr("Not chosen: %1").arg(others.join(QStringLiteral(", ")));
}

void ComposeDialog::showCommand()
{
    QStringList words{ QStringLiteral("twinhullctl"), QStringLiteral("compose") };
    if (!m_file->path().isEmpty())
        words << QStringLiteral("--file") << m_file->path();
    for (const QString& path : environmentFiles())
        words << QStringLiteral("--env-file") << path;
    for (const QString& profile : profiles())
        words << QStringLiteral("--profile") << profile;
    words << QStringLiteral("up") << QStringLiteral("-d");
    m_command->setCommand(shellLine(words));
}

void ComposeDialog::run()
{
    auto* containers = m_context.workloads.provider(WorkloadKind::Container);
    if (!m_project || containers == nullptr)
        return;
    UpWish wish;
    wish.profiles = profiles() + m_project->usualProfiles;
    const ComposeWorld world{ m_context.folders, m_context.images, *containers };
    submitWithRetry(m_context.jobs, [world, project = *m_project, wish] {
        const auto output = std::make_shared<JobOutput>();
        ImageWish images;
        images.output = [output](std::string_view bytes) { output->add(bytes); };
        auto job = composeUpJob(world, project, wish, images);
        attachOutput(*job, output);
        return job;
    });
    accept();
}

} // namespace twinhull
