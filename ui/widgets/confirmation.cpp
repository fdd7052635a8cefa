// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/confirmation.h"

#include "ui/widgets/property_style.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QLabel>
#include <QLayout>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

void confirm(QWidget* window, const Confirmation& asked, std::function<void()> then)
{
    if (asked.setting != nullptr && !asked.settings->value(*asked.setting)) {
        then();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::NoIcon, asked.question, asked.question, QMessageBox::Cancel, window);
    box->setObjectName(QLatin1String(asked.name));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(asked.consequence);
    for (QLabel* label : box->findChildren<QLabel*>())
        label->setTextFormat(Qt::PlainText); // names of others are in them
    auto* agree = box->addButton(asked.button, QMessageBox::AcceptRole);
    agree->setObjectName(QLatin1String(asked.name) + QStringLiteral("Button"));
    setStyleProperty(*agree, "primary");
    box->setDefaultButton(QMessageBox::Cancel);
    QCheckBox* never = nullptr;
    if (asked.setting != nullptr) {
        never = new QCheckBox(QCoreApplication::translate("Confirmation", "Do not ask again"), box);
        never->setObjectName(QStringLiteral("doNotAskAgain"));
        box->setCheckBox(never);
    }
    QObject::connect(box, &QMessageBox::buttonClicked, box,
        [box, agree, never, settings = asked.settings, setting = asked.setting, then = std::move(then)](
            const QAbstractButton* clicked) {
            if (clicked != agree)
                return;
            if (never != nullptr && never->isChecked())
                settings->setValue(*setting, false);
            box->close();
            then();
        });
    box->layout()->setContentsMargins(0, 18, 20, 16); // the column of the icon is there without an icon
    box->open();
}

} // namespace twinhull
