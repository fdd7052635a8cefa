// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/comparison_dialog.h"

#include "core/twin/compared_work.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kPadding = 16;
constexpr int kWidth = 520;
constexpr int kMostRepeats = 50;
constexpr int kMostWarmUps = 10;
constexpr int kLoadRole = Qt::UserRole + 1; ///< the load's name

QSpinBox* makeCounter(const QString& objectName, const QString& accessibleName, int least, int most, int value)
{
    auto* counter = new QSpinBox;
    counter->setObjectName(objectName);
    counter->setAccessibleName(accessibleName);
    counter->setRange(least, most);
    counter->setValue(value);
    return counter;
}

} // namespace

ComparisonDialog::ComparisonDialog(const std::vector<ImageInfo>& images, QWidget* parent)
    : QDialog(parent)
    , m_image(new QComboBox)
    , m_work(new QComboBox)
    , m_detail(new QLineEdit)
    , m_detailLabel(new QLabel)
    , m_warmUps(makeCounter(QStringLiteral("comparisonWarmUps"), tr("Rounds of warm-up"), 0, kMostWarmUps, 1))
    , m_repeats(
          makeCounter(QStringLiteral("comparisonRepeats"), tr("Runs of each side"), 1, kMostRepeats, kFewestRounds))
    , m_description(new QLabel)
{
    setWindowTitle(tr("Run comparison"));
    setObjectName(QStringLiteral("comparisonDialog"));
    buildFields(images);
    buildLayout();
    setMinimumWidth(kWidth);
    connect(m_work, &QComboBox::currentIndexChanged, this, &ComparisonDialog::onWorkChosen);
    connect(m_detail, &QLineEdit::textChanged, this, &ComparisonDialog::describe);
    for (const QSpinBox* counter : { m_warmUps, m_repeats })
        connect(counter, &QSpinBox::valueChanged, this, &ComparisonDialog::describe);
    onWorkChosen();
}

void ComparisonDialog::buildFields(const std::vector<ImageInfo>& images)
{
    m_image->setObjectName(QStringLiteral("comparisonImage"));
    m_image->setAccessibleName(tr("Image"));
    for (const ImageInfo& image : images)
        m_image->addItem(image.shortName(), image.references.isEmpty() ? image.digest : image.references.front());
    m_work->setObjectName(QStringLiteral("comparisonWork"));
    m_work->setAccessibleName(tr("Work"));
    const auto add = [this](Work work, const QString& text) { m_work->addItem(text, static_cast<int>(work)); };
    add(Work::Image, tr("The image's own, else rest"));
    add(Work::Command, tr("A command inside"));
    add(Work::Http, tr("An HTTP request"));
    add(Work::Rest, tr("Rest"));
    m_work->insertSeparator(m_work->count());
    for (const LoadChoice& choice : loadChoices()) {
        add(Work::Load, tr("Load: %1").arg(choice.name));
        m_work->setItemData(m_work->count() - 1, choice.name, kLoadRole);
        m_work->setItemData(m_work->count() - 1, choice.meaning, Qt::ToolTipRole);
    }
    m_detail->setObjectName(QStringLiteral("comparisonWorkDetail"));
    m_detailLabel->setBuddy(m_detail);
    m_description->setObjectName(QStringLiteral("comparisonDescription"));
    m_description->setWordWrap(true);
    m_description->setProperty("muted", true);
}

void ComparisonDialog::buildLayout()
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_run = buttons->addButton(tr("Run comparison"), QDialogButtonBox::AcceptRole);
    m_run->setProperty("primary", true);
    connect(buttons, &QDialogButtonBox::accepted, this, &ComparisonDialog::finish);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* form = new QFormLayout;
    form->addRow(tr("Image"), m_image);
    form->addRow(tr("Work"), m_work);
    form->addRow(m_detailLabel, m_detail);
    form->addRow(tr("Rounds of warm-up"), m_warmUps);
    form->addRow(tr("Runs of each side"), m_repeats);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    layout->setSpacing(kPadding);
    layout->addLayout(form);
    layout->addWidget(m_description);
    layout->addWidget(buttons);
}

ComparisonDialog::Work ComparisonDialog::chosenWork() const
{
    return static_cast<Work>(m_work->currentData().toInt());
}

void ComparisonDialog::onWorkChosen()
{
    const bool isCommand = chosenWork() == Work::Command;
    const bool hasDetail = isCommand || chosenWork() == Work::Http;
    m_detail->clear();
    m_detail->setVisible(hasDetail);
    m_detailLabel->setVisible(hasDetail);
    m_detailLabel->setText(isCommand ? tr("Command") : tr("Port and path"));
    m_detail->setAccessibleName(m_detailLabel->text());
    m_detail->setPlaceholderText(isCommand ? QStringLiteral("sysbench cpu run") : QStringLiteral("8080/index.html"));
    describe();
}

QString ComparisonDialog::workName() const
{
    switch (chosenWork()) {
    case Work::Image:
        return {};
    case Work::Command:
        return commandWorkName(m_detail->text());
    case Work::Http:
        return QStringLiteral("http:") + m_detail->text().trimmed();
    case Work::Rest:
        return QStringLiteral("idle");
    case Work::Load:
        return m_work->currentData(kLoadRole).toString();
    }
    return {};
}

QString ComparisonDialog::problem() const
{
    if (m_image->count() == 0)
        return tr("There is no image yet. Load one or make the starter image on the Images page.");
    if (chosenWork() == Work::Command && m_detail->text().trimmed().isEmpty())
        return tr("Name a command that the image has. It is run inside each side, beside the image's own program, and "
                  "has done its work when it ends with status 0.");
    if (chosenWork() == Work::Http && m_detail->text().trimmed().isEmpty())
        return tr("Name the port and the path of a request, which each side answers once.");
    const auto known = checkWorkName(workName());
    return known ? QString() : QString::fromStdString(known.error().toLine());
}

void ComparisonDialog::describe()
{
    const QString why = problem();
    m_run->setEnabled(why.isEmpty());
    if (!why.isEmpty()) {
        m_description->setText(why);
        return;
    }
    const int runs = m_repeats->value();
    const int warmUps = m_warmUps->value();
    const QString times = runs == 1 ? tr("once") : tr("%1 times").arg(runs);
    const QString after = warmUps == 0 ? tr("without a warm-up")
        : warmUps == 1                 ? tr("after a warm-up that is not counted")
                                       : tr("after %1 rounds of warm-up that are not counted").arg(warmUps);
    const QString few = runs < kFewestRounds
        ? QLatin1Char(' ') + tr("Fewer than %1 runs are too few to say which side takes more.").arg(kFewestRounds)
        : QString();
    const QString load = chosenWork() == Work::Load
        ? QLatin1Char(' ') + tr("The work: %1.").arg(m_work->currentData(Qt::ToolTipRole).toString())
        : QString();
    m_description->setText(tr("Starts the image as a container and as a VM by turns, each %1 %2, does the same work in "
                              "both, reads what each costs this computer, and removes them again.")
                               .arg(times, after)
        + load + few);
}

void ComparisonDialog::finish()
{
    ComparisonPlan plan;
    plan.twin.imageReference = m_image->currentData().toString();
    plan.work = workName();
    plan.rounds = m_repeats->value();
    plan.warmUpRounds = m_warmUps->value();
    Q_EMIT chosen(plan);
    accept();
}

} // namespace twinhull
