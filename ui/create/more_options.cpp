// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/more_options.h"

#include "ui/create/form_row.h"
#include "ui/create/more_check.h"
#include "ui/create/network_line.h"
#include "ui/widgets/path_editor.h"
#include "ui/widgets/property_style.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QToolButton>

namespace twinhull {

namespace {

constexpr int kColumns = 3;
constexpr int kColumnGap = 22; // as the columns above
constexpr int kRowGap = 12;
constexpr int kLabelsHeight = 56;
constexpr int kMostStopSeconds = 24 * 3600;
constexpr int kUsualStop = -1;
constexpr int kMostRestarts = 1000;

/// How many of the texts say something.
int said(std::initializer_list<QString> texts)
{
    return static_cast<int>(
        std::count_if(texts.begin(), texts.end(), [](const QString& text) { return !text.trimmed().isEmpty(); }));
}

int countOf(const ProcessText& text)
{
    return said({ text.user, text.workingFolder, text.entrypoint, text.hostName, text.stopSignal, text.labels })
        + (text.stopSeconds ? 1 : 0) + (text.hasInit ? 1 : 0) + (text.keepId ? 1 : 0);
}

int countOf(const NetworkText& text)
{
    return said({ text.networks, text.nameServers, text.searchDomains, text.hosts });
}

int countOf(const SecurityText& text)
{
    return said({ text.addedCapabilities, text.droppedCapabilities, text.devices, text.temporaryFolders, text.secrets })
        + (text.seccomp != SeccompChoice::Default ? 1 : 0) + (text.isRootReadOnly ? 1 : 0)
        + (text.allowsNewPrivileges ? 1 : 0);
}

int countOf(const LimitText& text)
{
    const auto& rates = text.deviceRates;
    return said({ text.memoryAndSwap, text.cpuSet, text.cpuShares, rates[0], rates[1], rates[2], rates[3] });
}

int countOf(const UpkeepText& text)
{
    const int health = text.hasNoHealthCheck ? 1
                                             : said({ text.healthCommand, text.healthInterval, text.healthRetries })
            + (text.onUnhealthy != UnhealthyAction::None ? 1 : 0);
    return health + said({ text.logSize, text.logFiles }) + (text.restart.when != RestartPolicy::When::Never ? 1 : 0)
        + (text.isRemovedAtEnd ? 1 : 0);
}

} // namespace

MoreOptions::MoreOptions(const FormWorld& world, QWidget* parent) : QWidget(parent), m_world(world)
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(kRowGap);
    auto* heads = new QHBoxLayout;
    heads->setSpacing(8);
    auto* title = new QLabel(tr("More"), this);
    title->setProperty("muted", true);
    title->setProperty("small", true);
    heads->addWidget(title);
    rows->addLayout(heads);
    addProcessSection();
    addNetworkSection();
    addSecuritySection();
    addLimitSection();
    addUpkeepSection();
    for (const Section& section : m_sections) {
        heads->addWidget(section.button);
        rows->addWidget(section.panel);
    }
    heads->addStretch();
    countSections();
}

QGridLayout* MoreOptions::addSection(const QString& name, const QString& title)
{
    Section section;
    section.title = title;
    section.button = new QToolButton(this);
    section.button->setObjectName(name);
    section.button->setCheckable(true);
    section.button->setProperty("filterChip", true);
    section.button->setFocusPolicy(Qt::StrongFocus);
    section.panel = new QWidget(this);
    section.panel->setObjectName(name + QStringLiteral("Panel"));
    section.panel->hide();
    auto* grid = new QGridLayout(section.panel);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kColumnGap);
    grid->setVerticalSpacing(kRowGap);
    for (int column = 0; column < kColumns; ++column)
        grid->setColumnStretch(column, 1);
    const std::size_t at = m_sections.size();
    connect(section.button, &QToolButton::clicked, this, [this, at] { open(at); });
    m_sections.push_back(section);
    return grid;
}

FormRow* MoreOptions::addRow(QGridLayout& grid, int place, FormField field, const QString& label, QWidget* editor)
{
    auto* row = new FormRow(label, editor, m_sections.back().panel);
    grid.addWidget(row, place / kColumns, place % kColumns, Qt::AlignTop);
    m_rows[field] = row;
    m_sections.back().fields.push_back(field);
    return row;
}

QLineEdit* MoreOptions::addLine(
    QGridLayout& grid, int place, FormField field, const QString& label, const QString& example)
{
    auto* line = new QLineEdit(this);
    line->setPlaceholderText(example);
    addRow(grid, place, field, label, line);
    connect(line, &QLineEdit::textChanged, this, &MoreOptions::onChanged);
    return line;
}

QCheckBox* MoreOptions::addCheck(
    QGridLayout& grid, int place, const QString& name, const QString& label, const QString& about)
{
    auto* check = new QCheckBox(label, m_sections.back().panel);
    check->setObjectName(name);
    check->setToolTip(about);
    check->setAccessibleDescription(about);
    grid.addWidget(check, place / kColumns, place % kColumns);
    connect(check, &QCheckBox::toggled, this, &MoreOptions::onChanged);
    return check;
}

void MoreOptions::addProcessSection()
{
    QGridLayout& grid = *addSection(QStringLiteral("moreProcess"), tr("Process"));
    m_user = addLine(grid, 0, FormField::User, tr("User"), tr("from the image; name or id, with :group"));
    m_user->setObjectName(QStringLiteral("user"));
    m_workingFolder = addLine(grid, 1, FormField::WorkingFolder, tr("Working folder"), tr("from the image"));
    m_hostName = addLine(grid, 2, FormField::HostName, tr("Host name"), tr("its name"));
    m_entrypoint = addLine(grid, 3, FormField::Entrypoint, tr("Entrypoint"), tr("from the image; '' for none"));
    m_stopSignal = addLine(grid, 4, FormField::StopSignal, tr("Stop signal"), tr("from the image, else SIGTERM"));
    m_stopSeconds = new QSpinBox(this);
    m_stopSeconds->setObjectName(QStringLiteral("stopSeconds"));
    m_stopSeconds->setRange(kUsualStop, kMostStopSeconds);
    m_stopSeconds->setValue(kUsualStop);
    m_stopSeconds->setSpecialValueText(tr("10 s, as usual"));
    m_stopSeconds->setSuffix(tr(" s"));
    m_stopSecondsRow = new FormRow(tr("Time to stop"), m_stopSeconds, m_sections.back().panel);
    grid.addWidget(m_stopSecondsRow, 1, 2, Qt::AlignTop);
    connect(m_stopSeconds, &QSpinBox::valueChanged, this, &MoreOptions::onChanged);
    m_labels = new QPlainTextEdit(this);
    m_labels->setPlaceholderText(tr("KEY=VALUE lines"));
    m_labels->setTabChangesFocus(true);
    m_labels->setFixedHeight(kLabelsHeight);
    addRow(grid, 6, FormField::LabelLines, tr("Labels"), m_labels);
    connect(m_labels, &QPlainTextEdit::textChanged, this, &MoreOptions::onChanged);
    m_init = addCheck(grid, 7, QStringLiteral("init"), tr("A small init as process 1"),
        tr("It collects processes that lost their parent and passes signals on. For programs that start others."));
    addKeepIdRow(grid, 8);
    tellWhatIsUseless();
}

void MoreOptions::addKeepIdRow(QGridLayout& grid, int place)
{
    const QString about = tr("Files that it makes in a folder of yours are yours, and it runs as you where no user is "
                             "named above. Otherwise root inside is you, and its other users are nobody here.");
    m_keepId = new QCheckBox(tr("Same user as mine inside"), this);
    m_keepId->setObjectName(QStringLiteral("keepId"));
    m_keepId->setToolTip(about);
    addRow(grid, place, FormField::KeepId, tr("Your user"), m_keepId);
    m_keepId->setAccessibleName(m_keepId->text());
    m_keepId->setAccessibleDescription(about);
    connect(m_keepId, &QCheckBox::toggled, this, &MoreOptions::onChanged);
}

/// Of the section that was added last: such a field is off.
void MoreOptions::tellWhatIsUseless()
{
    for (const FormField field : m_sections.back().fields) {
        const QString why = whyUseless(field, m_world);
        m_rows[field]->setNote(why);
        if (!why.isEmpty())
            m_rows[field]->setEditable(false);
    }
}

void MoreOptions::addNetworkSection()
{
    QGridLayout& grid = *addSection(QStringLiteral("moreNetwork"), tr("Network"));
    m_networks = new NetworkLine(this);
    m_networks->line().setPlaceholderText(tr("by itself; back:alias=db, host"));
    m_networks->line().setObjectName(QStringLiteral("networks"));
    addRow(grid, 0, FormField::Networks, tr("Networks"), m_networks);
    connect(&m_networks->line(), &QLineEdit::textChanged, this, &MoreOptions::onChanged);
    m_nameServers = addLine(grid, 1, FormField::NameServers, tr("Name servers"), tr("those of this computer; 9.9.9.9"));
    m_nameServers->setObjectName(QStringLiteral("nameServers"));
    m_searchDomains = addLine(grid, 2, FormField::SearchDomains, tr("Search domains"), tr("lan, example.org"));
    m_hosts = addLine(grid, 3, FormField::Hosts, tr("Names of others"), tr("db.lan:192.168.1.20"));
}

void MoreOptions::addSecuritySection()
{
    QGridLayout& grid = *addSection(QStringLiteral("moreSecurity"), tr("Security"));
    m_addedCapabilities
        = addLine(grid, 0, FormField::AddedCapabilities, tr("Add capabilities"), tr("NET_RAW, SYS_TIME"));
    m_addedCapabilities->setObjectName(QStringLiteral("addedCapabilities"));
    m_droppedCapabilities
        = addLine(grid, 1, FormField::DroppedCapabilities, tr("Drop capabilities"), tr("CHOWN, or ALL"));
    m_seccomp = new QComboBox(this);
    m_seccomp->setObjectName(QStringLiteral("seccomp"));
    m_seccomp->addItem(tr("The usual profile"), static_cast<int>(SeccompChoice::Default));
    m_seccomp->addItem(tr("A profile of mine"), static_cast<int>(SeccompChoice::File));
    m_seccomp->addItem(tr("None: every system call"), static_cast<int>(SeccompChoice::Unconfined));
    m_seccompFile = new PathEditor(PathEditor::Kind::File, QStringLiteral("seccompFile"), this);
    m_seccompFile->setNameFilter(tr("Seccomp profiles (*.json)"));
    m_seccompFile->line().setAccessibleName(tr("Seccomp profile file"));
    m_seccompFile->hide();
    auto* both = new QWidget(this);
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_seccomp);
    column->addWidget(m_seccompFile);
    both->setFocusProxy(m_seccomp);
    addRow(grid, 2, FormField::Seccomp, tr("System calls (seccomp)"), both);
    m_seccomp->setAccessibleName(tr("System calls (seccomp)"));
    connect(m_seccomp, &QComboBox::currentIndexChanged, this, [this] {
        m_seccompFile->setVisible(form().security.seccomp == SeccompChoice::File);
        onChanged();
        Q_EMIT folded(m_seccompFile->parentWidget());
    });
    connect(m_seccompFile, &PathEditor::chosen, m_seccompFile, &PathEditor::setPath);
    connect(m_seccompFile, &PathEditor::changed, this, &MoreOptions::onChanged);
    m_temporaryFolders = addLine(grid, 3, FormField::TemporaryFolders, tr("Folders in memory"), tr("/cache:size=64m"));
    m_devices = addLine(grid, 4, FormField::Devices, tr("Devices"), tr("/dev/ttyUSB0"));
    m_secrets = addLine(grid, 5, FormField::Secrets, tr("Secrets"), tr("key, or key,target=tls.key,mode=0400"));
    m_secrets->setObjectName(QStringLiteral("secrets"));
    m_secrets->setToolTip(tr("Names of secrets, with spaces between them. Each becomes a read-only file in "
                             "/run/secrets, in memory. Make one on the page Storage"));
    m_readOnly = addCheck(grid, 6, QStringLiteral("readOnlyRoot"), tr("Read-only root"),
        tr("Nothing of the image can be written; /tmp, /run and /var/tmp are in memory."));
    m_newPrivileges = addCheck(grid, 7, QStringLiteral("newPrivileges"), tr("Let sudo, su and ping raise themselves"),
        tr("Off, set-user-id programs run with the rights of the one who calls them."));
}

void MoreOptions::addLimitSection()
{
    QGridLayout& grid = *addSection(QStringLiteral("moreLimits"), tr("Limits"));
    m_swap = addLine(grid, 0, FormField::Swap, tr("Memory and swap"), tr("as much as memory: no swap"));
    m_swap->setObjectName(QStringLiteral("memorySwap"));
    m_cpuSet = addLine(grid, 1, FormField::CpuSet, tr("Processors"), tr("any; 0-3,7"));
    m_cpuSet->setObjectName(QStringLiteral("cpuSet"));
    m_cpuShares = addLine(grid, 2, FormField::CpuShares, tr("CPU shares"), tr("1024 against others"));
    const QString bytes = tr("/dev/sda:10M a second");
    const QString operations = tr("/dev/sda:1000 a second");
    m_deviceRates[0] = addLine(grid, 3, FormField::ReadBytes, tr("Read from a disk"), bytes);
    m_deviceRates[1] = addLine(grid, 4, FormField::WriteBytes, tr("Write to a disk"), bytes);
    m_deviceRates[2] = addLine(grid, 6, FormField::ReadOperations, tr("Read operations"), operations);
    m_deviceRates[3] = addLine(grid, 7, FormField::WriteOperations, tr("Write operations"), operations);
    tellWhatIsUseless();
}

void MoreOptions::addUpkeepSection()
{
    QGridLayout& grid = *addSection(QStringLiteral("moreUpkeep"), tr("Restart, health, log"));
    m_restart = new QComboBox(this);
    m_restart->setObjectName(QStringLiteral("restart"));
    for (const auto& [when, name] : { std::pair{ RestartPolicy::When::Never, tr("No") },
             { RestartPolicy::When::OnFailure, tr("When it fails") }, { RestartPolicy::When::Always, tr("Always") },
             { RestartPolicy::When::UnlessStopped, tr("Unless you stopped it") } })
        m_restart->addItem(name, static_cast<int>(when));
    addRow(grid, 0, FormField::Restart, tr("Start again"), m_restart);
    m_restartMost = new QSpinBox(this);
    m_restartMost->setObjectName(QStringLiteral("restartMost"));
    m_restartMost->setRange(0, kMostRestarts);
    m_restartMost->setSpecialValueText(tr("any number"));
    m_restartMost->setEnabled(false);
    grid.addWidget(new FormRow(tr("Times at most"), m_restartMost, m_sections.back().panel), 0, 1, Qt::AlignTop);
    m_removedAtEnd = addCheck(grid, 2, QStringLiteral("removedAtEnd"), tr("Remove it when it ends"),
        tr("It goes for good, with what it wrote outside of its volumes."));
    addHealthRows(grid);
    addLogRows(grid);
    connect(m_restart, &QComboBox::currentIndexChanged, this, [this] {
        const RestartPolicy policy = form().upkeep.restart;
        m_restartMost->setEnabled(policy.when == RestartPolicy::When::OnFailure);
        m_rows[FormField::Restart]->setNote(loginNote(policy, m_world));
        onChanged();
    });
    connect(m_restartMost, &QSpinBox::valueChanged, this, &MoreOptions::onChanged);
}

void MoreOptions::addHealthRows(QGridLayout& grid)
{
    m_healthCommand
        = addLine(grid, 3, FormField::HealthCommand, tr("Health check"), tr("the image's; wget -q -O - localhost"));
    m_healthCommand->setObjectName(QStringLiteral("healthCommand"));
    m_healthInterval = addLine(grid, 4, FormField::HealthInterval, tr("Check every"), tr("30s"));
    m_healthRetries = addLine(grid, 5, FormField::HealthRetries, tr("Failures that count"), tr("3 in a row"));
    m_onUnhealthy = new QComboBox(this);
    m_onUnhealthy->setObjectName(QStringLiteral("onUnhealthy"));
    for (const auto& [action, name] :
        { std::pair{ UnhealthyAction::None, tr("Show it") }, { UnhealthyAction::Restart, tr("Start it again") },
            { UnhealthyAction::Stop, tr("Stop it") }, { UnhealthyAction::Kill, tr("Kill it") } })
        m_onUnhealthy->addItem(name, static_cast<int>(action));
    addRow(grid, 6, FormField::HealthAction, tr("When it is not well"), m_onUnhealthy);
    connect(m_onUnhealthy, &QComboBox::currentIndexChanged, this, &MoreOptions::onChanged);
    m_noHealthCheck = addCheck(grid, 7, QStringLiteral("noHealthCheck"), tr("No health check"),
        tr("Not even the one that the image brings along."));
    connect(m_noHealthCheck, &QCheckBox::toggled, this, [this](bool isOff) {
        for (const FormField field :
            { FormField::HealthCommand, FormField::HealthInterval, FormField::HealthRetries, FormField::HealthAction })
            m_rows[field]->setEditable(!isOff);
    });
}

void MoreOptions::addLogRows(QGridLayout& grid)
{
    m_logSize = addLine(grid, 9, FormField::LogSize, tr("Size of a log file"), tr("10M, then a new one is begun"));
    m_logSize->setObjectName(QStringLiteral("logSize"));
    m_logFiles = addLine(grid, 10, FormField::LogFiles, tr("Log files kept"), tr("2, with the one that is written"));
    m_logFiles->setObjectName(QStringLiteral("logFiles"));
}

void MoreOptions::setNetworks(const QStringList& names)
{
    m_networks->setNames(names);
}

void MoreOptions::open(std::size_t chosen)
{
    QWidget* opened = nullptr;
    for (std::size_t i = 0; i < m_sections.size(); ++i) {
        const bool isOpen = i == chosen && m_sections[i].button->isChecked();
        m_sections[i].button->setChecked(isOpen);
        m_sections[i].panel->setVisible(isOpen);
        if (isOpen)
            opened = m_sections[i].panel;
    }
    Q_EMIT folded(opened);
}

MoreForm MoreOptions::form() const
{
    MoreForm form;
    form.process = { m_user->text().trimmed(), m_workingFolder->text().trimmed(), m_entrypoint->text(),
        m_hostName->text().trimmed(), m_stopSignal->text().trimmed(), {}, m_labels->toPlainText(), m_init->isChecked(),
        {} };
    if (m_keepId->isChecked())
        form.process.keepId = m_keptIds;
    if (m_stopSeconds->value() != kUsualStop)
        form.process.stopSeconds = static_cast<std::uint32_t>(m_stopSeconds->value());
    form.network = { m_networks->line().text(), m_nameServers->text(), m_searchDomains->text(), m_hosts->text() };
    form.security = { m_addedCapabilities->text(), m_droppedCapabilities->text(),
        static_cast<SeccompChoice>(m_seccomp->currentData().toInt()), m_seccompFile->path(), m_devices->text(),
        m_temporaryFolders->text(), m_secrets->text(), m_readOnly->isChecked(), m_newPrivileges->isChecked() };
    form.limits = { m_swap->text().trimmed(), m_cpuSet->text().trimmed(), m_cpuShares->text().trimmed(), {} };
    for (std::size_t kind = 0; kind < form.limits.deviceRates.size(); ++kind)
        form.limits.deviceRates[kind] = m_deviceRates[kind]->text();
    form.upkeep = { { static_cast<RestartPolicy::When>(m_restart->currentData().toInt()), 0 },
        m_healthCommand->text().trimmed(), m_healthInterval->text().trimmed(), m_healthRetries->text().trimmed(),
        static_cast<UnhealthyAction>(m_onUnhealthy->currentData().toInt()), m_removedAtEnd->isChecked(),
        m_noHealthCheck->isChecked(), m_logSize->text().trimmed(), m_logFiles->text().trimmed() };
    if (form.upkeep.restart.when == RestartPolicy::When::OnFailure)
        form.upkeep.restart.most = static_cast<unsigned>(m_restartMost->value());
    return form;
}

void MoreOptions::setForm(const MoreForm& form)
{
    const auto choose = [](QComboBox& box, auto value) { box.setCurrentIndex(box.findData(static_cast<int>(value))); };
    m_user->setText(form.process.user);
    m_workingFolder->setText(form.process.workingFolder);
    m_entrypoint->setText(form.process.entrypoint);
    m_hostName->setText(form.process.hostName);
    m_stopSignal->setText(form.process.stopSignal);
    m_stopSeconds->setValue(form.process.stopSeconds ? static_cast<int>(*form.process.stopSeconds) : kUsualStop);
    m_labels->setPlainText(form.process.labels);
    m_init->setChecked(form.process.hasInit);
    m_keptIds = form.process.keepId.value_or(KeepId());
    m_keepId->setChecked(form.process.keepId.has_value());
    m_networks->line().setText(form.network.networks);
    m_nameServers->setText(form.network.nameServers);
    m_searchDomains->setText(form.network.searchDomains);
    m_hosts->setText(form.network.hosts);
    m_addedCapabilities->setText(form.security.addedCapabilities);
    m_droppedCapabilities->setText(form.security.droppedCapabilities);
    choose(*m_seccomp, form.security.seccomp);
    m_seccompFile->setPath(form.security.seccompPath);
    m_devices->setText(form.security.devices);
    m_temporaryFolders->setText(form.security.temporaryFolders);
    m_secrets->setText(form.security.secrets);
    m_readOnly->setChecked(form.security.isRootReadOnly);
    m_newPrivileges->setChecked(form.security.allowsNewPrivileges);
    m_swap->setText(form.limits.memoryAndSwap);
    m_cpuSet->setText(form.limits.cpuSet);
    m_cpuShares->setText(form.limits.cpuShares);
    for (std::size_t kind = 0; kind < form.limits.deviceRates.size(); ++kind)
        m_deviceRates[kind]->setText(form.limits.deviceRates[kind]);
    choose(*m_restart, form.upkeep.restart.when);
    m_restartMost->setValue(static_cast<int>(form.upkeep.restart.most));
    m_healthCommand->setText(form.upkeep.healthCommand);
    m_healthInterval->setText(form.upkeep.healthInterval);
    m_healthRetries->setText(form.upkeep.healthRetries);
    choose(*m_onUnhealthy, form.upkeep.onUnhealthy);
    m_removedAtEnd->setChecked(form.upkeep.isRemovedAtEnd);
    m_noHealthCheck->setChecked(form.upkeep.hasNoHealthCheck);
    m_logSize->setText(form.upkeep.logSize);
    m_logFiles->setText(form.upkeep.logFiles);
}

void MoreOptions::setKind(NewWorkload kind, bool usesImage)
{
    const bool isContainer = kind == NewWorkload::Container;
    setVisible(isContainer || (kind == NewWorkload::Vm && usesImage));
    for (std::size_t i = 1; i < m_sections.size(); ++i) {
        m_sections[i].button->setVisible(isContainer);
        if (!isContainer) {
            m_sections[i].button->setChecked(false);
            m_sections[i].panel->hide();
        }
    }
    m_stopSecondsRow->setVisible(isContainer);
    m_init->setVisible(isContainer); // a VM always has one
    m_rows[FormField::KeepId]->setVisible(isContainer);
}

void MoreOptions::setProblems(const FormProblems& problems)
{
    for (const Section& section : m_sections) {
        bool isWrong = false;
        for (const FormField field : section.fields) {
            const auto found = problems.find(field);
            m_rows[field]->setProblem(found == problems.end() ? nullptr : &found->second);
            isWrong = isWrong || found != problems.end();
        }
        setStyleProperty(*section.button, "error", isWrong);
        section.button->setAccessibleDescription(isWrong ? tr("Something in it is wrong") : QString());
    }
}

void MoreOptions::onChanged()
{
    countSections();
    Q_EMIT changed();
}

void MoreOptions::countSections()
{
    const MoreForm typed = form();
    const int counts[] = { countOf(typed.process), countOf(typed.network), countOf(typed.security),
        countOf(typed.limits), countOf(typed.upkeep) };
    for (std::size_t i = 0; i < m_sections.size(); ++i) {
        const Section& section = m_sections[i];
        section.button->setText(counts[i] == 0 ? section.title : tr("%1 (%2)").arg(section.title).arg(counts[i]));
        section.button->setToolTip(
            counts[i] == 0 ? tr("All as usual") : tr("%n setting(s) that are not as usual", nullptr, counts[i]));
    }
}

} // namespace twinhull
