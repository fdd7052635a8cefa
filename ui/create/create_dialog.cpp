// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/create_dialog.h"

#include "core/images/image_store.h"
#include "core/workload/usual_limits.h"
#include "core/workload/workload_registry.h"
#include "ui/widgets/command_bar.h"
#include "ui/create/environment_file.h"
#include "ui/create/equivalent_command.h"
#include "ui/create/form_row.h"
#include "ui/create/form_world.h"
#include "ui/create/host_networks.h"
#include "ui/create/host_volumes.h"
#include "ui/create/image_choice.h"
#include "ui/create/image_machine_row.h"
#include "ui/create/kind_card.h"
#include "ui/create/limit_editor.h"
#include "ui/create/machine_options.h"
#include "ui/create/machine_places.h"
#include "ui/create/more_options.h"
#include "ui/create/network_names.h"
#include "ui/widgets/path_editor.h"
#include "ui/create/tall_area.h"
#include "ui/jobs/retry.h"
#include "ui/theme/theme.h"
#include "ui/widgets/host_choice.h"
#include "ui/widgets/property_style.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kWidth = 960;
constexpr int kMargin = 18;
constexpr int kScreenMargin = 48; // for the frame that the desktop draws
constexpr double kMiB = 1024.0 * 1024;
constexpr double kVmMemoryMiB = 256;
constexpr double kIsoMemoryMiB = 2048;
constexpr double kDiskGiB = 20;
constexpr std::chrono::milliseconds kCheckDelay{ 120 };

double hostMemoryMiB(const FormWorld& world)
{
    return world.hostMemoryBytes > 0 ? static_cast<double>(world.hostMemoryBytes) / kMiB : 65536;
}

QWidget* makeRule(QWidget* parent)
{
    auto* rule = new QWidget(parent);
    rule->setObjectName(QStringLiteral("rule"));
    rule->setAttribute(Qt::WA_StyledBackground);
    rule->setFixedHeight(1);
    return rule;
}

} // namespace

CreateDialog::CreateDialog(AppContext& context, NewWorkload kind, const QString& imageReference, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_container(new KindCard(ThemeColor::Container, tr("Container"),
          tr("Shares this computer’s kernel. Starts at once, costs little. For services, tools, development."), this))
    , m_vm(new KindCard(ThemeColor::Vm, tr("Virtual machine"),
          tr("Its own kernel, any OS, strongest isolation. From an image, an ISO or a disk."), this))
    , m_twin(new KindCard(ThemeColor::Difference, tr("Twin"), tr("Both, from one image, to compare them live."), this))
    , m_host(new HostChoice(context.workloads, this))
    , m_volumes(new HostVolumes(context, this))
    , m_networks(new HostNetworks(context, this))
    , m_vmSource(new QComboBox(this))
    , m_image(new ImageChoice(context, this))
    , m_medium(new PathEditor(PathEditor::Kind::File, QStringLiteral("medium"), this))
    , m_name(new QLineEdit(this))
    , m_command(new QLineEdit(this))
    , m_environment(new QPlainTextEdit(this))
    , m_ports(new QLineEdit(this))
    , m_mounts(new PathEditor(PathEditor::Kind::Folder, QStringLiteral("mounts"), this))
    , m_network(new QCheckBox(tr("Network"), this))
    , m_twinNote(new QLabel(this))
{
    setObjectName(QStringLiteral("createDialog"));
    setWindowTitle(tr("New workload"));
    setProperty("ground", true);
    const FormWorld world = formWorldOf(context);
    const double cpus = world.hostCpus;
    m_memory = new LimitEditor(
        { tr("Memory limit"), tr(" MiB"), 16, hostMemoryMiB(world), 0, true }, QStringLiteral("memory"), this);
    m_cpus = new LimitEditor({ tr("CPU limit"), tr(" cores"), 0.25, cpus, 2, true }, QStringLiteral("cpus"), this);
    const bool hasUsualPids = world.controllers && world.controllers->contains(QStringLiteral("pids"));
    m_pids = new LimitEditor(
        { tr("Processes"), {}, 16, 32768, 0, true, hasUsualPids ? tr("usual, %1").arg(kUsualPids) : QString() },
        QStringLiteral("pids"), this);
    m_disk = new LimitEditor({ tr("New disk"), tr(" GiB"), 1, 2048, 0, false }, QStringLiteral("disk"), this);
    m_disk->propose(kDiskGiB);
    m_imageMachine = new ImageMachineRow(this);
    m_machine = new MachineOptions(context, this);
    m_more = new MoreOptions(world, this); // the tab key goes from one to the next as they are made
    m_commandLine = new CommandBar(this);
    m_create = new QPushButton(tr("C&reate"), this);
    m_createAndStart = new QPushButton(tr("Create and &start"), this);
    layOut();
    setTabOrder(m_environment, m_environmentFile);
    connectEditors();
    (kind == NewWorkload::Container ? m_container : kind == NewWorkload::Vm ? m_vm : m_twin)->setChecked(true);
    if (!imageReference.isEmpty() && context.images.find(imageReference))
        m_image->choose(imageReference);
    onKindChanged();
    onImageChanged();
    m_name->setFocus();
}

CreateDialog::~CreateDialog() = default;

// ── layout

void CreateDialog::layOut()
{
    m_heading = new QLabel(windowTitle(), this);
    m_heading->setFont(Theme::current().titleFont());
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(kMargin, 14, kMargin, 14);
    head->addWidget(m_heading);
    rows->addLayout(head);
    rows->addWidget(makeRule(this));
    auto* body = new QVBoxLayout;
    body->setContentsMargins(kMargin, 14, kMargin, 14);
    body->setSpacing(18);
    body->addWidget(makeCards());
    m_area = new TallArea(makeFields(), this);
    body->addWidget(m_area, 1);
    body->addWidget(m_commandLine);
    rows->addLayout(body, 1);
    rows->addWidget(makeRule(this));
    rows->addWidget(makeButtons());
    setFixedWidth(kWidth);
}

QWidget* CreateDialog::makeCards()
{
    auto* cards = new QWidget(this);
    auto* layout = new QHBoxLayout(cards);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_container->setObjectName(QStringLiteral("kindContainer"));
    m_vm->setObjectName(QStringLiteral("kindVm"));
    m_twin->setObjectName(QStringLiteral("kindTwin"));
    for (auto* card : { m_container, m_vm, m_twin })
        layout->addWidget(card, 1);
    return cards;
}

QWidget* CreateDialog::makeFields()
{
    auto* fields = new QWidget(this);
    auto* rows = new QVBoxLayout(fields);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(14);
    auto* layout = new QHBoxLayout;
    layout->setSpacing(22);
    rows->addLayout(layout);
    rows->addWidget(m_machine);
    rows->addWidget(m_more);
    rows->addStretch();
    QVBoxLayout* columns[3];
    for (auto*& column : columns) {
        column = new QVBoxLayout;
        column->setSpacing(12);
        layout->addLayout(column, 1);
    }
    addSourceFields(*columns[0]);
    addWorkFields(*columns[0]);
    addWiringFields(*columns[1]);
    addLimitFields(*columns[2]);
    for (auto* column : columns)
        column->addStretch();
    return fields;
}

FormRow* CreateDialog::addRow(QVBoxLayout& column, FormField field, const QString& label, QWidget* editor)
{
    auto* row = new FormRow(label, editor, this);
    column.addWidget(row);
    m_rows[field] = row;
    return row;
}

void CreateDialog::addSourceFields(QVBoxLayout& column)
{
    m_host->setObjectName(QStringLiteral("machineHost"));
    addRow(column, FormField::MachineHost, tr("Host"), m_host);
    m_vmSource->setObjectName(QStringLiteral("vmSource"));
    m_vmSource->addItem(tr("An image"), static_cast<int>(VmSource::Image));
    m_vmSource->addItem(tr("An installation medium (ISO)"), static_cast<int>(VmSource::Iso));
    m_vmSource->addItem(tr("A disk or an appliance (OVA)"), static_cast<int>(VmSource::Disk));
    m_vmSource->addItem(tr("A cloud image"), static_cast<int>(VmSource::CloudImage));
    m_vmSource->addItem(tr("An installer from an address"), static_cast<int>(VmSource::Tree));
    m_vmSource->addItem(tr("Its network (PXE)"), static_cast<int>(VmSource::Network));
    m_vmSourceRow = new FormRow(tr("Start from"), m_vmSource, this);
    column.addWidget(m_vmSourceRow);
    m_mediumRow = new FormRow(tr("File"), m_medium, this);
    column.addWidget(m_mediumRow);
    addRow(column, FormField::Source, tr("Image"), m_image);
}

void CreateDialog::addWorkFields(QVBoxLayout& column)
{
    m_name->setObjectName(QStringLiteral("name"));
    addRow(column, FormField::Name, tr("Name"), m_name);
    m_command->setObjectName(QStringLiteral("command"));
    addRow(column, FormField::Command, tr("Command"), m_command);
    m_environment->setObjectName(QStringLiteral("environment"));
    m_environment->setPlaceholderText(tr("paste KEY=VALUE lines here"));
    m_environment->setTabChangesFocus(true);
    m_environment->setFixedHeight(64);
    auto* row = addRow(column, FormField::Environment, tr("Environment"), m_environment);
    m_environmentFile = makeEnvironmentFileLink(*m_environment, *row, this);
    column.addWidget(m_environmentFile, 0, Qt::AlignLeft);
}

void CreateDialog::addWiringFields(QVBoxLayout& column)
{
    m_ports->setObjectName(QStringLiteral("ports"));
    m_ports->setPlaceholderText(tr("8080:80 for this computer only"));
    addRow(column, FormField::Ports, tr("Ports, this computer : inside"), m_ports);
    m_mounts->line().setPlaceholderText(tr("~/site:/srv:ro or volume:/data"));
    addRow(column, FormField::Mounts, tr("Folders and volumes"), m_mounts);
    m_network->setObjectName(QStringLiteral("network"));
    m_network->setChecked(true);
    column.addWidget(m_network);
    m_twinNote->setWordWrap(true);
    m_twinNote->setProperty("muted", true);
    m_twinNote->setText(
        tr("Both halves get the same image, command, environment, memory and CPUs. The first port of the "
           "image is published for each of them on a free port of this computer."));
    column.addWidget(m_twinNote);
}

void CreateDialog::addLimitFields(QVBoxLayout& column)
{
    for (auto* editor : { m_memory, m_cpus, m_pids, m_disk }) {
        column.addWidget(editor);
        connect(editor, &LimitEditor::changed, this, &CreateDialog::checkSoon);
    }
    column.addWidget(m_imageMachine);
    connect(m_imageMachine, &ImageMachineRow::chosen, this, &CreateDialog::checkSoon);
}

QWidget* CreateDialog::makeButtons()
{
    auto* foot = new QWidget(this);
    auto* layout = new QHBoxLayout(foot);
    layout->setContentsMargins(kMargin, 12, kMargin, 12);
    layout->setSpacing(8);
    auto* cancel = new QPushButton(tr("Cancel"), foot);
    cancel->setObjectName(QStringLiteral("cancel"));
    cancel->setAutoDefault(false);
    m_create->setObjectName(QStringLiteral("create"));
    m_create->setAutoDefault(false);
    m_createAndStart->setObjectName(QStringLiteral("createAndStart"));
    m_createAndStart->setProperty("primary", true);
    m_createAndStart->setDefault(true);
    layout->addStretch();
    for (auto* button : { cancel, m_create, m_createAndStart })
        layout->addWidget(button);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_create, &QPushButton::clicked, this, [this] { submit(AfterCreate::Nothing); });
    connect(m_createAndStart, &QPushButton::clicked, this, [this] { submit(AfterCreate::Start); });
    return foot;
}

void CreateDialog::connectEditors()
{
    for (auto* card : { m_container, m_vm, m_twin })
        connect(card, &QAbstractButton::toggled, this, [this](bool isChosen) {
            if (isChosen)
                onKindChanged();
        });
    connect(m_vmSource, &QComboBox::currentIndexChanged, this, &CreateDialog::onKindChanged);
    connect(m_host, &HostChoice::hostChosen, this, &CreateDialog::onHostChanged);
    connect(m_host, &HostChoice::hostsChanged, this, &CreateDialog::onHostChanged);
    connect(m_volumes, &HostVolumes::read, this, &CreateDialog::showVolumes);
    connect(m_networks, &HostNetworks::read, this, [this] {
        m_machine->places().setNetworks(m_networks->networks(), m_networks->bridges());
        checkSoon();
    });
    connect(m_network, &QCheckBox::toggled, this, [this](bool isOn) { m_machine->places().setHasNetwork(isOn); });
    connect(m_rows[FormField::MachineHost], &FormRow::fixRequested, this,
        [this](const QString& name) { m_host->setCurrentIndex(std::max(0, m_host->findData(name))); });
    connect(m_image, &ImageChoice::referenceChanged, this, &CreateDialog::onImageChanged);
    connect(m_medium, &PathEditor::chosen, m_medium, &PathEditor::setPath);
    connect(m_medium, &PathEditor::changed, this, &CreateDialog::proposeName);
    connect(m_mounts, &PathEditor::chosen, this, [this](const QString& folder) {
        const QString before = m_mounts->path();
        m_mounts->setPath(before + (before.isEmpty() ? QString() : QStringLiteral(", ")) + folder
            + QStringLiteral(":/mnt/") + folder.section(QLatin1Char('/'), -1));
    });
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& text) { m_isNameTyped = !text.isEmpty(); });
    for (auto* line : { m_name, m_command, m_ports })
        connect(line, &QLineEdit::textChanged, this, &CreateDialog::checkSoon);
    connect(m_environment, &QPlainTextEdit::textChanged, this, &CreateDialog::checkSoon);
    connect(m_mounts, &PathEditor::changed, this, &CreateDialog::checkSoon);
    connect(m_network, &QCheckBox::toggled, this, &CreateDialog::checkSoon);
    connect(m_more, &MoreOptions::changed, this, &CreateDialog::checkSoon);
    connect(m_machine, &MachineOptions::changed, this, &CreateDialog::checkSoon);
    connect(m_machine, &MachineOptions::advised, this, &CreateDialog::onAdvised);
    connect(m_machine, &MachineOptions::judged, this, &CreateDialog::onJudged);
    connect(m_more, &MoreOptions::folded, this, &CreateDialog::showOpened);
    connect(new NetworkNames(m_context, this), &NetworkNames::read, m_more, &MoreOptions::setNetworks);
    connect(m_rows[FormField::Name], &FormRow::fixRequested, m_name, &QLineEdit::setText);
    connect(m_rows[FormField::Ports], &FormRow::fixRequested, m_ports, &QLineEdit::setText);
    connect(&m_context.workloads, &WorkloadRegistry::added, this, &CreateDialog::checkSoon);
    connect(&m_context.workloads, &WorkloadRegistry::removed, this, &CreateDialog::checkSoon);
    m_checkTimer.setSingleShot(true);
    m_checkTimer.setInterval(kCheckDelay);
    connect(&m_checkTimer, &QTimer::timeout, this, &CreateDialog::check);
}

// ── what is chosen

NewWorkload CreateDialog::kind() const
{
    if (m_twin->isChecked())
        return NewWorkload::Twin;
    return m_vm->isChecked() ? NewWorkload::Vm : NewWorkload::Container;
}

VmSource CreateDialog::vmSource() const
{
    return static_cast<VmSource>(m_vmSource->currentData().toInt());
}

void CreateDialog::onKindChanged()
{
    const NewWorkload chosen = kind();
    const bool isVm = chosen == NewWorkload::Vm;
    const bool isTwin = chosen == NewWorkload::Twin;
    const bool usesImage = !isVm || vmSource() == VmSource::Image;
    m_rows[FormField::MachineHost]->setVisible(isVm && m_host->isNeeded());
    m_vmSourceRow->setVisible(isVm);
    m_rows[FormField::Source]->setVisible(usesImage);
    m_rows[FormField::Command]->setVisible(usesImage && !isTwin);
    m_rows[FormField::Environment]->setVisible(usesImage && !isTwin);
    m_environmentFile->setVisible(usesImage && !isTwin);
    m_more->setKind(chosen, usesImage);
    m_machine->setVisible(!usesImage);
    m_machine->setSource(vmSource(), host());
    lookAtHost();
    m_rows[FormField::Ports]->setVisible(!isTwin);
    m_rows[FormField::Mounts]->setVisible(chosen == NewWorkload::Container);
    m_network->setVisible(!isTwin);
    m_twinNote->setVisible(isTwin);
    m_pids->setVisible(chosen == NewWorkload::Container);
    m_disk->setVisible(isVm && form().makesDisk());
    m_imageMachine->setVisible(usesImage && chosen != NewWorkload::Container);
    m_create->setVisible(!isTwin);
    m_createAndStart->setText(isTwin ? tr("Create and &start both") : tr("Create and &start"));
    scaleLimits();
    proposeLimits();
    showSource();
    proposeName();
    showCosts();
    check();
    fitHeight();
}

/// As high as everything needs, and no higher than the screen.
void CreateDialog::fitHeight()
{
    for (auto* inner : findChildren<QLayout*>())
        inner->activate();
    m_area->updateGeometry(); // no layout above it hears of what changes inside
    layout()->activate();
    const QRect room = screen()->availableGeometry();
    const int wish = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(kWidth) : sizeHint().height();
    resize(width(), std::min(wish, room.height() - kScreenMargin));
    if (isVisible() && y() + height() > room.bottom()) // it grows downwards
        move(x(), std::max(room.top(), room.bottom() - height()));
}

void CreateDialog::showEvent(QShowEvent* event)
{
    QDialog::showEvent(event);
    fitHeight(); // before, no font was polished and no text had its width
}

void CreateDialog::showOpened(QWidget* opened)
{
    const auto show = [this, opened] {
        fitHeight();
        if (opened != nullptr)
            m_area->ensureWidgetVisible(opened, 0, kMargin);
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection); // after what is posted to the layouts inside
}

void CreateDialog::proposeLimits()
{
    // What a person typed stays; what was proposed for a VM is no limit that anybody asked for.
    const bool isVm = kind() == NewWorkload::Vm;
    const double usual = form().usesImage() ? kVmMemoryMiB : kIsoMemoryMiB;
    if (!m_memory->isTyped())
        m_memory->propose(isVm ? std::optional(usual) : std::nullopt);
    else if (isVm && !m_memory->value())
        m_memory->propose(usual);
    if (!m_cpus->isTyped())
        m_cpus->propose(isVm ? std::optional(1.0) : std::nullopt);
}

void CreateDialog::onImageChanged()
{
    const auto image = m_context.images.find(m_image->reference());
    const QStringList words = image ? image->entrypoint + image->command : QStringList();
    m_command->setPlaceholderText(
        words.isEmpty() ? tr("from the image") : tr("from the image: %1").arg(words.join(QLatin1Char(' '))));
    proposeName();
    showCosts();
    check();
}

void CreateDialog::proposeName()
{
    if (!m_isNameTyped) {
        const QString source = nameSource();
        const QString wish = source.isEmpty() ? QString() : nameFromImage(source);
        m_name->setText(
            wish.isEmpty() ? wish : freeName(wish, kind(), m_context.workloads.workloads(), form().connection()));
    }
    checkSoon();
}

// ── judging

void CreateDialog::checkSoon()
{
    m_commandLine->setCommand(equivalentCommand(form()));
    m_checkTimer.start();
}

void CreateDialog::check()
{
    m_checkTimer.stop();
    const CreateForm typed = form();
    m_commandLine->setCommand(equivalentCommand(typed));
    showProblems(checkForm(typed, world()));
    if (!typed.usesImage())
        m_machine->consider(typedForm(), typed);
}

void CreateDialog::showProblems(const FormProblems& problems)
{
    m_problems = problems;
    const auto at = [&problems](FormField field) {
        const auto found = problems.find(field);
        return found == problems.end() ? nullptr : &found->second;
    };
    for (auto& [field, row] : m_rows)
        row->setProblem(at(field));
    m_more->setProblems(problems);
    m_machine->setProblems(problems);
    m_mediumRow->setProblem(m_mediumRow->isVisibleTo(this) ? at(FormField::Source) : nullptr);
    m_vmSourceRow->setProblem(vmSource() == VmSource::Network ? at(FormField::Source) : nullptr);
    const auto sentence = [&at](FormField field) { return at(field) ? at(field)->sentence : QString(); };
    showCosts();
    m_memory->setProblem(sentence(FormField::Memory));
    m_cpus->setProblem(sentence(FormField::Cpus));
    m_pids->setProblem(sentence(FormField::Pids));
    m_disk->setProblem(sentence(FormField::Disk));
    onJudged();
}

void CreateDialog::submit(AfterCreate then)
{
    check();
    if (!m_createAndStart->isEnabled())
        return;
    auto* job = submitWithRetry(
        m_context.jobs, [&context = m_context, form = form(), then] { return makeCreateJob(context, form, then); });
    if (job)
        accept();
}

} // namespace twinhull
