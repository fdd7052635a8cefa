// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/system_choice.h"

#include "ui/create/machine_jobs.h"

#include <QCompleter>
#include <QLineEdit>

#include <algorithm>

namespace twinhull {

SystemChoice::SystemChoice(AppContext& context, QWidget* parent) : QComboBox(parent), m_context(context)
{
    setObjectName(QStringLiteral("system"));
    setEditable(true);
    setInsertPolicy(QComboBox::NoInsert);
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon); // names are long
    setMinimumContentsLength(12);
    completer()->setFilterMode(Qt::MatchContains);
    completer()->setCompletionMode(QCompleter::PopupCompletion);
    addItem(QString(), QString());
    setCurrentIndex(0);
    connect(this, &QComboBox::currentTextChanged, this, &SystemChoice::chosenChanged);
}

SystemChoice::~SystemChoice() = default;

QString SystemChoice::systemId() const
{
    const QString typed = currentText().trimmed();
    if (typed.isEmpty())
        return {};
    const int row = findText(typed, Qt::MatchFixedString);
    return row >= 0 ? itemData(row).toString() : typed;
}

void SystemChoice::setUnchosenText(const QString& text)
{
    lineEdit()->setPlaceholderText(text);
}

void SystemChoice::showEvent(QShowEvent* event)
{
    QComboBox::showEvent(event);
    auto* making = makingOf(m_context);
    if (m_reading || making == nullptr)
        return;
    const auto systems = std::make_shared<std::vector<KnownOs>>();
    m_reading = making->listSystems(systems);
    connect(m_reading.get(), &Job::finished, this, [this, systems] { fill(*systems); });
    m_reading->start();
}

/// Without the data there is nothing to choose; an id can still be typed.
void SystemChoice::fill(const std::vector<KnownOs>& systems)
{
    auto sorted = systems;
    std::sort(sorted.begin(), sorted.end(),
        [](const KnownOs& a, const KnownOs& b) { return a.name.compare(b.name, Qt::CaseInsensitive) < 0; });
    const QString typed = currentText();
    const QSignalBlocker blocker(this);
    for (const KnownOs& os : sorted)
        addItem(QStringLiteral("%1 (%2)").arg(os.name, os.id), os.id);
    setEditText(typed);
}

} // namespace twinhull
