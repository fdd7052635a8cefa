// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/snapshots/snapshots_tab.h"

#include "core/workload/workload_connection.h"
#include "core/jobs/job_queue.h"
#include "core/workload/workload_registry.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fields_dialog.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/property_style.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kSnapshotsPadding = 12;
constexpr int kSnapshotRowHeight = 28;
constexpr int kSnapshotNameRole = Qt::UserRole;

enum SnapshotColumn { NameColumn, TakenColumn, KeepsColumn, PlaceColumn, SizeColumn, DescriptionColumn };

QString placeWord(SnapshotPlace place)
{
    return place == SnapshotPlace::Internal ? SnapshotsTab::tr("inside its disks")
                                            : SnapshotsTab::tr("files below its disks");
}

void fillRow(QTreeWidgetItem& item, const MachineSnapshot& one)
{
    item.setText(NameColumn, one.name);
    item.setText(TakenColumn, QLocale().toString(one.takenAt, QLocale::ShortFormat));
    item.setText(KeepsColumn, one.hasMemory ? SnapshotsTab::tr("disks and memory") : SnapshotsTab::tr("disks"));
    item.setText(PlaceColumn, placeWord(one.place));
    item.setText(SizeColumn, one.sizeBytes ? byteCountText(static_cast<double>(*one.sizeBytes)) : noFigureText());
    item.setTextAlignment(SizeColumn, Qt::AlignRight | Qt::AlignVCenter);
    item.setText(DescriptionColumn, one.description.simplified());
    item.setToolTip(DescriptionColumn, one.description);
    item.setData(NameColumn, kSnapshotNameRole, one.name);
    item.setSizeHint(DescriptionColumn, { 0, kSnapshotRowHeight }); // the others are as wide as what they hold
}

} // namespace

MachineSnapshots* SnapshotsTab::snapshotsOf(AppContext& context, const WorkloadInfo& info)
{
    auto* owner = dynamic_cast<HasMachineSnapshots*>(providerOf(context.workloads, info.id));
    return owner != nullptr ? &owner->snapshots() : nullptr;
}

SnapshotsTab::SnapshotsTab(AppContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_status(new QLabel(this)), m_tree(new QTreeWidget(this))
{
    setObjectName(QStringLiteral("snapshotsTab"));
    setAccessibleName(tr("Snapshots"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kSnapshotsPadding, 8, kSnapshotsPadding, 8);
    layout->setSpacing(8);
    layout->addWidget(makeStrip());
    layout->addWidget(m_tree, 1);
    makeTree();
    noteChoice();
}

QPushButton* SnapshotsTab::makeButton(const QString& text, const QString& name, void (SnapshotsTab::*act)())
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    connect(button, &QPushButton::clicked, this, act);
    return button;
}

QWidget* SnapshotsTab::makeStrip()
{
    auto* strip = new QWidget(this);
    auto* layout = new QHBoxLayout(strip);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_status->setObjectName(QStringLiteral("snapshotsStatus"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_status->setProperty("muted", true);
    m_take = makeButton(tr("Take snapshot…"), QStringLiteral("snapshotTake"), &SnapshotsTab::take);
    setStyleProperty(*m_take, "primary");
    m_revert = makeButton(tr("Go back…"), QStringLiteral("snapshotRevert"), &SnapshotsTab::askToRevert);
    m_describe = makeButton(tr("Describe…"), QStringLiteral("snapshotDescribe"), &SnapshotsTab::describe);
    m_delete = makeButton(tr("Delete…"), QStringLiteral("snapshotDelete"), &SnapshotsTab::askToDelete);
    layout->addWidget(m_status, 1);
    for (auto* button : { m_revert, m_describe, m_delete, m_take })
        layout->addWidget(button);
    return strip;
}

void SnapshotsTab::makeTree()
{
    m_tree->setObjectName(QStringLiteral("snapshotTree"));
    m_tree->setAccessibleName(tr("Snapshots"));
    m_tree->setHeaderLabels({ tr("Snapshot"), tr("Taken"), tr("Keeps"), tr("Where"), tr("Size"), tr("Description") });
    m_tree->headerItem()->setTextAlignment(SizeColumn, Qt::AlignRight | Qt::AlignVCenter);
    m_tree->setSelectionMode(QAbstractItemView::SingleSelection);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_tree->header()->setSectionResizeMode(DescriptionColumn, QHeaderView::Stretch);
    m_tree->header()->setSectionsMovable(false);
    connect(m_tree, &QTreeWidget::itemSelectionChanged, this, &SnapshotsTab::noteChoice);
}

void SnapshotsTab::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    const bool isNews = isOther || info.state != m_info.state || info.snapshots != m_info.snapshots;
    m_info = info;
    if (isOther) {
        m_shown.clear();
        m_tree->clear();
        m_problem.clear();
        m_isRead = false;
        noteChoice();
    }
    if (isNews)
        read();
}

/// Others may have changed it meanwhile, and of that libvirt tells nothing.
void SnapshotsTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    read();
}

void SnapshotsTab::read()
{
    auto* snapshots = snapshotsOf(m_context, m_info);
    if (snapshots == nullptr || m_info.id.key.isEmpty())
        return;
    if (m_reading && !m_reading->isFinished()) {
        m_isStale = true;
        return;
    }
    m_isStale = false;
    const auto found = std::make_shared<std::vector<MachineSnapshot>>();
    if (m_reading)
        m_reading.release()->deleteLater(); // this may be its own signal
    m_reading = snapshots->list(m_info, found);
    connect(m_reading.get(), &Job::finished, this, [this, found, id = m_info.id, job = m_reading.get()] {
        if (m_isStale || id != m_info.id) {
            QMetaObject::invokeMethod(this, &SnapshotsTab::read, Qt::QueuedConnection);
            return;
        }
        if (job->state() == Job::State::Succeeded)
            fill(*found);
        else
            m_problem = errorParagraph(job->result().error());
        noteChoice();
    });
    m_reading->start();
}

void SnapshotsTab::fill(const std::vector<MachineSnapshot>& snapshots)
{
    const auto* before = chosen();
    const QString name = before != nullptr ? before->name : QString();
    if (!m_isRead)
        m_problem.clear();
    m_isRead = true;
    m_shown = snapshots;
    const QSignalBlocker blocker(m_tree);
    m_tree->clear();
    addBelow(nullptr, {}, name);
    m_tree->expandAll();
    if (m_tree->currentItem() == nullptr && m_tree->topLevelItemCount() > 0)
        m_tree->setCurrentItem(m_tree->topLevelItem(0));
}

/// One whose parent is not there stands at the top.
void SnapshotsTab::addBelow(QTreeWidgetItem* parent, const QString& name, const QString& wanted)
{
    const auto isThere = [this](const QString& other) {
        return std::any_of(
            m_shown.begin(), m_shown.end(), [&other](const MachineSnapshot& one) { return one.name == other; });
    };
    for (const auto& one : m_shown) {
        const bool isBelow = name.isEmpty() ? !isThere(one.parent) : one.parent == name;
        if (!isBelow)
            continue;
        auto* item = parent != nullptr ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(m_tree);
        fillRow(*item, one);
        addBelow(item, one.name, wanted);
        if (one.isCurrent) {
            auto* present = new QTreeWidgetItem(item, { tr("Present state") });
            QFont font = m_tree->font();
            font.setItalic(true);
            present->setFont(NameColumn, font);
            present->setFlags(Qt::ItemIsEnabled);
            present->setSizeHint(DescriptionColumn, { 0, kSnapshotRowHeight });
        }
        if (one.name == wanted)
            m_tree->setCurrentItem(item);
    }
}

const MachineSnapshot* SnapshotsTab::chosen() const
{
    const auto selected = m_tree->selectedItems();
    if (selected.isEmpty())
        return nullptr;
    const QString name = selected.first()->data(NameColumn, kSnapshotNameRole).toString();
    const auto found = std::find_if(
        m_shown.begin(), m_shown.end(), [&name](const MachineSnapshot& one) { return one.name == name; });
    return found == m_shown.end() ? nullptr : &*found;
}

void SnapshotsTab::noteChoice()
{
    const auto* one = chosen();
    const QString refusal = one == nullptr ? QString()
        : one->revertRefusal.isEmpty()     ? one->deleteRefusal
                                           : one->revertRefusal;
    m_take->setEnabled(m_isRead);
    m_revert->setEnabled(one != nullptr && one->revertRefusal.isEmpty());
    m_revert->setToolTip(one != nullptr ? one->revertRefusal : QString());
    m_delete->setEnabled(one != nullptr && one->deleteRefusal.isEmpty());
    m_delete->setToolTip(one != nullptr ? one->deleteRefusal : QString());
    m_describe->setEnabled(one != nullptr);
    const QString usual = !m_isRead ? tr("Reading…")
        : m_shown.empty()           ? tr("No snapshots. One keeps the disks, and the memory, as they are now.")
                                    : tr("What comes after a snapshot is lost when you go back to it.");
    m_status->setText(!m_problem.isEmpty() ? m_problem : refusal.isEmpty() ? usual : refusal);
    const bool isWarning = !m_problem.isEmpty() || !refusal.isEmpty();
    setStyleProperty(*m_status, "warning", isWarning);
    setStyleProperty(*m_status, "muted", !isWarning);
    m_tree->setVisible(!m_shown.empty());
}

void SnapshotsTab::take()
{
    std::vector<Field> fields{
        { QStringLiteral("Name"), tr("Name"), Field::Kind::Text, {}, tr("the time") },
        { QStringLiteral("Description"), tr("Description"), Field::Kind::Text },
    };
    const bool isRunning = m_info.state == WorkloadState::Running || m_info.state == WorkloadState::Paused;
    const bool canKeepMemory = isRunning && m_info.imageDigest.isEmpty();
    if (canKeepMemory)
        fields.push_back(
            { QStringLiteral("Memory"), tr("With its memory"), Field::Kind::Check, QStringLiteral("true") });
    if (m_shown.empty()) // else it is as those that are there
        fields.push_back(
            { QStringLiteral("Outside"), tr("In files of their own, not inside the disks"), Field::Kind::Check });
    auto* dialog = new FieldsDialog(
        { tr("Take a snapshot of %1").arg(m_info.name), tr("Take"), QStringLiteral("snapshotDialog") }, fields,
        [isRunning](const FieldsDialog::Values& values) -> FieldsDialog::Verdict {
            const QString name = values[QStringLiteral("Name")];
            if (name.contains(u'/') || name.startsWith(u'.'))
                return { tr("A name has no \"/\", and no \".\" at its beginning."), false };
            if (isRunning && values[QStringLiteral("Memory")].isEmpty())
                return { tr("Going back finds the disks as after a power cut."), true };
            return {};
        },
        this);
    connect(dialog, &FieldsDialog::chosen, this, [this, canKeepMemory](const auto& values) {
        SnapshotRequest request;
        request.name = values[QStringLiteral("Name")].trimmed();
        request.description = values[QStringLiteral("Description")].trimmed();
        if (!values[QStringLiteral("Outside")].isEmpty())
            request.place = SnapshotPlace::External;
        if (canKeepMemory && values[QStringLiteral("Memory")].isEmpty())
            request.content = SnapshotRequest::Content::DisksOnly;
        submit([info = m_info, request](MachineSnapshots& snapshots) {
            return snapshots.create(info, request, std::make_shared<QString>());
        });
    });
    dialog->open();
}

void SnapshotsTab::ask(const QString& title, const QString& question, const QString& consequence, const QString& yes,
    const std::function<void()>& act)
{
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("snapshotQuestion"));
    box->setWindowTitle(title);
    box->setTextFormat(Qt::PlainText);
    box->setText(question);
    box->setInformativeText(consequence);
    auto* accept = box->addButton(yes, QMessageBox::DestructiveRole);
    accept->setObjectName(QStringLiteral("snapshotYes"));
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(accept, &QPushButton::clicked, this, act);
    box->open();
}

void SnapshotsTab::askToRevert()
{
    const auto* one = chosen();
    if (one == nullptr)
        return;
    const bool isOn = m_info.state != WorkloadState::Stopped && m_info.state != WorkloadState::Failed;
    const QString loss = tr("What came after it and is in no other snapshot is lost.");
    ask(tr("Go back"), tr("Take %1 back to %2?").arg(m_info.name, one->name),
        isOn ? loss + u' ' + tr("The VM runs, and is cut off.") : loss, tr("Go back"),
        [this, info = m_info, name = one->name] {
            submit([info, name](MachineSnapshots& snapshots) { return snapshots.revert(info, name); });
        });
}

void SnapshotsTab::askToDelete()
{
    const auto* one = chosen();
    if (one == nullptr)
        return;
    ask(tr("Delete snapshot"), tr("Delete the snapshot %1?").arg(one->name),
        tr("There is no way back to it then. The present state and all other snapshots stay."), tr("Delete snapshot"),
        [this, info = m_info, name = one->name] {
            submit([info, name](MachineSnapshots& snapshots) { return snapshots.remove(info, name); });
        });
}

void SnapshotsTab::describe()
{
    const auto* one = chosen();
    if (one == nullptr)
        return;
    auto* dialog = new FieldsDialog(
        { tr("Describe %1").arg(one->name), tr("Describe"), QStringLiteral("snapshotText") },
        { { QStringLiteral("Description"), tr("Description"), Field::Kind::Text, one->description } },
        [](const FieldsDialog::Values&) { return FieldsDialog::Verdict{}; }, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, info = m_info, name = one->name](const auto& values) {
        const QString text = values[QStringLiteral("Description")];
        submit([info, name, text](MachineSnapshots& snapshots) { return snapshots.describe(info, name, text); });
    });
    dialog->open();
}

void SnapshotsTab::submit(const std::function<std::unique_ptr<Job>(MachineSnapshots&)>& make)
{
    m_problem.clear();
    Job* job = m_context.jobs.submit(make(*snapshotsOf(m_context, m_info)));
    connect(job, &Job::finished, this, [this, job, id = m_info.id] {
        if (id != m_info.id)
            return;
        if (job->state() == Job::State::Failed)
            m_problem = errorParagraph(job->result().error());
        read();
    });
}

} // namespace twinhull
