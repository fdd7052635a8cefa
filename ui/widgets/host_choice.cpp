// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/host_choice.h"

#include "ui/widgets/machine_host.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QTabWidget>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kHostLetters = 12;
constexpr int kHostGap = 8;

QString hostChoiceText(const ConnectionStatus& status)
{
    const QString name = hostLabel(status.name);
    if (status.state == ConnectionStatus::State::Lost)
        return status.lastSeen.isValid() ? HostChoice::tr("%1 · last seen %2").arg(name, lastSeenText(status.lastSeen))
                                         : HostChoice::tr("%1 · never seen").arg(name);
    return name;
}

} // namespace

HostChoice::HostChoice(const WorkloadRegistry& registry, QWidget* parent) : QComboBox(parent), m_registry(registry)
{
    setAccessibleName(tr("Host"));
    setToolTip(tr("Whose machines: this computer's, or another host's of the connections"));
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
    setMinimumContentsLength(kHostLetters);
    connect(&registry, &WorkloadRegistry::availabilityChanged, this, &HostChoice::follow);
    connect(&registry, &WorkloadRegistry::added, this, &HostChoice::follow); // a host has come before its first VM
    connect(this, &QComboBox::currentIndexChanged, this, &HostChoice::hostChosen);
    follow();
}

QString HostChoice::host() const
{
    return currentData().toString();
}

void HostChoice::follow()
{
    const auto hosts = machineHosts(m_registry);
    const QString chosen = host();
    bool isChanged = static_cast<int>(hosts.size()) != count();
    {
        const QSignalBlocker quiet(this);
        while (count() > static_cast<int>(hosts.size()))
            removeItem(count() - 1);
        for (int i = 0; i < static_cast<int>(hosts.size()); ++i) {
            const ConnectionStatus& status = hosts[static_cast<std::size_t>(i)];
            const bool isLost = status.state == ConnectionStatus::State::Lost;
            const QColor grey = palette().color(QPalette::Disabled, QPalette::Text);
            if (i == count())
                addItem(QString());
            isChanged = isChanged || itemText(i) != hostChoiceText(status) || itemData(i) != status.name;
            setItemText(i, hostChoiceText(status));
            setItemData(i, status.name);
            setItemData(i, isLost ? QVariant(grey) : QVariant(), Qt::ForegroundRole);
            setItemData(i, silenceText(status), Qt::ToolTipRole);
        }
        setCurrentIndex(std::max(0, findData(chosen)));
    }
    if (host() != chosen)
        Q_EMIT hostChosen();
    if (isChanged)
        Q_EMIT hostsChanged();
}

HostChoice* addHostCorner(QTabWidget& tabs, int tab, const WorkloadRegistry& registry)
{
    auto* corner = new QWidget(&tabs);
    auto* row = new QHBoxLayout(corner);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kHostGap);
    auto* label = new QLabel(HostChoice::tr("Host"));
    label->setProperty("muted", true);
    auto* choice = new HostChoice(registry);
    choice->setObjectName(tabs.objectName() + QStringLiteral("Host"));
    label->setBuddy(choice);
    row->addWidget(label);
    row->addWidget(choice);
    const auto show = [&tabs, tab, label, choice] {
        const bool isShown = choice->isNeeded() && tabs.currentIndex() == tab;
        label->setVisible(isShown);
        choice->setVisible(isShown);
    };
    QObject::connect(&tabs, &QTabWidget::currentChanged, corner, show);
    QObject::connect(choice, &HostChoice::hostsChanged, corner, show);
    tabs.setCornerWidget(corner);
    show();
    return choice;
}

} // namespace twinhull
