// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/machine_places.h"

#include "core/workload/machine_card.h"
#include "ui/create/form_row.h"
#include "ui/create/machine_grid.h"

#include <QComboBox>
#include <QLineEdit>

#include <algorithm>

namespace twinhull {

namespace {

/// All but the first, which is always there; what was chosen stays where it is still offered.
void refill(QComboBox& box, const std::vector<std::pair<QString, QString>>& items)
{
    const QString chosen = box.currentData().toString();
    const QSignalBlocker quiet(&box);
    while (box.count() > 1)
        box.removeItem(1);
    for (const auto& [text, data] : items)
        box.addItem(text, data);
    box.setCurrentIndex(std::max(0, box.findData(chosen)));
}

/// Where words end in the command line's form, which is also the box's.
bool canBeWritten(const QString& name)
{
    return !name.isEmpty() && !name.contains(u',');
}

} // namespace

MachinePlaces::MachinePlaces(QWidget* parent)
    : QWidget(parent)
    , m_network(new QComboBox(this))
    , m_model(new QComboBox(this))
    , m_pool(new QComboBox(this))
    , m_volume(new QLineEdit(this))
{
    setObjectName(QStringLiteral("machinePlaces"));
    m_network->setObjectName(QStringLiteral("cardNetwork"));
    m_network->addItem(tr("QEMU’s own, behind this computer"), cardText({}));
    m_model->setObjectName(QStringLiteral("cardModel"));
    m_model->addItem(tr("As the system wants it"), QString());
    for (const char* model : { "virtio", "e1000e", "e1000", "rtl8139" })
        m_model->addItem(QLatin1String(model), QLatin1String(model));
    m_pool->setObjectName(QStringLiteral("diskPool"));
    m_pool->addItem(QString(), QString());
    m_volume->setObjectName(QStringLiteral("diskVolume"));
    m_volume->setPlaceholderText(tr("after the VM"));
    m_networkRow = new FormRow(tr("Network card in"), m_network, this);
    m_modelRow = new FormRow(tr("Model of the card"), m_model, this);
    m_poolRow = new FormRow(tr("Pool for the new disk"), m_pool, this);
    m_volumeRow = new FormRow(tr("Name of the new volume"), m_volume, this);
    QSizePolicy kept = m_poolRow->sizePolicy(); // without it the columns would not be those above
    kept.setRetainSizeWhenHidden(true);
    m_poolRow->setSizePolicy(kept);
    auto* grid = makeMachineGrid(*this);
    grid->addWidget(m_networkRow, 0, 0, Qt::AlignTop);
    grid->addWidget(m_modelRow, 0, 1, Qt::AlignTop);
    grid->addWidget(m_poolRow, 0, 2, Qt::AlignTop);
    grid->addWidget(m_volumeRow, 1, 2, Qt::AlignTop);
    setHost(true, true);
    for (auto* box : { m_network, m_model })
        connect(box, &QComboBox::currentIndexChanged, this, &MachinePlaces::changed);
    connect(m_pool, &QComboBox::currentIndexChanged, this, [this] {
        showVolume();
        Q_EMIT changed();
    });
    connect(m_volume, &QLineEdit::textChanged, this, &MachinePlaces::changed);
}

MachineCard MachinePlaces::card() const
{
    const auto chosen = cardFromText(m_network->currentData().toString());
    MachineCard card = chosen ? *chosen : MachineCard();
    card.model = m_model->currentData().toString();
    return card;
}

QString MachinePlaces::pool() const
{
    return m_pool->currentData().toString();
}

QString MachinePlaces::volume() const
{
    return m_volume->text().trimmed();
}

void MachinePlaces::setHost(bool isHere, bool makesDisk)
{
    m_makesDisk = makesDisk;
    m_pool->setItemText(0, isHere ? tr("none: the VM’s own folder") : tr("the usual one"));
    m_poolRow->setVisible(makesDisk);
    showVolume();
}

void MachinePlaces::setHasNetwork(bool hasNetwork)
{
    m_networkRow->setEditable(hasNetwork);
    m_modelRow->setEditable(hasNetwork);
}

void MachinePlaces::setPools(const QStringList& pools)
{
    std::vector<std::pair<QString, QString>> items;
    for (const QString& pool : pools) {
        if (canBeWritten(pool))
            items.emplace_back(pool, pool);
    }
    refill(*m_pool, items);
    showVolume();
}

void MachinePlaces::setNetworks(const std::vector<MachineNetwork>& networks, const QStringList& bridges)
{
    std::vector<std::pair<QString, QString>> items;
    for (const MachineNetwork& network : networks) {
        const QString text = network.isRunning ? tr("Network %1 (%2)") : tr("Network %1 (%2, stopped)");
        if (canBeWritten(network.name))
            items.emplace_back(
                text.arg(network.name, network.mode), cardText({ MachineCard::Kind::Network, network.name }));
    }
    for (const QString& bridge : bridges) {
        if (canBeWritten(bridge))
            items.emplace_back(tr("Bridge %1").arg(bridge), cardText({ MachineCard::Kind::Bridge, bridge }));
    }
    refill(*m_network, items);
}

void MachinePlaces::showVolume()
{
    m_volumeRow->setVisible(m_makesDisk && !pool().isEmpty());
}

} // namespace twinhull
