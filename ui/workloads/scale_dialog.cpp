// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/scale_dialog.h"

#include "core/compose/compose_job.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_scale.h"
#include "core/jobs/thread_job.h"
#include "core/workload/plan_command.h"
#include "core/workload/workload_registry.h"
#include "ui/create/tall_area.h"
#include "ui/jobs/job_output.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/accept_buttons.h"
#include "ui/widgets/command_bar.h"
#include "ui/widgets/content_height.h"
#include "ui/widgets/error_text.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kScalePadding = 16;
constexpr int kScaleWidth = 560;
constexpr qsizetype kMostShownFindings = 5;

/// The most containers that the service can have.
unsigned mostOf(const ComposeService& service)
{
    unsigned most = 0;
    while (most < kMostReplicas && checkScale(service, most + 1))
        ++most;
    return most;
}

/// On another thread: files may be on a slow disk.
Result<ComposeReading> readAgain(const Result<ComposeChoice>& choice)
{
    if (!choice)
        return choice.error();
    const auto text = openCompose(*choice);
    if (!text)
        return text.error();
    return readCompose(*text);
}

QStringList firstOf(const ComposeReading& reading, ComposeFinding::Severity severity)
{
    QStringList lines;
    for (const auto& finding : reading.findings.all()) {
        if (finding.severity == severity && lines.size() < kMostShownFindings)
            lines << findingLine(reading.project.file, finding);
    }
    return lines;
}

} // namespace

ScaleDialog::ScaleDialog(AppContext& context, QString project, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_name(std::move(project))
    , m_text(new QLabel(tr("Reading the Compose file…")))
    , m_losses(new QLabel)
    , m_command(new CommandBar)
{
    setWindowTitle(tr("Scale %1").arg(m_name));
    setObjectName(QStringLiteral("scaleDialog"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setProperty("muted", true);
    m_text->setObjectName(QStringLiteral("scaleText"));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_losses->setWordWrap(true);
    m_losses->setProperty("warning", true);
    m_losses->setObjectName(QStringLiteral("scaleLosses"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kScalePadding, kScalePadding, kScalePadding, kScalePadding);
    layout->setSpacing(kScalePadding);
    layout->addWidget(m_text);
    layout->addWidget(makeForm(), 1);
    layout->addWidget(m_losses);
    layout->addWidget(m_command);
    const auto buttons = makeAcceptButtons(*this, tr("&Scale"), QStringLiteral("scaleApply"));
    m_apply = buttons.accept;
    connect(m_apply, &QPushButton::clicked, this, &ScaleDialog::apply);
    layout->addWidget(buttons.box);
    resize(kScaleWidth, 0);
    look();
    check();
}

ScaleDialog::~ScaleDialog() = default;

QWidget* ScaleDialog::makeForm()
{
    auto* fields = new QWidget;
    m_form = new QFormLayout(fields);
    m_form->setContentsMargins(0, 0, 0, 0);
    return new TallArea(fields);
}

void ScaleDialog::check()
{
    const auto containers = containersOf(m_context.workloads.workloads(), m_name);
    if (containers.empty()) {
        present(Error{ ErrorCode::NotFound, m_name.toStdString() + " has no containers any more", 0, {} });
        return;
    }
    const auto reading = std::make_shared<std::optional<Result<ComposeReading>>>();
    m_check = std::make_unique<ThreadJob>(
        tr("Check %1").arg(m_name), QThreadPool::globalInstance(), [info = containers.front(), reading](JobContext&) {
            *reading = readAgain(composeChoiceOf(info));
            return Result<>();
        });
    connect(m_check.get(), &Job::finished, this, [this, reading] { present(**reading); });
    m_check->start();
}

void ScaleDialog::present(const Result<ComposeReading>& reading)
{
    const bool isGood = reading && !reading->findings.hasErrors();
    if (!reading) {
        m_text->setText(errorParagraph(reading.error()) + u'\n' + QString::fromStdString(reading.error().message));
    } else if (!isGood) {
        const QStringList lines{ tr("Its Compose file cannot be run any more. Correct it first:") };
        m_text->setText((lines + firstOf(*reading, ComposeFinding::Severity::Error)).join(u'\n'));
    }
    if (isGood) {
        m_project = reading->project;
        const QStringList lines{
            tr("Of %1. The numbers hold until it is brought up from its file again.").arg(m_project->file)
        };
        m_text->setText((lines + firstOf(*reading, ComposeFinding::Severity::Warning)).join(u'\n'));
        m_before = scalesOf(m_context.workloads.workloads(), m_name);
        for (const auto& service : m_project->services)
            addService(service, m_before.value(service.name));
    }
    look();
    Q_EMIT checked();
}

void ScaleDialog::addService(const ComposeService& service, unsigned count)
{
    const unsigned most = std::max(mostOf(service), count);
    auto* number = new QSpinBox;
    number->setRange(0, static_cast<int>(most));
    number->setValue(static_cast<int>(count));
    number->setAccessibleName(tr("Containers of %1").arg(service.name));
    number->setObjectName(QStringLiteral("scale-") + service.name);
    connect(number, &QSpinBox::valueChanged, this, &ScaleDialog::look);
    m_form->addRow(service.name, number);
    m_counts[service.name] = number;
    if (most >= kMostReplicas)
        return;
    const auto refused = checkScale(service, most + 1); // why it cannot have more
    auto* reason = new QLabel(refused ? QString() : QString::fromStdString(refused.error().message));
    reason->setWordWrap(true);
    reason->setTextFormat(Qt::PlainText);
    reason->setProperty("muted", true);
    reason->setProperty("small", true);
    reason->setObjectName(QStringLiteral("scaleReason-") + service.name);
    number->setToolTip(reason->text());
    number->setAccessibleDescription(reason->text());
    m_form->addRow(QString(), reason);
}

QMap<QString, unsigned> ScaleDialog::changes() const
{
    QMap<QString, unsigned> changed;
    for (const auto& [service, number] : m_counts) {
        const auto count = static_cast<unsigned>(number->value());
        if (count != m_before.value(service))
            changed.insert(service, count);
    }
    return changed;
}

void ScaleDialog::look()
{
    const auto changed = changes();
    m_apply->setEnabled(m_project && !changed.isEmpty());
    m_command->setVisible(m_project.has_value());
    const auto containers = containersOf(m_context.workloads.workloads(), m_name);
    const auto lost = std::count_if(containers.begin(), containers.end(), [&changed](const WorkloadInfo& info) {
        const auto wanted = changed.find(serviceOf(info));
        return wanted != changed.end() && numberOf(info) > *wanted;
    });
    m_losses->setText(lost == 1 ? tr("1 container is removed for good, with what is written in it.")
                                : tr("%1 containers are removed for good, with what is written in them.").arg(lost));
    m_losses->setVisible(lost > 0);
    if (m_project)
        m_command->setCommand(commandOf(changed));
    growToContent(*this);
}

QString ScaleDialog::commandOf(const QMap<QString, unsigned>& changed) const
{
    QStringList words{ QStringLiteral("twinhullctl"), QStringLiteral("compose") };
    for (const QString& file : QStringList{ m_project->file } + m_project->otherFiles)
        words << QStringLiteral("--file") << file;
    for (const QString& file : m_project->environmentFiles)
        words << QStringLiteral("--env-file") << file;
    words << QStringLiteral("--project-name") << m_name << QStringLiteral("scale");
    for (auto it = changed.begin(); it != changed.end(); ++it)
        words << QStringLiteral("%1=%2").arg(it.key()).arg(it.value());
    return shellLine(words);
}

void ScaleDialog::apply()
{
    auto* containers = m_context.workloads.provider(WorkloadKind::Container);
    if (!m_project || containers == nullptr)
        return;
    const ComposeWorld world{ m_context.folders, m_context.images, *containers };
    submitWithRetry(m_context.jobs, [world, project = *m_project, changed = changes()] {
        UpWish wish = scaleWish(project, world.containers.workloads(), changed);
        wish.profiles = project.usualProfiles;
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
