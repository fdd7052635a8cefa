// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/empty_workloads.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace twinhull {

namespace {

constexpr int kTextWidth = 480;

} // namespace

EmptyWorkloads::EmptyWorkloads(QWidget* parent) : QWidget(parent), m_step(new QLabel(this)), m_twin(nullptr)
{
    setObjectName(QStringLiteral("emptyWorkloads"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* title = new QLabel(tr("No containers and no VMs yet"), this);
    title->setProperty("strong", true);
    title->setAlignment(Qt::AlignHCenter);
    auto* text
        = new QLabel(tr("A twin is one image started both as a container and as a small VM, so that you see what "
                        "each of them costs on this computer. The starter image is made here and needs no network."),
            this);
    text->setWordWrap(true);
    text->setFixedWidth(kTextWidth);
    text->setAlignment(Qt::AlignHCenter);
    text->setProperty("muted", true);
    text->setMinimumHeight(text->heightForWidth(kTextWidth)); // a layout with an alignment asks for one line only
    m_twin = new QPushButton(tr("Start the first twin"), this);
    m_twin->setObjectName(QStringLiteral("firstTwin"));
    m_twin->setAccessibleName(tr("Start the first twin"));
    m_twin->setProperty("primary", true);
    auto* make = new QPushButton(tr("New container or VM…"), this);
    make->setObjectName(QStringLiteral("emptyNew"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch();
    buttons->addWidget(m_twin);
    buttons->addWidget(make);
    buttons->addStretch();
    m_step->setProperty("muted", true);
    m_step->setProperty("small", true);
    m_step->setAlignment(Qt::AlignHCenter);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addStretch(2);
    column->addWidget(title);
    column->addWidget(text, 0, Qt::AlignHCenter);
    column->addLayout(buttons);
    column->addWidget(m_step);
    column->addStretch(3);
    connect(m_twin, &QPushButton::clicked, this, &EmptyWorkloads::firstTwinRequested);
    connect(make, &QPushButton::clicked, this, &EmptyWorkloads::newRequested);
}

void EmptyWorkloads::setBusy(const QString& step)
{
    m_twin->setEnabled(step.isEmpty());
    m_step->setText(step);
}

} // namespace twinhull
