// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/fields_dialog.h"

#include "ui/widgets/accept_buttons.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kFieldsPadding = 16;
constexpr int kFieldsWidth = 560;

} // namespace

FieldsDialog::FieldsDialog(const Words& words, const std::vector<Field>& fields, Check check, QWidget* parent)
    : QDialog(parent), m_check(std::move(check)), m_text(new QLabel)
{
    setWindowTitle(words.title);
    setObjectName(words.objectName);
    setAttribute(Qt::WA_DeleteOnClose);
    auto* form = new QFormLayout;
    for (const Field& field : fields)
        form->addRow(field.kind == Field::Kind::Check ? QString() : field.label, makeEditor(field));
    m_text->setWordWrap(true);
    m_text->setProperty("muted", true);
    m_text->setObjectName(words.objectName + QStringLiteral("Text"));
    m_text->setMinimumHeight(2 * m_text->fontMetrics().lineSpacing());
    m_text->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    const auto buttons = makeAcceptButtons(*this, words.acceptText, words.objectName + QStringLiteral("Accept"));
    m_accept = buttons.accept;
    connect(buttons.box, &QDialogButtonBox::accepted, this, &FieldsDialog::finish);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kFieldsPadding, kFieldsPadding, kFieldsPadding, kFieldsPadding);
    layout->setSpacing(kFieldsPadding);
    layout->addLayout(form);
    layout->addWidget(m_text);
    layout->addWidget(buttons.box);
    setMinimumWidth(kFieldsWidth);
    look();
}

QWidget* FieldsDialog::makeEditor(const Field& field)
{
    QWidget* editor = nullptr;
    if (field.kind == Field::Kind::Check) {
        auto* box = new QCheckBox(field.label);
        box->setChecked(field.value == QLatin1String("true"));
        connect(box, &QCheckBox::toggled, this, &FieldsDialog::look);
        m_readers.emplace_back(field.key, [box] { return box->isChecked() ? QStringLiteral("true") : QString(); });
        editor = box;
    } else if (field.kind == Field::Kind::Choice) {
        auto* box = new QComboBox;
        box->setEditable(true);
        box->addItems(field.choices);
        box->setCurrentText(field.value);
        connect(box, &QComboBox::currentTextChanged, this, &FieldsDialog::look);
        m_readers.emplace_back(field.key, [box] { return box->currentText().trimmed(); });
        editor = box;
    } else {
        auto* line = new QLineEdit(field.value);
        line->setPlaceholderText(field.placeholder);
        const bool isSecret = field.kind == Field::Kind::Password;
        line->setEchoMode(isSecret ? QLineEdit::Password : QLineEdit::Normal);
        connect(line, &QLineEdit::textChanged, this, &FieldsDialog::look);
        m_readers.emplace_back(
            field.key, [line, isSecret] { return isSecret ? line->text() : line->text().trimmed(); });
        editor = line;
    }
    editor->setAccessibleName(field.label);
    editor->setObjectName(objectName() + field.key);
    return editor;
}

FieldsDialog::Values FieldsDialog::values() const
{
    Values values;
    for (const auto& [key, read] : m_readers)
        values.insert(key, read());
    return values;
}

void FieldsDialog::look()
{
    if (m_accept == nullptr)
        return;
    const Verdict verdict = m_check(values());
    m_text->setText(verdict.text);
    m_accept->setEnabled(verdict.isGood);
}

void FieldsDialog::finish()
{
    Q_EMIT chosen(values());
    accept();
}

} // namespace twinhull
