// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/command_bar.h"

#include "ui/theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace twinhull {

CommandBar::CommandBar(QWidget* parent) : QFrame(parent), m_line(new QLabel(this))
{
    setProperty("card", true);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(10, 2, 4, 2);
    m_line->setObjectName(QStringLiteral("equivalentCommand"));
    m_line->setAccessibleName(tr("Equivalent command"));
    m_line->setFont(Theme::current().monospaceFont());
    m_line->setTextFormat(Qt::PlainText);
    m_line->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_line->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* copy = new QPushButton(tr("Copy"), this);
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setProperty("flat", true);
    copy->setProperty("small", true);
    copy->setAutoDefault(false);
    layout->addWidget(m_line, 1);
    layout->addWidget(copy);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_line->text()); });
}

void CommandBar::setCommand(const QString& line)
{
    m_line->setText(line);
    m_line->setToolTip(line);
}

} // namespace twinhull
