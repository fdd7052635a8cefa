// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/limit_editor.h"

#include "ui/widgets/property_style.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QScopedValueRollback>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr int kSliderSteps = 200;

} // namespace

LimitEditor::LimitEditor(const LimitScale& scale, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_number(new QDoubleSpinBox(this))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_note(new QLabel(this))
{
    m_title->setProperty("muted", true);
    m_title->setProperty("small", true);
    m_title->setBuddy(m_number);
    m_number->setObjectName(name);
    m_number->setAlignment(Qt::AlignRight);
    m_number->setFixedWidth(116);
    m_slider->setObjectName(name + QStringLiteral("Slider"));
    m_slider->setRange(0, kSliderSteps);
    m_slider->setFocusPolicy(Qt::NoFocus); // the number takes the keyboard
    m_note->setProperty("muted", true);
    m_note->setProperty("small", true);
    m_note->setWordWrap(true);
    m_note->hide();
    auto* head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addStretch();
    head->addWidget(m_number);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_slider);
    column->addWidget(m_note);
    setScale(scale);
    connect(m_slider, &QSlider::valueChanged, this, &LimitEditor::followSlider);
    connect(m_number, &QDoubleSpinBox::valueChanged, this, &LimitEditor::followNumber);
}

void LimitEditor::setScale(const LimitScale& scale)
{
    m_scale = scale;
    const QScopedValueRollback guard(m_isFollowing, true);
    m_title->setText(scale.title);
    m_number->setAccessibleName(scale.title);
    m_slider->setAccessibleName(scale.title);
    m_number->setDecimals(scale.decimals);
    m_number->setSuffix(scale.unit);
    const QString unset = scale.unset.isEmpty() ? tr("no limit") : scale.unset;
    m_number->setSpecialValueText(scale.isOptional ? unset : QString());
    m_number->setRange(scale.isOptional ? 0 : scale.least, scale.most * 4); // more than there is is a problem to tell
    m_number->setSingleStep(scale.decimals > 0 ? 0.5 : std::max(1.0, std::round(scale.least)));
    m_slider->setValue(positionOf(m_number->value()));
}

int LimitEditor::positionOf(double number) const
{
    if (number <= 0)
        return 0;
    const double share = std::log(number / m_scale.least) / std::log(std::max(m_scale.most / m_scale.least, 1.001));
    const int first = m_scale.isOptional ? 1 : 0;
    return std::clamp(static_cast<int>(std::lround(share * kSliderSteps)), first, kSliderSteps);
}

void LimitEditor::followSlider(int position)
{
    if (m_isFollowing)
        return;
    m_isTyped = true;
    if (position == 0 && m_scale.isOptional) {
        m_number->setValue(0);
        return;
    }
    const double exact = m_scale.least * std::pow(m_scale.most / m_scale.least, position / double(kSliderSteps));
    const double step = m_scale.decimals > 0 ? 0.25 : std::max(1.0, std::exp2(std::floor(std::log2(exact)) - 3));
    const QScopedValueRollback guard(m_isFollowing, true);
    m_number->setValue(std::max(m_scale.least, std::round(exact / step) * step));
    Q_EMIT changed();
}

void LimitEditor::followNumber(double number)
{
    if (m_isFollowing)
        return;
    m_isTyped = true;
    const QScopedValueRollback guard(m_isFollowing, true);
    m_slider->setValue(positionOf(number));
    Q_EMIT changed();
}

void LimitEditor::propose(std::optional<double> value)
{
    m_number->setValue(value.value_or(0));
    m_isTyped = false;
}

void LimitEditor::setValue(std::optional<double> value)
{
    propose(value);
    m_isTyped = true;
}

std::optional<double> LimitEditor::value() const
{
    const double number = m_number->value();
    return number <= 0 ? std::nullopt : std::optional(number);
}

void LimitEditor::setNote(const QString& note)
{
    m_note->setText(note);
    setStyleProperty(*m_note, "error", false);
    m_note->setVisible(!note.isEmpty());
}

void LimitEditor::setProblem(const QString& sentence)
{
    setStyleProperty(*m_number, "error", !sentence.isEmpty());
    if (sentence.isEmpty())
        return;
    setStyleProperty(*m_note, "error", true);
    m_note->setText(sentence);
    m_note->show();
}

} // namespace twinhull
