// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/comparison_dialog.h"

#include "core/base/number_list.h"
#include "core/twin/compared_work.h"
#include "core/twin/cpu_pinning.h"
#include "core/twin/twin_command.h"
#include "core/twin/work_figure.h"
#include "core/workload/plan_command.h"
#include "ui/twin/twin_fields.h"
#include "ui/twin/work_figure_fields.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

namespace twinhull {

namespace {

constexpr int kNameRole = Qt::UserRole + 1; ///< of a work that is chosen by name

QSpinBox* makeCounter(const QString& objectName, const QString& accessibleName, int least, int most, int value)
{
    auto* counter = new QSpinBox;
    counter->setObjectName(objectName);
    counter->setAccessibleName(accessibleName);
    counter->setRange(least, most);
    counter->setValue(value);
    return counter;
}

} // namespace

ComparisonDialog::ComparisonDialog(const std::vector<ImageInfo>& images, WorkDefinitions definitions, QWidget* parent)
    : MeasureDialog({ QStringLiteral("comparison"), tr("Run comparison"), tr("Run comparison") }, images, parent)
    , m_definitions(std::move(definitions))
    , m_sides(new QComboBox)
    , m_work(new QComboBox)
    , m_detail(new QLineEdit)
    , m_detailLabel(new QLabel)
    , m_figure(new WorkFigureFields)
    , m_figureLabel(new QLabel(tr("Its own figure")))
    , m_warmUps(makeCounter(QStringLiteral("comparisonWarmUps"), tr("Rounds of warm-up"), 0, kMostRounds, 1))
    , m_repeats(
          makeCounter(QStringLiteral("comparisonRepeats"), tr("Runs of each side"), 1, kMostRounds, kFewestRounds))
    , m_caches(new QComboBox)
    , m_isPinned(new QCheckBox(tr("Both sides on the processors")))
    , m_cpus(new QLineEdit)
    , m_fields(new TwinFields(QStringLiteral("comparison"), this))
{
    buildFields();
    buildLayout();
    connect(m_work, &QComboBox::currentIndexChanged, this, &ComparisonDialog::onWorkChosen);
    for (const QComboBox* choice : { m_sides, m_caches })
        connect(choice, &QComboBox::currentIndexChanged, this, &ComparisonDialog::describe);
    connect(m_detail, &QLineEdit::textChanged, this, &ComparisonDialog::describe);
    connect(m_figure, &WorkFigureFields::changed, this, &ComparisonDialog::describe);
    connect(m_fields, &TwinFields::changed, this, &ComparisonDialog::describe);
    for (const QSpinBox* counter : { m_warmUps, m_repeats })
        connect(counter, &QSpinBox::valueChanged, this, &ComparisonDialog::describe);
    onWorkChosen();
    complete();
}

void ComparisonDialog::buildFields()
{
    m_sides->setObjectName(QStringLiteral("comparisonSides"));
    m_sides->setAccessibleName(tr("Sides"));
    m_sides->addItem(tr("Container and VM"));
    m_sides->addItem(tr("Container against container"), static_cast<int>(WorkloadKind::Container));
    m_sides->addItem(tr("VM against VM"), static_cast<int>(WorkloadKind::Vm));
    m_work->setObjectName(QStringLiteral("comparisonWork"));
    m_work->setAccessibleName(tr("Work"));
    addWorks();
    m_detail->setObjectName(QStringLiteral("comparisonWorkDetail"));
    m_detailLabel->setBuddy(m_detail);
    m_figureLabel->setBuddy(m_figure);
    m_caches->setObjectName(QStringLiteral("comparisonCaches"));
    m_caches->setAccessibleName(tr("Caches"));
    m_caches->addItem(tr("Kept from run to run"), static_cast<int>(FileCaches::Kept));
    m_caches->addItem(tr("Cold before each run"), static_cast<int>(FileCaches::Cold));
    m_caches->setToolTip(tr("Cold: the image's own files (layers, root disk) are dropped from this computer's page "
                            "cache before each run. The report says whether any stayed."));
    buildPinning();
}

void ComparisonDialog::buildPinning()
{
    m_isPinned->setObjectName(QStringLiteral("comparisonPinned"));
    m_isPinned->setToolTip(
        tr("All processes of both sides, helpers too, run on these alone, so that neither has more of "
           "the computer than the other."));
    m_cpus->setObjectName(QStringLiteral("comparisonCpus"));
    m_cpus->setAccessibleName(tr("Processors of both sides"));
    m_cpus->setText(QString::fromStdString(formatNumberList(suggestedCpus())));
    m_cpus->setEnabled(false);
    connect(m_isPinned, &QCheckBox::toggled, m_cpus, &QLineEdit::setEnabled);
    connect(m_isPinned, &QCheckBox::toggled, this, &ComparisonDialog::describe);
    connect(m_cpus, &QLineEdit::textChanged, this, &ComparisonDialog::describe);
}

void ComparisonDialog::addWorks()
{
    const auto add = [this](Work work, const QString& text) { m_work->addItem(text, static_cast<int>(work)); };
    const auto addNamed = [&](Work work, const QString& text, const QString& name, const QString& meaning) {
        add(work, text);
        m_work->setItemData(m_work->count() - 1, name, kNameRole);
        m_work->setItemData(m_work->count() - 1, meaning, Qt::ToolTipRole);
    };
    add(Work::Image, tr("The image's own, else rest"));
    add(Work::Command, tr("A command inside"));
    add(Work::Http, tr("An HTTP request"));
    add(Work::HttpRate, tr("HTTP requests a second"));
    add(Work::Rest, tr("Rest"));
    m_work->insertSeparator(m_work->count());
    for (const WorkChoice& choice : workChoices())
        addNamed(Work::Load, tr("Load: %1").arg(choice.name), choice.name, choice.meaning);
    m_work->insertSeparator(m_work->count());
    for (const WorkDefinition& known : m_definitions.definitions)
        addNamed(Work::Definition, tr("Tool: %1").arg(known.name), known.name, known.title);
}

void ComparisonDialog::buildLayout()
{
    form()->addRow(tr("Sides"), m_sides);
    form()->addRow(tr("Work"), m_work);
    form()->addRow(m_detailLabel, m_detail);
    form()->addRow(m_figureLabel, m_figure);
    m_warmUps->setPrefix(tr("warm-up: "));
    m_repeats->setPrefix(tr("counted, each side: "));
    auto* rounds = new QHBoxLayout;
    rounds->addWidget(m_warmUps, 1);
    rounds->addWidget(m_repeats, 1);
    form()->addRow(tr("Rounds"), rounds);
    form()->addRow(tr("Caches"), m_caches);
    auto* pinning = new QHBoxLayout;
    pinning->addWidget(m_isPinned);
    pinning->addWidget(m_cpus, 1);
    form()->addRow(tr("Pinning"), pinning);
    m_fields->addTo(*form());
}

bool ComparisonDialog::isRequest(Work work)
{
    return work == Work::Http || work == Work::HttpRate;
}

ComparisonDialog::Work ComparisonDialog::chosenWork() const
{
    return static_cast<Work>(m_work->currentData().toInt());
}

void ComparisonDialog::onWorkChosen()
{
    const bool isCommand = chosenWork() == Work::Command;
    const bool hasDetail = isCommand || isRequest(chosenWork());
    m_detail->clear();
    m_detail->setVisible(hasDetail);
    m_detailLabel->setVisible(hasDetail);
    m_figure->clear();
    m_figure->setVisible(isCommand);
    m_figureLabel->setVisible(isCommand);
    m_detailLabel->setText(isCommand ? tr("Command") : tr("Port and path"));
    m_detail->setAccessibleName(m_detailLabel->text());
    m_detail->setPlaceholderText(isCommand ? QStringLiteral("sysbench cpu run") : QStringLiteral("8080/index.html"));
    describe();
}

QString ComparisonDialog::workName() const
{
    switch (chosenWork()) {
    case Work::Image:
        return {};
    case Work::Command:
        return commandWorkName(m_detail->text());
    case Work::Http:
        return QStringLiteral("http:") + m_detail->text().trimmed();
    case Work::HttpRate:
        return QStringLiteral("http-rate:") + m_detail->text().trimmed();
    case Work::Rest:
        return QStringLiteral("idle");
    case Work::Load:
    case Work::Definition:
        return m_work->currentData(kNameRole).toString();
    }
    return {};
}

const WorkDefinition* ComparisonDialog::definition() const
{
    return chosenWork() == Work::Definition ? m_definitions.find(workName()) : nullptr;
}

QString ComparisonDialog::meaningOfTheWork() const
{
    if (chosenWork() == Work::Load)
        return QLatin1Char(' ') + tr("The work: %1.").arg(m_work->currentData(Qt::ToolTipRole).toString());
    const WorkDefinition* known = definition();
    if (known == nullptr)
        return {};
    return QLatin1Char(' ')
        + (known->needs.isEmpty() ? tr("The work: %1.").arg(known->title)
                                  : tr("The work: %1. The image must have %2.").arg(known->title, known->needs));
}

QString ComparisonDialog::problem() const
{
    if (chosenWork() == Work::Command && m_detail->text().trimmed().isEmpty())
        return tr("Name a command that the image has. It is run inside each side, beside the image's own program, and "
                  "has done its work when it ends with status 0.");
    if (isRequest(chosenWork()) && m_detail->text().trimmed().isEmpty())
        return chosenWork() == Work::Http
            ? tr("Name the port and the path of a request, which each side answers once.")
            : tr("Name the port and the path of a request, which each side answers as often as it can for 5 s.");
    const auto known = plan();
    return known ? QString() : QString::fromStdString(known.error().toLine());
}

QString ComparisonDialog::unusableDefinitions() const
{
    QString text;
    for (const Error& error : m_definitions.refused)
        text += QStringLiteral("\n\n") + tr("Not offered: %1").arg(QString::fromStdString(error.message));
    return text;
}

QString ComparisonDialog::whatWillBeDone() const
{
    const QString few = m_repeats->value() < kFewestRounds
        ? QLatin1Char(' ') + tr("Fewer than %1 runs are too few to say which side takes more.").arg(kFewestRounds)
        : QString();
    return startOfTheDescription() + meaningOfTheWork() + few + unusableDefinitions();
}

std::optional<WorkloadKind> ComparisonDialog::bothAs() const
{
    const QVariant kind = m_sides->currentData();
    return kind.isValid() ? std::optional(static_cast<WorkloadKind>(kind.toInt())) : std::nullopt;
}

QString ComparisonDialog::startOfTheDescription() const
{
    const int runs = m_repeats->value();
    const int warmUps = m_warmUps->value();
    const QString times = runs == 1 ? tr("once") : tr("%1 times").arg(runs);
    const QString after = warmUps == 0 ? tr("without a warm-up")
        : warmUps == 1                 ? tr("after a warm-up that is not counted")
                                       : tr("after %1 rounds of warm-up that are not counted").arg(warmUps);
    if (!bothAs())
        return tr("Starts the image as a container and as a VM by turns, each %1 %2, does the same work in both, reads "
                  "what each costs this computer, and removes them again.")
            .arg(times, after);
    return tr("Starts the image as %1 and as another by turns, each %2 %3, does the same work in both, and reads what "
              "each costs. What differs then is chance, or a mistake of the ruler.")
        .arg(*bothAs() == WorkloadKind::Vm ? tr("a VM") : tr("a container"), times, after);
}

Result<ComparisonPlan> ComparisonDialog::plan() const
{
    ComparisonPlan plan;
    plan.twin.imageReference = imageReference();
    plan.bothAs = bothAs();
    plan.work = workName();
    plan.figure = m_figure->scale();
    if (const WorkDefinition* known = definition())
        plan.definition = *known;
    plan.rounds = m_repeats->value();
    plan.warmUpRounds = m_warmUps->value();
    plan.caches = static_cast<FileCaches>(m_caches->currentData().toInt());
    auto checked = plan.definition ? Result<>() : checkWorkName(plan.work);
    if (checked && plan.figure)
        checked = checkWorkScale(*plan.figure);
    if (checked)
        checked = m_fields->apply(plan.twin);
    if (!checked)
        return std::move(checked).error();
    if (m_isPinned->isChecked()) {
        auto cpus = pinnedCpusFrom(m_cpus->text());
        if (!cpus)
            return std::move(cpus).error();
        plan.twin.pinnedCpus = *std::move(cpus);
    }
    return plan;
}

QString ComparisonDialog::equivalentCommand() const
{
    return shellLine(compareCommand(*plan()));
}

void ComparisonDialog::finish()
{
    Q_EMIT chosen(*plan()); // checked: the button is disabled otherwise
}

} // namespace twinhull
