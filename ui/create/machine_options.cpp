// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/machine_options.h"

#include "core/jobs/sequential_job.h"
#include "ui/create/cloud_init_page.h"
#include "ui/create/form_row.h"
#include "ui/create/machine_adviser.h"
#include "ui/create/machine_grid.h"
#include "ui/create/machine_jobs.h"
#include "ui/create/machine_places.h"
#include "ui/create/system_choice.h"
#include "ui/create/unattended_page.h"
#include "ui/create/xml_window.h"
#include "ui/widgets/error_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kAsTheSystem = -1;

QLabel* makeAdviceLabel(const QString& name, const char* style, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText); // names of systems and files are others' words
    label->setWordWrap(true);
    label->setProperty(style, true);
    label->setProperty("small", true);
    label->hide();
    return label;
}

} // namespace

MachineOptions::MachineOptions(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_adviser(new MachineAdviser(context, this))
    , m_system(new SystemChoice(context, this))
    , m_firmware(new QComboBox(this))
    , m_enlargedTo(new QLineEdit(this))
    , m_enlargedRow(nullptr)
    , m_places(nullptr)
    , m_arguments(new QLineEdit(this))
    , m_argumentsRow(nullptr)
    , m_inPlace(new QCheckBox(tr("Use the file itself, in place of a copy"), this))
    , m_cloudInit(nullptr)
    , m_unattended(nullptr)
{
    setObjectName(QStringLiteral("machineOptions"));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(kMachineRowGap);
    auto* fields = new QWidget(this);
    auto* grid = makeMachineGrid(*fields);
    m_firmware->setObjectName(QStringLiteral("firmware"));
    m_firmware->addItem(tr("As the system wants it"), kAsTheSystem);
    m_firmware->addItem(tr("BIOS"), static_cast<int>(MachineFirmware::Bios));
    m_firmware->addItem(tr("UEFI"), static_cast<int>(MachineFirmware::Uefi));
    m_firmware->addItem(tr("UEFI with Secure Boot"), static_cast<int>(MachineFirmware::SecureBoot));
    m_enlargedTo->setObjectName(QStringLiteral("enlargedTo"));
    m_enlargedTo->setPlaceholderText(tr("as it is; 40G"));
    m_inPlace->setObjectName(QStringLiteral("inPlace"));
    m_inPlace->setToolTip(tr("The VM writes into your file, and deleting the VM leaves it. For qcow2 and raw."));
    m_inPlace->setAccessibleDescription(m_inPlace->toolTip());
    grid->addWidget(new FormRow(tr("System"), m_system, fields), 0, 0, Qt::AlignTop);
    grid->addWidget(new FormRow(tr("Firmware"), m_firmware, fields), 0, 1, Qt::AlignTop);
    m_enlargedRow = new FormRow(tr("Enlarge the disk to"), m_enlargedTo, fields);
    QSizePolicy kept = m_enlargedRow->sizePolicy(); // without it the columns would not be those above
    kept.setRetainSizeWhenHidden(true);
    m_enlargedRow->setSizePolicy(kept);
    grid->addWidget(m_enlargedRow, 0, 2, Qt::AlignTop);
    m_arguments->setObjectName(QStringLiteral("kernelArguments"));
    m_arguments->setPlaceholderText(tr("none; console=ttyS0"));
    m_argumentsRow = new FormRow(tr("Arguments for the installer’s kernel"), m_arguments, fields);
    grid->addWidget(m_argumentsRow, 0, 2, Qt::AlignTop);
    m_cloudInit = new CloudInitPage(this);
    m_places = new MachinePlaces(this);
    rows->addWidget(fields);
    rows->addWidget(m_places);
    rows->addWidget(m_inPlace);
    m_unattended = new UnattendedPage(this);
    rows->addWidget(m_cloudInit);
    rows->addWidget(m_unattended);
    rows->addWidget(makeAdviceArea());
    connect(m_system, &SystemChoice::chosenChanged, this, &MachineOptions::changed);
    connect(m_firmware, &QComboBox::currentIndexChanged, this, &MachineOptions::changed);
    connect(m_places, &MachinePlaces::changed, this, &MachineOptions::changed);
    for (auto* line : { m_enlargedTo, m_arguments })
        connect(line, &QLineEdit::textChanged, this, &MachineOptions::changed);
    connect(m_inPlace, &QCheckBox::toggled, this, [this](bool isInPlace) {
        m_enlargedRow->setEditable(!isInPlace);
        Q_EMIT changed();
    });
    connect(m_cloudInit, &CloudInitPage::changed, this, &MachineOptions::changed);
    connect(m_unattended, &UnattendedPage::changed, this, &MachineOptions::changed);
    connect(m_adviser, &MachineAdviser::asked, this, &MachineOptions::onAsked);
    connect(m_adviser, &MachineAdviser::advised, this, &MachineOptions::onAdvised);
    connect(m_adviser, &MachineAdviser::refused, this, &MachineOptions::onRefused);
}

MachineOptions::~MachineOptions() = default;

QWidget* MachineOptions::makeAdviceArea()
{
    auto* area = new QWidget(this);
    m_reasons = makeAdviceLabel(QStringLiteral("adviceReasons"), "muted", area);
    m_warnings = makeAdviceLabel(QStringLiteral("adviceWarnings"), "warning", area);
    m_error = makeAdviceLabel(QStringLiteral("adviceError"), "error", area);
    m_definition = new QPushButton(tr("Show the definition…"), area);
    m_definition->setObjectName(QStringLiteral("showDefinition"));
    m_definition->setProperty("link", true);
    m_definition->setProperty("small", true);
    m_definition->setCursor(Qt::PointingHandCursor);
    m_definition->setAutoDefault(false);
    m_definition->hide();
    auto* column = new QVBoxLayout(area);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    for (auto* label : { m_error, m_warnings, m_reasons })
        column->addWidget(label);
    column->addWidget(m_definition, 0, Qt::AlignLeft);
    connect(m_definition, &QPushButton::clicked, this, &MachineOptions::showDefinition);
    return area;
}

MachineForm MachineOptions::form() const
{
    MachineForm form;
    form.systemId = m_system->systemId();
    if (const int firmware = m_firmware->currentData().toInt(); firmware != kAsTheSystem)
        form.firmware = static_cast<MachineFirmware>(firmware);
    form.isInPlace = m_inPlace->isChecked();
    form.enlargedTo = m_enlargedTo->text().trimmed();
    form.pool = m_places->pool();
    form.volume = m_places->volume();
    form.card = m_places->card();
    form.kernelArguments = m_arguments->text().trimmed();
    form.unattended = m_unattended->text();
    form.cloudInit = m_cloudInit->text();
    return form;
}

void MachineOptions::setSource(VmSource source, const FormHost& host)
{
    m_source = source;
    const bool isHere = !host.isElsewhere;
    const bool makesDisk = source == VmSource::Iso || source == VmSource::Network || source == VmSource::Tree;
    m_places->setHost(isHere, makesDisk);
    m_system->setUnchosenText(source == VmSource::Iso && isHere ? tr("as the medium tells")
            : source == VmSource::Tree                          ? tr("as the tree tells")
                                                                : tr("not known"));
    m_argumentsRow->setVisible(source == VmSource::Tree);
    m_inPlace->setVisible(source == VmSource::Disk && isHere);
    m_enlargedRow->setVisible((source == VmSource::Disk || source == VmSource::CloudImage) && isHere);
    m_cloudInit->setVisible(source == VmSource::CloudImage);
    m_unattended->setVisible(source == VmSource::Tree);
}

void MachineOptions::setProblems(const FormProblems& problems)
{
    const auto found = problems.find(FormField::EnlargedDisk);
    m_enlargedRow->setProblem(found == problems.end() ? nullptr : &found->second);
    m_cloudInit->setProblems(problems);
    m_unattended->setProblems(problems);
    m_definition->setEnabled(problems.empty());
}

void MachineOptions::consider(const CreateForm& asked, const CreateForm& whole)
{
    m_whole = whole;
    CreateForm question = asked;
    if (auto& unattended = question.machine.unattended; unattended && unattended->password.isEmpty())
        unattended.reset(); // its field says what is missing; the rest can be looked at
    m_adviser->ask(question);
}

/// What was said was of something else; the reasons stay so that nothing jumps while somebody types.
void MachineOptions::onAsked()
{
    m_refusal.clear();
    m_error->hide();
    m_reasons->setEnabled(false);
    m_warnings->setEnabled(false);
    if (!m_whole.hasSource()) {
        m_reasons->hide();
        m_warnings->hide();
        m_definition->hide();
    } else if (m_reasons->isHidden()) {
        m_reasons->setText(tr("Looking at it…"));
        m_reasons->show();
    }
    Q_EMIT judged();
}

void MachineOptions::onAdvised(const MachineAdvice& advice)
{
    m_reasons->setText(advice.reasons.join(u'\n'));
    m_warnings->setText(advice.warnings.join(u'\n'));
    m_reasons->setEnabled(true);
    m_warnings->setEnabled(true);
    m_reasons->show();
    m_warnings->setVisible(!advice.warnings.isEmpty());
    m_definition->show();
    m_unattended->setSystem(advice.system);
    Q_EMIT advised(advice);
    Q_EMIT judged();
}

void MachineOptions::onRefused(const Error& error)
{
    m_refusal = errorParagraph(error);
    m_error->setText(m_refusal);
    m_error->show();
    m_reasons->hide();
    m_warnings->hide();
    m_definition->hide();
    Q_EMIT judged();
}

void MachineOptions::showDefinition()
{
    auto* making = makingOf(m_context, m_whole.connection());
    if (making == nullptr || (m_describing && !m_describing->isFinished()))
        return;
    const auto advice = std::make_shared<MachineAdvice>();
    const auto xml = std::make_shared<QByteArray>();
    auto job = std::make_unique<SequentialJob>(tr("Describe %1").arg(m_whole.name));
    job->add([&context = m_context, form = m_whole, advice] { return adviseJob(context, form, advice); });
    job->add([making, advice, xml] { return making->describe(advice->machine, xml); });
    m_describing = std::move(job);
    connect(m_describing.get(), &Job::finished, this, [this, xml, name = m_whole.name] {
        if (m_describing->state() == Job::State::Succeeded)
            (new XmlWindow(tr("Definition of %1").arg(name), *xml, window()))->open();
        else
            onRefused(m_describing->result().error());
    });
    m_describing->start();
}

} // namespace twinhull
