// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/machine_disks.h"

#include "ui/storage/pool_volumes_panel.h"
#include "ui/storage/pools_panel.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kDisksGap = 8;
constexpr int kDisksPadding = 12;
constexpr int kNarrowest = 56;
constexpr std::size_t kShownActions = 5; ///< the others are in the list's menu and under "More"

/// Half a page is narrow: columns are as wide as what is in them.
void letColumnsBeNarrow(const QWidget& panel)
{
    panel.findChild<ListView*>()->horizontalHeader()->setMinimumSectionSize(kNarrowest);
}

QHBoxLayout* buttonRow(const std::vector<QAction*>& actions, QWidget* parent)
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kDisksGap);
    auto* more = new QMenu(parent);
    for (std::size_t i = 0; i < actions.size(); ++i) {
        if (i < kShownActions)
            row->addWidget(makeActionButton(*actions[i], parent));
        else
            more->addAction(actions[i]);
    }
    if (!more->isEmpty()) {
        auto* button = new QToolButton(parent);
        button->setText(MachineDisks::tr("More ▾"));
        button->setAccessibleName(MachineDisks::tr("More that can be done"));
        button->setFocusPolicy(Qt::TabFocus);
        button->setMenu(more);
        button->setPopupMode(QToolButton::InstantPopup);
        row->addWidget(button);
    }
    row->addStretch(1);
    return row;
}

} // namespace

MachineDisks::MachineDisks(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_pools(new PoolsPanel(context))
    , m_volumes(new PoolVolumesPanel(context))
    , m_volumesCard(new Card(tr("Volumes")))
    , m_trouble(new QLabel)
    , m_letIn(new QPushButton(tr("Let them in")))
{
    m_trouble->setObjectName(QStringLiteral("poolTrouble"));
    m_trouble->setAccessibleName(tr("What keeps machines from the pool"));
    m_trouble->setWordWrap(true);
    m_trouble->setTextFormat(Qt::PlainText);
    m_trouble->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_letIn->setObjectName(QStringLiteral("poolLetIn"));
    m_letIn->setToolTip(tr("Gives that user what it lacks, by access lists; nobody else gets anything"));
    connect(m_letIn, &QPushButton::clicked, m_pools, &PoolsPanel::letIn);
    letColumnsBeNarrow(*m_pools);
    letColumnsBeNarrow(*m_volumes);
    auto* pools = new Card(tr("Pools"));
    pools->body()->addWidget(m_pools, 1);
    auto* below = new QHBoxLayout;
    below->setSpacing(kDisksGap);
    below->addWidget(m_trouble, 1);
    below->addWidget(m_letIn, 0, Qt::AlignTop);
    pools->body()->addLayout(below);
    auto* both = new QWidget;
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kDisksGap);
    column->addWidget(m_volumes, 1);
    column->addLayout(buttonRow(m_volumes->panelActions(), both));
    m_volumesCard->body()->addWidget(both, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, kDisksGap, 0, 0);
    layout->setSpacing(kDisksPadding);
    layout->addWidget(pools, 1);
    layout->addWidget(m_volumesCard, 1);
    connect(m_pools, &PoolsPanel::poolChosen, this, &MachineDisks::showChosen);
    connect(m_volumes, &PoolVolumesPanel::volumesChanged, m_pools, &PoolsPanel::refresh);
    showChosen();
}

QWidget* MachineDisks::makeBar(QWidget* parent) const
{
    auto* bar = new QWidget(parent);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kDisksGap);
    for (QAction* action : m_pools->panelActions())
        row->addWidget(makeActionButton(*action, bar));
    row->addStretch(1);
    return bar;
}

void MachineDisks::setHost(const QString& connection)
{
    m_pools->setHost(connection);
}

void MachineDisks::refresh()
{
    m_pools->refresh();
}

void MachineDisks::showChosen()
{
    const auto pool = m_pools->pool();
    m_volumes->setPool(m_pools->host(), pool);
    m_volumes->setSilence(pool && !m_pools->silence().isEmpty() ? tr("As it was then.") : QString());
    m_volumesCard->setTitle(pool ? tr("Volumes of %1").arg(pool->name) : tr("Volumes"));
    const bool hasTrouble = pool && !pool->trouble.isEmpty();
    m_trouble->setVisible(hasTrouble);
    m_letIn->setVisible(hasTrouble && !pool->nextStep.isEmpty() && m_pools->silence().isEmpty());
    if (hasTrouble)
        m_trouble->setText(pool->trouble.left(1).toUpper() + pool->trouble.mid(1) + u'.');
}

} // namespace twinhull
