// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/comparison_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kPadding = 16;
constexpr int kWidth = 460;
constexpr int kMostRepeats = 50;

} // namespace

ComparisonDialog::ComparisonDialog(const std::vector<ImageInfo>& images, QWidget* parent)
    : QDialog(parent), m_image(new QComboBox), m_repeats(new QSpinBox), m_description(new QLabel)
{
    setWindowTitle(tr("Run comparison"));
    setObjectName(QStringLiteral("comparisonDialog"));
    m_image->setObjectName(QStringLiteral("comparisonImage"));
    m_image->setAccessibleName(tr("Image"));
    for (const ImageInfo& image : images)
        m_image->addItem(image.shortName(), image.references.isEmpty() ? image.digest : image.references.front());
    m_repeats->setObjectName(QStringLiteral("comparisonRepeats"));
    m_repeats->setAccessibleName(tr("Runs of each side"));
    m_repeats->setRange(1, kMostRepeats);
    m_repeats->setValue(kFewestRounds);
    m_description->setWordWrap(true);
    m_description->setProperty("muted", true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_run = buttons->addButton(tr("Run comparison"), QDialogButtonBox::AcceptRole);
    m_run->setProperty("primary", true);
    m_run->setEnabled(!images.empty());

    auto* form = new QFormLayout;
    form->addRow(tr("Image"), m_image);
    form->addRow(tr("Runs of each side"), m_repeats);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addLayout(form);
    layout->addWidget(m_description);
    layout->addWidget(buttons);
    setMinimumWidth(kWidth);
    connect(m_repeats, &QSpinBox::valueChanged, this, &ComparisonDialog::describe);
    connect(buttons, &QDialogButtonBox::accepted, this, &ComparisonDialog::finish);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    describe();
}

void ComparisonDialog::describe()
{
    if (!m_run->isEnabled()) {
        m_description->setText(tr("There is no image yet. Load one or make the starter image on the Images page."));
        return;
    }
    const int runs = m_repeats->value();
    const QString times = runs == 1 ? tr("once") : tr("%1 times").arg(runs);
    const QString few = runs < kFewestRounds
        ? QLatin1Char(' ') + tr("Fewer than %1 runs are too few to say which side takes more.").arg(kFewestRounds)
        : QString();
    m_description->setText(
        tr("Starts the image as a container and as a VM by turns, each %1 after a warm-up that is not "
           "counted, does the same work in both, reads what each costs this computer, and removes "
           "them again.")
            .arg(times)
        + few);
}

void ComparisonDialog::finish()
{
    ComparisonPlan plan;
    plan.twin.imageReference = m_image->currentData().toString();
    plan.rounds = m_repeats->value();
    Q_EMIT chosen(plan);
    accept();
}

} // namespace twinhull
