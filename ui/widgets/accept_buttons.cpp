// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/accept_buttons.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QPushButton>

namespace twinhull {

AcceptButtons makeAcceptButtons(QDialog& dialog, const QString& text, const QString& name)
{
    auto* box = new QDialogButtonBox(QDialogButtonBox::Cancel);
    auto* accept = box->addButton(text, QDialogButtonBox::AcceptRole);
    accept->setProperty("primary", true);
    accept->setObjectName(name);
    QObject::connect(box, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    return { box, accept };
}

} // namespace twinhull
