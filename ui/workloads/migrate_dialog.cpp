// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/migrate_dialog.h"

#include "core/jobs/refused_job.h"
#include "core/workload/workload_connection.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/accept_buttons.h"
#include "ui/widgets/error_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kMigratePadding = 16;
constexpr int kMigrateWidth = 560;
constexpr int kObstacleLines = 6;

MachineMigration* migrationOf(WorkloadProvider* provider)
{
    auto* has = dynamic_cast<HasMachineMigration*>(provider);
    return has != nullptr ? &has->migration() : nullptr;
}

std::optional<QString> connectionNameOf(const WorkloadProvider* provider)
{
    const auto* has = dynamic_cast<const HasConnection*>(provider);
    const auto status = has != nullptr ? has->connectionStatus() : std::nullopt;
    return status ? std::optional(status->name) : std::nullopt;
}

/// By the name of its connection; it may be gone meanwhile.
MachineMigration* migrationAt(const AppContext& context, const QString& connection)
{
    for (WorkloadProvider* provider : context.workloads.providers()) {
        if (connectionNameOf(provider) == connection)
            return migrationOf(provider);
    }
    return nullptr;
}

std::unique_ptr<Job> makeMigration(
    AppContext& context, const WorkloadInfo& machine, const QString& destination, const MigrationRequest& request)
{
    MachineMigration* from = migrationOf(providerOf(context.workloads, machine.id));
    MachineMigration* to = migrationAt(context, destination);
    if (from != nullptr && to != nullptr)
        return from->migrate(machine, *to, request, std::make_shared<MigrationOutcome>());
    return std::make_unique<RefusedJob>(MigrateDialog::tr("Migrate %1").arg(machine.name),
        Error{ ErrorCode::NotFound, "one of the two connections is gone", 0, "See the list of connections." });
}

bool isRunning(const WorkloadInfo& machine)
{
    return machine.state == WorkloadState::Running || machine.state == WorkloadState::Paused;
}

QString obstacleParagraphs(const std::vector<MigrationObstacle>& obstacles)
{
    QStringList lines;
    for (const MigrationObstacle& each : obstacles)
        lines << each.sentence + u' ' + each.nextStep;
    return lines.join(QStringLiteral("\n"));
}

} // namespace

QStringList migrationDestinations(const AppContext& context, const WorkloadId& machine)
{
    QStringList names;
    WorkloadProvider* own = providerOf(context.workloads, machine);
    for (WorkloadProvider* provider : context.workloads.providers()) {
        const auto name = connectionNameOf(provider);
        if (provider != own && name && migrationOf(provider) != nullptr)
            names << *name;
    }
    return names;
}

MigrateDialog::MigrateDialog(AppContext& context, WorkloadInfo machine, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_machine(std::move(machine))
    , m_destination(new QComboBox)
    , m_copies(new QCheckBox(tr("Copy its disks as well")))
    , m_pool(new QLineEdit)
    , m_kept(new QCheckBox(tr("Keep its definition here, too")))
    , m_text(new QLabel)
{
    setWindowTitle(tr("Migrate %1").arg(m_machine.name));
    setObjectName(QStringLiteral("migrateDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    for (const QString& name : migrationDestinations(context, m_machine.id))
        m_destination->addItem(name.isEmpty() ? tr("home") : name, name);
    addFields();
    setMinimumWidth(kMigrateWidth);
    look();
}

MigrateDialog::~MigrateDialog() = default;

void MigrateDialog::addFields()
{
    const auto name = [](QWidget* widget, const char* objectName, const QString& accessible) {
        widget->setObjectName(QLatin1String(objectName));
        widget->setAccessibleName(accessible);
    };
    name(m_destination, "migrateDestination", tr("Destination"));
    name(m_copies, "migrateCopies", m_copies->text());
    name(m_pool, "migratePool", tr("Storage pool for the copies"));
    name(m_kept, "migrateKept", m_kept->text());
    name(m_text, "migrateText", tr("What stands in the way"));
    m_pool->setPlaceholderText(tr("default, or the only one"));
    m_pool->setEnabled(false);
    m_text->setWordWrap(true);
    m_text->setProperty("muted", true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_text->setMinimumHeight(fontMetrics().lineSpacing() * kObstacleLines);
    auto* form = new QFormLayout;
    form->addRow(tr("Destination"), m_destination);
    form->addRow(QString(), m_copies);
    form->addRow(tr("Pool there"), m_pool);
    form->addRow(QString(), m_kept);
    const auto buttons = makeAcceptButtons(*this, tr("Migrate"), QStringLiteral("migrateAccept"));
    m_accept = buttons.accept;
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMigratePadding, kMigratePadding, kMigratePadding, kMigratePadding);
    layout->setSpacing(kMigratePadding);
    layout->addLayout(form);
    layout->addWidget(m_text);
    layout->addWidget(buttons.box);
    connect(buttons.box, &QDialogButtonBox::accepted, this, &MigrateDialog::submit);
    connect(m_destination, &QComboBox::currentIndexChanged, this, &MigrateDialog::look);
    connect(m_copies, &QCheckBox::toggled, m_pool, &QWidget::setEnabled);
    connect(m_copies, &QCheckBox::toggled, this, &MigrateDialog::look);
    connect(m_kept, &QCheckBox::toggled, this, &MigrateDialog::look);
    connect(m_pool, &QLineEdit::editingFinished, this, &MigrateDialog::look);
    connect(m_pool, &QLineEdit::textEdited, m_accept, [this] { m_accept->setEnabled(false); });
}

QString MigrateDialog::destination() const
{
    return m_destination->currentData().toString();
}

MigrationRequest MigrateDialog::request() const
{
    MigrationRequest request;
    request.disks = m_copies->isChecked() ? MigrationRequest::Disks::Copied : MigrationRequest::Disks::Shared;
    request.source = m_kept->isChecked() ? MigrationRequest::Source::Kept : MigrationRequest::Source::Undefined;
    request.pool = m_copies->isChecked() ? m_pool->text().trimmed() : QString();
    return request;
}

void MigrateDialog::look()
{
    m_accept->setEnabled(false);
    m_text->setText(tr("Looking at both hosts…"));
    if (m_looking)
        m_isStale = true;
    else
        begin();
}

void MigrateDialog::begin()
{
    m_isStale = false;
    MachineMigration* from = migrationOf(providerOf(m_context.workloads, m_machine.id));
    MachineMigration* to = migrationAt(m_context, destination());
    if (from == nullptr || to == nullptr)
        return m_text->setText(tr("That connection is gone. Choose another."));
    m_found = std::make_shared<std::vector<MigrationObstacle>>();
    m_looking = from->findObstacles(m_machine, *to, request(), m_found);
    connect(m_looking.get(), &Job::finished, this, [this] {
        const Result<> looked = m_looking->result();
        m_looking.release()->deleteLater(); // it is telling us
        if (m_isStale)
            begin();
        else
            showFound(looked);
    });
    m_looking->start();
}

void MigrateDialog::showFound(const Result<>& looked)
{
    if (!looked)
        return m_text->setText(errorParagraph(looked.error()));
    if (!certainOf(*m_found).empty())
        return m_text->setText(obstacleParagraphs(*m_found));
    m_accept->setEnabled(true);
    if (!m_found->empty())
        return m_text->setText(tr("It may not go well:") + u'\n' + obstacleParagraphs(*m_found));
    m_text->setText(isRunning(m_machine)
            ? tr(
                "Nothing stands in the way. It goes on running there; for a moment it stands still. Its memory crosses "
                "the network unencrypted.")
            : tr("Nothing stands in the way. It is off, so its definition moves."));
}

void MigrateDialog::submit()
{
    submitWithRetry(m_context.jobs, [&context = m_context, machine = m_machine, to = destination(), wish = request()] {
        return makeMigration(context, machine, to, wish);
    });
    accept();
}

} // namespace twinhull
