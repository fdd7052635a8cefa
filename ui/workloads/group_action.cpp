// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/group_action.h"

#include "core/compose/group_members.h"
#include "core/jobs/refused_job.h"
#include "core/workload/workload_groups.h"
#include "ui/jobs/retry.h"

#include <QComboBox>
#include <QCompleter>
#include <QInputDialog>
#include <QLineEdit>

#include <algorithm>
#include <iterator>

namespace twinhull {

namespace {

constexpr int kLongestGroupText = 64;

}

GroupAction::GroupAction(AppContext& context, QWidget* window) : QAction(nullptr), m_context(context), m_window(window)
{
    setText(tr("Group…"));
    setObjectName(QStringLiteral("group"));
    setToolTip(tr("Put what is chosen together in the list, under a name"));
    connect(this, &QAction::triggered, this, &GroupAction::ask);
    setSelection({});
}

void GroupAction::setSelection(const std::vector<WorkloadInfo>& selection)
{
    m_chosen.clear();
    std::copy_if(selection.begin(), selection.end(), std::back_inserter(m_chosen),
        [](const WorkloadInfo& info) { return !isOfApplication(info); });
    setEnabled(!m_chosen.empty());
}

/// The name of the one, or how many.
QString GroupAction::namesOf(const std::vector<WorkloadInfo>& chosen)
{
    return chosen.size() == 1 ? chosen.front().name : tr("%n workload(s)", nullptr, static_cast<int>(chosen.size()));
}

QStringList GroupAction::groupsThere() const
{
    QStringList groups;
    for (const WorkloadInfo& info : m_context.workloads.workloads())
        groups << info.group;
    groups.removeAll(QString());
    groups.removeDuplicates();
    std::sort(groups.begin(), groups.end(),
        [](const QString& a, const QString& b) { return QString::localeAwareCompare(a, b) < 0; });
    return groups;
}

/// It begins with the group that one of them is in.
void GroupAction::ask()
{
    const auto grouped = std::find_if(
        m_chosen.begin(), m_chosen.end(), [](const WorkloadInfo& info) { return !info.group.isEmpty(); });
    const QString title = tr("Name of the group; empty: in none");
    auto* dialog = new QInputDialog(m_window);
    dialog->setObjectName(QStringLiteral("askGroup"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Group of %1").arg(namesOf(m_chosen)));
    dialog->setLabelText(title);
    dialog->setComboBoxEditable(true);
    dialog->setComboBoxItems(QStringList{ QString() } + groupsThere());
    dialog->setTextValue(grouped == m_chosen.end() ? QString() : grouped->group);
    if (auto* names = dialog->findChild<QComboBox*>()) {
        names->setAccessibleName(title);
        names->setInsertPolicy(QComboBox::NoInsert);
        names->completer()->setCompletionMode(QCompleter::PopupCompletion); // "Lab" is a name beside "Labor"
        names->completer()->setCaseSensitivity(Qt::CaseSensitive); // else "lab" could not stand beside "Lab"
        names->lineEdit()->setAccessibleName(title);
        names->lineEdit()->setMaxLength(kLongestGroupText);
    }
    connect(dialog, &QInputDialog::textValueSelected, this,
        [this, chosen = m_chosen](const QString& text) { submit(chosen, text); });
    dialog->open();
}

void GroupAction::submit(const std::vector<WorkloadInfo>& chosen, const QString& text)
{
    const QString what = namesOf(chosen);
    const auto group = groupNameFrom(text);
    const auto members = groupMembers(m_context.workloads.workloads(), chosen);
    if (!group || !members) {
        m_context.jobs.submit(
            std::make_unique<RefusedJob>(tr("Put %1 into a group").arg(what), group ? members.error() : group.error()));
        return;
    }
    const bool isNothingNew = std::all_of(
        chosen.begin(), chosen.end(), [&group](const WorkloadInfo& info) { return info.group == *group; });
    if (isNothingNew)
        return;
    Job* job = submitWithRetry(m_context.jobs, [&context = m_context, wish = GroupWish{ *members, *group }, what] {
        return groupJob(context.folders, wish, seenWorkloads(context.workloads), what);
    });
    connect(job, &Job::finished, this, [this, job, ids = *members] {
        auto groups = readGroups(m_context.folders);
        if (job->state() != Job::State::Succeeded || !groups)
            return;
        m_context.workloads.setGroups(*std::move(groups));
        Q_EMIT moved(ids);
    });
}

} // namespace twinhull
