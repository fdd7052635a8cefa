// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/build_dialog.h"

#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"
#include "core/jobs/job_queue.h"
#include "core/workload/plan_command.h"
#include "ui/jobs/job_output.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/path_editor.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kBuildPadding = 16;
constexpr QSize kBuildSize(760, 620);
constexpr int kDrainMilliseconds = 100;
constexpr int kMostLines = 20'000;
constexpr int kArgumentLines = 2;

QPlainTextEdit* makeTextBox(const QString& name, const char* objectName)
{
    auto* box = new QPlainTextEdit;
    box->setAccessibleName(name);
    box->setObjectName(QLatin1String(objectName));
    box->setTabChangesFocus(true);
    box->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    return box;
}

QLineEdit* addLine(QFormLayout& form, const QString& label, const QString& placeholder, const char* objectName)
{
    auto* line = new QLineEdit;
    line->setPlaceholderText(placeholder);
    line->setAccessibleName(label);
    line->setObjectName(QLatin1String(objectName));
    form.addRow(label, line);
    return line;
}

} // namespace

BuildDialog::BuildDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_fields(makeFields())
    , m_text(new QLabel)
    , m_view(makeTextBox(tr("What the build says"), "buildOutput"))
{
    setWindowTitle(tr("Build image"));
    setObjectName(QStringLiteral("buildDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_text->setWordWrap(true);
    m_text->setProperty("muted", true);
    m_text->setObjectName(QStringLiteral("buildText"));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_view->setReadOnly(true);
    m_view->setMaximumBlockCount(kMostLines);
    m_view->setPlaceholderText(tr("What the steps say comes here."));
    m_timer.setInterval(kDrainMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &BuildDialog::drain);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kBuildPadding, kBuildPadding, kBuildPadding, kBuildPadding);
    layout->setSpacing(kBuildPadding);
    layout->addWidget(m_fields);
    layout->addWidget(m_text);
    layout->addWidget(m_view, 1);
    layout->addWidget(makeButtons());
    resize(kBuildSize);
    look();
}

BuildDialog::~BuildDialog() = default;

void BuildDialog::setFolder(const QString& folder)
{
    m_folder->setPath(folder);
}

PathEditor* BuildDialog::addPath(QFormLayout& form, const QString& label, bool isFolder, const char* name)
{
    auto* editor = new PathEditor(isFolder ? PathEditor::Kind::Folder : PathEditor::Kind::File, QLatin1String(name));
    editor->line().setAccessibleName(label);
    connect(editor, &PathEditor::changed, this, &BuildDialog::look);
    connect(editor, &PathEditor::chosen, editor, &PathEditor::setPath);
    form.addRow(label, editor);
    return editor;
}

QWidget* BuildDialog::makeFields()
{
    auto* fields = new QWidget;
    auto* form = new QFormLayout(fields);
    form->setContentsMargins(0, 0, 0, 0);
    m_folder = addPath(*form, tr("Folder"), true, "buildFolder");
    m_folder->line().setPlaceholderText(tr("what COPY and ADD read"));
    m_file = addPath(*form, tr("Containerfile"), false, "buildFile");
    m_file->line().setPlaceholderText(tr("Containerfile or Dockerfile in the folder"));
    m_name = addLine(*form, tr("Name"), tr("like team/web:1"), "buildName");
    m_arguments = makeTextBox(tr("Arguments"), "buildArguments");
    m_arguments->setPlaceholderText(tr("KEY=VALUE, one a line"));
    m_arguments->setFixedHeight((kArgumentLines + 1) * m_arguments->fontMetrics().lineSpacing());
    form->addRow(tr("Arguments"), m_arguments);
    m_target = addLine(*form, tr("Stage"), tr("the last one"), "buildTarget");
    m_cache = new QCheckBox(tr("Keep steps that did not change"));
    m_cache->setChecked(true);
    m_cache->setObjectName(QStringLiteral("buildCache"));
    m_pull = new QCheckBox(tr("Ask the registry for base images that are here too"));
    m_pull->setObjectName(QStringLiteral("buildPull"));
    form->addRow(QString(), m_cache);
    form->addRow(QString(), m_pull);
    for (QLineEdit* line : { m_name, m_target })
        connect(line, &QLineEdit::textChanged, this, &BuildDialog::look);
    for (QCheckBox* box : { m_cache, m_pull })
        connect(box, &QCheckBox::toggled, this, &BuildDialog::look);
    connect(m_arguments, &QPlainTextEdit::textChanged, this, &BuildDialog::look);
    return fields;
}

QWidget* BuildDialog::makeButtons()
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_act = buttons->addButton(tr("Build"), QDialogButtonBox::ActionRole);
    m_act->setProperty("primary", true);
    m_act->setObjectName(QStringLiteral("buildAct"));
    m_act->setDefault(true);
    connect(m_act, &QPushButton::clicked, this, &BuildDialog::act);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    return buttons;
}

Result<BuildPlan> BuildDialog::plan() const
{
    if (auto there = buildAvailability(); !there)
        return std::move(there).error();
    BuildPlan plan;
    plan.contextFolder = m_folder->path().toStdString();
    plan.containerfile = m_file->path().toStdString();
    plan.target = m_target->text().trimmed().toStdString();
    plan.usesCache = m_cache->isChecked();
    plan.pullsAlways = m_pull->isChecked();
    if (const QString name = m_name->text().trimmed(); !name.isEmpty()) {
        auto reference = normalizedReference(name.toStdString());
        if (!reference)
            return std::move(reference).error();
        plan.references.push_back(*std::move(reference));
    }
    for (const QString& line : m_arguments->toPlainText().split(u'\n')) {
        const QString argument = line.trimmed();
        if (!argument.isEmpty() && argument.indexOf(u'=') < 1)
            return Error{ ErrorCode::InvalidArgument, "\"" + argument.toStdString() + "\" is no argument", 0,
                "Write KEY=VALUE." };
        if (!argument.isEmpty())
            plan.arguments.push_back(argument.toStdString());
    }
    return plan;
}

QString BuildDialog::command(const BuildPlan& plan) const
{
    QStringList words{ QStringLiteral("twinhullctl"), QStringLiteral("images"), QStringLiteral("build") };
    const auto add = [&words](const char* option, const std::string& value) {
        words << QLatin1String(option) << QString::fromStdString(value);
    };
    if (!plan.references.empty())
        add("-t", m_name->text().trimmed().toStdString());
    if (!plan.containerfile.empty())
        add("-f", plan.containerfile);
    for (const auto& argument : plan.arguments)
        add("--build-arg", argument);
    if (!plan.target.empty())
        add("--target", plan.target);
    if (!plan.usesCache)
        words << QStringLiteral("--no-cache");
    if (plan.pullsAlways)
        words << QStringLiteral("--pull");
    words << QString::fromStdString(plan.contextFolder);
    return shellLine(words);
}

void BuildDialog::look()
{
    if (m_act == nullptr || m_job)
        return;
    const auto wanted = plan();
    m_act->setEnabled(wanted && !m_folder->path().isEmpty());
    if (!wanted)
        m_text->setText(errorParagraph(wanted.error()));
    else if (m_folder->path().isEmpty())
        m_text->setText(tr("Choose the folder with the files that the image is made of."));
    else
        m_text->setText(command(*wanted));
}

void BuildDialog::act()
{
    if (m_job) {
        m_job->cancel();
        m_act->setEnabled(false);
        return;
    }
    if (auto wanted = plan())
        start(*std::move(wanted));
}

void BuildDialog::start(BuildPlan plan)
{
    m_output = std::make_shared<JobOutput>();
    m_shown = 0;
    m_made = std::make_shared<QString>();
    plan.output = [output = m_output](std::string_view bytes) { output->add(bytes); };
    m_view->clear();
    auto job = buildJob(m_context.images, plan, m_made);
    attachOutput(*job, m_output);
    m_job = m_context.jobs.submit(std::move(job));
    m_fields->setEnabled(false);
    m_act->setText(tr("Cancel build"));
    m_timer.start();
    connect(m_job, &Job::stepChanged, m_text, &QLabel::setText);
    connect(m_job, &Job::finished, this, &BuildDialog::end);
}

void BuildDialog::drain()
{
    const auto taken = m_output->from(m_shown);
    m_shown = taken.end;
    if (taken.isCut)
        m_view->appendPlainText(tr("[more came than could be shown]"));
    if (taken.text.empty())
        return;
    QTextCursor cursor(m_view->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(plainText(taken.text));
    m_view->moveCursor(QTextCursor::End);
}

void BuildDialog::end()
{
    m_timer.stop();
    drain();
    const Job* job = std::exchange(m_job, nullptr);
    m_fields->setEnabled(true);
    m_act->setText(tr("Build"));
    look();
    if (job->state() == Job::State::Cancelled)
        m_text->setText(tr("The build was cancelled. Steps that had ended are kept for the next one."));
    else if (!job->result())
        m_text->setText(errorParagraph(job->result().error()));
    else
        m_text->setText(tr("Built %1.").arg(*m_made));
}

} // namespace twinhull
