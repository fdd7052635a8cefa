// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/disk_origin.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QRadioButton>
#include <QSpinBox>

namespace twinhull {

namespace {

constexpr int kUsualGibibytes = 20;
constexpr int kMostGibibytes = 64 * 1024;
constexpr int kOriginSpacing = 8;

} // namespace

DiskOrigin::DiskOrigin(QWidget* parent)
    : QWidget(parent)
    , m_new(new QRadioButton(tr("New disk of"), this))
    , m_existing(new QRadioButton(tr("File that is there"), this))
    , m_size(new QSpinBox(this))
    , m_place(new QComboBox(this))
{
    m_new->setObjectName(QStringLiteral("diskOriginNew"));
    m_existing->setObjectName(QStringLiteral("diskOriginExisting"));
    m_new->setChecked(true);
    m_size->setObjectName(QStringLiteral("diskOriginSize"));
    m_size->setAccessibleName(tr("Size of the new disk"));
    m_size->setRange(1, kMostGibibytes);
    m_size->setValue(kUsualGibibytes);
    m_size->setSuffix(tr(" GiB"));
    m_place->setObjectName(QStringLiteral("diskOriginPlace"));
    m_place->setAccessibleName(tr("Where the new disk is"));
    m_place->setVisible(false);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kOriginSpacing);
    layout->addWidget(m_new);
    layout->addWidget(m_size);
    layout->addWidget(m_place);
    layout->addSpacing(2 * kOriginSpacing);
    layout->addWidget(m_existing);
    layout->addStretch();
    connect(m_new, &QRadioButton::toggled, this, [this](bool isNew) {
        m_size->setEnabled(isNew);
        m_place->setEnabled(isNew);
        Q_EMIT changed();
    });
}

void DiskOrigin::setPools(const QStringList& names)
{
    m_place->clear();
    m_place->addItem(tr("beside its other disks"));
    for (const QString& name : names)
        m_place->addItem(tr("in pool %1").arg(name), name);
    m_place->setVisible(!names.isEmpty());
}

bool DiskOrigin::isNew() const
{
    return m_new->isChecked();
}

QMap<QString, QString> DiskOrigin::values() const
{
    if (!isNew())
        return {};
    QMap<QString, QString> values{ { QStringLiteral("size"), QStringLiteral("%1G").arg(m_size->value()) } };
    if (const QString pool = m_place->currentData().toString(); !pool.isEmpty())
        values.insert(QStringLiteral("pool"), pool);
    return values;
}

} // namespace twinhull
