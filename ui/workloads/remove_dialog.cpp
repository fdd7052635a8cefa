// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/remove_dialog.h"

#include "core/settings/settings.h"
#include "core/workload/workload_connection.h"
#include "ui/theme/theme.h"
#include "ui/widgets/content_height.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/property_style.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <map>

namespace twinhull {

namespace {

constexpr int kRemovePadding = 16;
constexpr int kRemoveWidth = 620;
constexpr int kRemoveListHeight = 220;

MachineRemoval* removalOf(const AppContext& context, const WorkloadInfo& info)
{
    auto* has = info.imageDigest.isEmpty() ? dynamic_cast<HasMachineRemoval*>(providerOf(context.workloads, info.id))
                                           : nullptr; // one that was made from an image has all in its folder
    return has != nullptr ? &has->removal() : nullptr;
}

QLabel* makeRemovalLine(const QString& text, const char* name, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setObjectName(QLatin1String(name));
    label->setTextFormat(Qt::PlainText); // names of others are in it
    label->setWordWrap(true);
    return label;
}

} // namespace

bool hasOwnDisks(const AppContext& context, const std::vector<WorkloadInfo>& chosen)
{
    for (const WorkloadInfo& info : chosen) {
        if (removalOf(context, info) != nullptr)
            return true;
    }
    return false;
}

RemoveDialog::RemoveDialog(AppContext& context, std::vector<WorkloadInfo> chosen, const QString& question,
    const QString& consequence, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_chosen(std::move(chosen))
    , m_looking(makeRemovalLine(tr("Looking which disks lie elsewhere…"), "removeLooking", this))
    , m_disks(new QVBoxLayout)
    , m_never(new QCheckBox(tr("Do not ask again; disks elsewhere then stay"), this))
{
    setWindowTitle(question);
    setObjectName(QStringLiteral("confirmDelete"));
    setAttribute(Qt::WA_DeleteOnClose);
    layOut(question, consequence);
    setMinimumWidth(kRemoveWidth);
    resize(kRemoveWidth, 0);
    growToContent(*this); // before libvirt has answered
    lookAtDisks();
}

RemoveDialog::~RemoveDialog() = default;

void RemoveDialog::layOut(const QString& question, const QString& consequence)
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(kRemovePadding, kRemovePadding, kRemovePadding, kRemovePadding);
    rows->setSpacing(kRemovePadding / 2);
    auto* title = makeRemovalLine(question, "removeQuestion", this);
    title->setFont(Theme::current().titleFont());
    rows->addWidget(title);
    rows->addWidget(makeRemovalLine(consequence, "removeConsequence", this));
    m_looking->setProperty("muted", true);
    rows->addWidget(m_looking);
    auto* inside = new QWidget(this);
    m_disks->setContentsMargins(0, 0, 0, 0);
    inside->setLayout(m_disks);
    m_area = new QScrollArea(this);
    m_area->setObjectName(QStringLiteral("removeDisks"));
    m_area->setAccessibleName(tr("Disks outside the folder of the VM"));
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setMaximumHeight(kRemoveListHeight);
    m_area->setWidget(inside);
    m_area->hide(); // until there are some
    rows->addWidget(m_area);
    m_never->setObjectName(QStringLiteral("doNotAskAgain"));
    rows->addWidget(m_never);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* agreement = buttons->addButton(tr("&Delete"), QDialogButtonBox::AcceptRole);
    agreement->setObjectName(QStringLiteral("confirmDeleteButton"));
    agreement->setAutoDefault(false);
    setStyleProperty(*agreement, "primary");
    buttons->button(QDialogButtonBox::Cancel)->setDefault(true);
    rows->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &RemoveDialog::agree);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

/// All of one connection at once: each answer takes a look at all of its pools.
void RemoveDialog::lookAtDisks()
{
    std::map<MachineRemoval*, std::vector<WorkloadId>> byHost;
    for (const WorkloadInfo& info : m_chosen) {
        if (auto* removal = removalOf(m_context, info))
            byHost[removal].push_back(info.id);
    }
    for (const auto& [removal, ids] : byHost) {
        const auto disks = std::make_shared<std::vector<MachineDisk>>();
        auto job = removal->readDisks(ids, disks);
        connect(job.get(), &Job::finished, this, [this, disks, reading = job.get()] { onRead(*reading, *disks); });
        m_readings.push_back(std::move(job));
    }
    m_awaited = m_readings.size();
    for (std::size_t i = 0; i < m_readings.size(); ++i)
        m_readings[i]->start();
}

void RemoveDialog::onRead(const Job& job, const std::vector<MachineDisk>& disks)
{
    --m_awaited;
    if (job.state() != Job::State::Succeeded)
        m_troubles << tr("Which disks lie elsewhere is not known, and they stay: %1")
                          .arg(errorParagraph(job.result().error()));
    for (const MachineDisk& disk : disks)
        addDisk(disk);
    if (m_awaited > 0)
        return;
    const QString found = m_lines.empty() && m_troubles.isEmpty()
        ? tr("No disk of it lies elsewhere.")
        : tr("These lie outside its own folder and stay, unless you tick them. What is ticked is gone for good. Only "
             "VMs of the same connection were asked whether they use them.");
    const bool tellsOfDisks = m_troubles.isEmpty() || !m_lines.empty();
    m_looking->setText(((tellsOfDisks ? QStringList{ found } : QStringList()) + m_troubles).join(u'\n'));
    m_area->setVisible(!m_lines.empty());
    growToContent(*this);
}

void RemoveDialog::addDisk(const MachineDisk& disk)
{
    QString size = tr("size not known");
    if (disk.capacityBytes)
        size = byteCountText(static_cast<double>(*disk.capacityBytes));
    if (!disk.otherUsers.isEmpty())
        size = tr("%1; used by %2 too").arg(size, disk.otherUsers.join(QStringLiteral(", ")));
    QString text = tr("%1: %2 (%3)").arg(disk.target, disk.path, size);
    if (!disk.keptBecause.isEmpty())
        text += disk.otherUsers.isEmpty() ? tr(" – stays. %1.").arg(disk.keptBecause) : tr(" – stays.");
    if (m_chosen.size() > 1) {
        const auto info = m_context.workloads.find(disk.machine);
        text = tr("%1, %2").arg(info ? info->name : disk.machine.key, text);
    }
    auto* box = new QCheckBox(QString(text).replace(u'&', QStringLiteral("&&")), this);
    box->setObjectName(QStringLiteral("removeDisk"));
    box->setAccessibleName(text);
    box->setToolTip(disk.path);
    box->setEnabled(disk.keptBecause.isEmpty());
    m_disks->addWidget(box);
    m_lines.push_back({ box, disk });
}

void RemoveDialog::agree()
{
    std::vector<MachineDisk> ticked;
    for (const Line& line : m_lines) {
        if (line.box->isChecked())
            ticked.push_back(line.disk);
    }
    if (m_never->isChecked())
        m_context.settings.setValue(setting::kConfirmRemove, false);
    accept();
    Q_EMIT agreed(ticked);
}

} // namespace twinhull
