// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/undo_bar.h"

#include "core/workload/workload_connection.h"
#include "core/workload/workload_bin.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kUndoPatience{ 20 };

} // namespace

UndoBar::UndoBar(AppContext& context, QWidget* parent) : QFrame(parent), m_context(context), m_text(new QLabel(this))
{
    setObjectName(QStringLiteral("undoBar"));
    setAccessibleName(tr("Deleted just now"));
    m_text->setObjectName(QStringLiteral("undoText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    auto* button = new QPushButton(tr("Undo"), this);
    button->setObjectName(QStringLiteral("undo"));
    button->setAccessibleName(tr("Bring back what was deleted"));
    auto* close = new QToolButton(this);
    close->setText(QStringLiteral("✕"));
    close->setObjectName(QStringLiteral("undoClose"));
    close->setAccessibleName(tr("Hide this"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->setSpacing(12);
    layout->addWidget(m_text, 1);
    layout->addWidget(button);
    layout->addWidget(close);
    m_patience.setSingleShot(true);
    m_patience.setInterval(kUndoPatience);
    connect(&m_patience, &QTimer::timeout, this, &UndoBar::forget);
    connect(button, &QPushButton::clicked, this, &UndoBar::undo);
    connect(close, &QToolButton::clicked, this, &UndoBar::forget);
    forget();
}

void UndoBar::offer(const WorkloadInfo& info)
{
    m_deleted.push_back(info);
    QStringList names;
    for (const auto& each : m_deleted)
        names << each.name;
    m_text->setText(tr("Deleted: %1. It stays in the bin for a week.").arg(names.join(QStringLiteral(", "))));
    show();
    m_patience.start();
}

void UndoBar::undo()
{
    for (const auto& info : m_deleted) {
        auto* bin = dynamic_cast<WorkloadBin*>(providerOf(m_context.workloads, info.id));
        if (bin != nullptr)
            submitWithRetry(m_context.jobs, [bin, id = info.id] { return bin->restore(id); });
    }
    forget();
}

void UndoBar::forget()
{
    m_deleted.clear();
    m_patience.stop();
    hide();
}

} // namespace twinhull
