// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/twin_fields.h"

#include "core/base/text.h"
#include "core/twin/command_words.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>

namespace twinhull {

namespace {

constexpr int kLongestField = 4096; ///< characters

Error wrongField(const QString& what, const QString& nextStep)
{
    return { ErrorCode::InvalidArgument, what.toStdString(), 0, nextStep.toStdString() };
}

} // namespace

TwinFields::TwinFields(const QString& name, QObject* parent)
    : QObject(parent)
    , m_memory(makeField(name + QStringLiteral("Memory"), tr("Memory"), tr("Memory: 256M")))
    , m_cpus(makeField(name + QStringLiteral("CpuCount"), tr("Cores"), tr("Cores: 1")))
    , m_port(makeField(name + QStringLiteral("Port"), tr("Port"), tr("Port: 8080")))
    , m_command(makeField(name + QStringLiteral("Command"), tr("Command of the image"), tr("the image's own")))
    , m_environment(makeField(
          name + QStringLiteral("Environment"), tr("Environment"), QStringLiteral("LEVEL=debug TITLE='two words'")))
{
    m_memory->setToolTip(tr("The size of the VM and the limit of the container."));
    m_cpus->setToolTip(tr("Processors of the VM and the limit of the container, in cores: 1 or 0.5."));
    m_port->setToolTip(tr("The port inside that is published on 127.0.0.1."));
    m_command->setToolTip(tr("Words that replace the image's command, as a shell cuts them."));
    m_environment->setToolTip(tr("KEY=VALUE, more of them with blanks between, as a shell cuts them."));
}

QLineEdit* TwinFields::makeField(const QString& objectName, const QString& accessibleName, const QString& placeholder)
{
    auto* field = new QLineEdit; // the form's, once it is there
    field->setObjectName(objectName);
    field->setAccessibleName(accessibleName);
    field->setPlaceholderText(placeholder);
    field->setMaxLength(kLongestField);
    connect(field, &QLineEdit::textChanged, this, &TwinFields::changed);
    return field;
}

void TwinFields::addTo(QFormLayout& form)
{
    auto* limits = new QHBoxLayout;
    for (QLineEdit* field : { m_memory, m_cpus, m_port })
        limits->addWidget(field, 1);
    form.addRow(tr("Limits"), limits);
    form.addRow(tr("Image's command"), m_command);
    form.addRow(tr("Environment"), m_environment);
}

Result<> TwinFields::apply(TwinPlan& plan) const
{
    if (const QString memory = m_memory->text().trimmed(); !memory.isEmpty()) {
        const auto bytes = parseSize(memory.toStdString());
        if (!bytes || *bytes == 0)
            return wrongField(tr("memory %1: not a size").arg(memory), tr("Write it as 256M or 1.5G."));
        plan.limits.memoryBytes = *bytes;
    }
    if (const QString cpus = m_cpus->text().trimmed(); !cpus.isEmpty()) {
        bool isNumber = false;
        const double count = cpus.toDouble(&isNumber);
        if (!isNumber || !(count >= 0.01 && count <= 4096))
            return wrongField(tr("cores %1: not a number of cores").arg(cpus), tr("Write it as 1 or 0.5."));
        plan.limits.cpus = count;
    }
    if (const QString text = m_port->text().trimmed(); !text.isEmpty()) {
        const auto port = parsePort(text.toStdString());
        if (!port)
            return wrongField(tr("port %1: not a port").arg(text), tr("Write it as 8080."));
        plan.workloadPort = *port;
    }
    auto command = commandWords(m_command->text());
    auto environment = commandWords(m_environment->text());
    if (!command || !environment)
        return (command ? environment : command).error();
    for (const QString& variable : *environment) {
        if (variable.indexOf(u'=') <= 0)
            return wrongField(tr("environment %1: not KEY=VALUE").arg(variable), tr("Write it as LEVEL=debug."));
    }
    plan.command = *std::move(command);
    plan.environment = *std::move(environment);
    return {};
}

} // namespace twinhull
