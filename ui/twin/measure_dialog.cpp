// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/measure_dialog.h"

#include "ui/widgets/command_bar.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kPadding = 16;
constexpr int kFieldGap = 10; // all fields of a comparison fit on a screen of 720 lines
constexpr int kWidth = 520;

} // namespace

MeasureDialog::MeasureDialog(const Words& words, const std::vector<ImageInfo>& images, QWidget* parent)
    : QDialog(parent)
    , m_image(new QComboBox)
    , m_form(new QFormLayout)
    , m_description(new QLabel)
    , m_command(new CommandBar)
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel))
{
    setWindowTitle(words.title);
    setObjectName(words.name + QStringLiteral("Dialog"));
    m_image->setObjectName(words.name + QStringLiteral("Image"));
    m_image->setAccessibleName(tr("Image"));
    for (const ImageInfo& image : images) {
        m_image->addItem(image.shortName(), image.references.isEmpty() ? image.digest : image.references.front());
        m_image->setItemData(m_image->count() - 1, image.digest, Qt::ToolTipRole);
    }
    m_form->setVerticalSpacing(kFieldGap);
    m_form->addRow(tr("Image"), m_image);
    m_description->setObjectName(words.name + QStringLiteral("Description"));
    m_description->setWordWrap(true);
    m_description->setProperty("muted", true);
    m_run = m_buttons->addButton(words.run, QDialogButtonBox::AcceptRole);
    m_run->setProperty("primary", true);
    connect(m_buttons, &QDialogButtonBox::accepted, this, [this] {
        finish();
        accept();
    });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addLayout(m_form);
    setMinimumWidth(kWidth);
}

void MeasureDialog::complete()
{
    layout()->addWidget(m_description);
    layout()->addWidget(m_command);
    layout()->addWidget(m_buttons);
    describe();
}

void MeasureDialog::chooseImage(const QString& digest)
{
    if (const int index = m_image->findData(digest, Qt::ToolTipRole); index >= 0)
        m_image->setCurrentIndex(index);
}

QString MeasureDialog::imageReference() const
{
    return m_image->currentData().toString();
}

void MeasureDialog::describe()
{
    const QString why = m_image->count() == 0
        ? tr("There is no image yet. Load one or make the starter image on the Images page.")
        : problem();
    m_run->setEnabled(why.isEmpty());
    m_description->setText(why.isEmpty() ? whatWillBeDone() : why);
    m_command->setVisible(why.isEmpty());
    if (why.isEmpty())
        m_command->setCommand(equivalentCommand());
    makeRoom();
}

void MeasureDialog::showEvent(QShowEvent* event)
{
    QDialog::showEvent(event);
    makeRoom();
}

/// A layout with a wrapped text asks for less than it needs, and then cuts fields.
void MeasureDialog::makeRoom()
{
    const int needed = layout()->totalHeightForWidth(width());
    if (isVisible() && needed > height())
        resize(width(), needed);
}

} // namespace twinhull
