// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/host_device_choice.h"

#include <QLabel>
#include <QListWidget>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kChoiceHeight = 190;
constexpr int kHostDeviceRole = Qt::UserRole;

QString headOf(const HostDevice& device)
{
    QString head = device.name.isEmpty() ? device.ids : device.name;
    if (head.isEmpty())
        head = device.address;
    const bool isUsb = device.kind == u"usb";
    const QString place = isUsb ? HostDeviceChoice::tr("bus and device %1").arg(device.address) : device.address;
    return device.ids.isEmpty() || head == device.ids ? QStringLiteral("%1 · %2").arg(head, place)
                                                      : QStringLiteral("%1 · %2 · %3").arg(head, device.ids, place);
}

} // namespace

QStringList hostDeviceNotes(const HostDevice& device)
{
    QStringList notes;
    if (!device.obstacle.isEmpty())
        notes << device.obstacle;
    if (!device.users.isEmpty())
        notes << HostDeviceChoice::tr("In the definition of %1").arg(device.users.join(QStringLiteral(", ")));
    if (device.users.isEmpty() && !device.driver.isEmpty() && device.kind == u"pci")
        notes << HostDeviceChoice::tr("Used by this computer with the driver %1").arg(device.driver);
    if (device.iommuGroup)
        notes << (device.groupOthers.isEmpty()
                ? HostDeviceChoice::tr("IOMMU group %1, alone").arg(*device.iommuGroup)
                : HostDeviceChoice::tr("IOMMU group %1 with %2: they go to one VM together, or to none")
                      .arg(QString::number(*device.iommuGroup), device.groupOthers.join(QStringLiteral(", "))));
    return notes;
}

HostDeviceChoice::HostDeviceChoice(QString kind, QWidget* parent)
    : QWidget(parent)
    , m_kind(std::move(kind))
    , m_word(new QLabel(tr("Looking which devices the computer has…"), this))
    , m_list(new QListWidget(this))
{
    m_word->setObjectName(QStringLiteral("hostDeviceWord"));
    m_word->setProperty("muted", true);
    m_word->setTextFormat(Qt::PlainText);
    m_word->setWordWrap(true);
    m_list->setObjectName(QStringLiteral("hostDevices"));
    m_list->setAccessibleName(tr("Devices of the host"));
    m_list->setWordWrap(true);
    m_list->setFixedHeight(kChoiceHeight);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_word);
    layout->addWidget(m_list);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
        if (item != nullptr && item->flags().testFlag(Qt::ItemIsEnabled))
            Q_EMIT chosen(item->data(kHostDeviceRole).toString());
    });
}

void HostDeviceChoice::setDevices(const std::vector<HostDevice>& devices)
{
    m_list->clear();
    for (const HostDevice& device : devices) {
        if (device.kind != m_kind)
            continue;
        const QString text = (QStringList{ headOf(device) } + hostDeviceNotes(device)).join(u'\n');
        auto* item = new QListWidgetItem(text, m_list);
        item->setData(kHostDeviceRole, device.value);
        item->setData(Qt::AccessibleTextRole, text);
        if (!device.obstacle.isEmpty())
            item->setFlags(item->flags() & ~(Qt::ItemIsEnabled | Qt::ItemIsSelectable));
    }
    m_word->setText(m_list->count() == 0 ? tr("The host tells of none. One can be given by its name below.")
                                         : tr("Choose one, or name it below."));
}

void HostDeviceChoice::setTrouble(const QString& sentence)
{
    m_word->setText(sentence);
}

} // namespace twinhull
