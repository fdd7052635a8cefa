// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/device_form.h"

#include "ui/widgets/path_editor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kFormColumns = 3;
constexpr int kFormSpacing = 12;
constexpr int kLabelHeight = 18;

QLabel* makeFieldChip(const QString& text)
{
    auto* chip = new QLabel(text);
    chip->setProperty("pendingChip", true);
    chip->setFixedHeight(kLabelHeight);
    chip->setToolTip(DeviceForm::tr("The machine runs with another value; this one comes with the next start."));
    return chip;
}

} // namespace

QString pendingText(const HardwareField& field)
{
    if (!field.runningValue)
        return {};
    return field.runningValue->isEmpty() ? DeviceForm::tr("pending until shutdown")
                                         : DeviceForm::tr("%1 until shutdown").arg(*field.runningValue);
}

DeviceForm::DeviceForm(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("deviceForm"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
}

void DeviceForm::setDevice(const HardwareDevice& device)
{
    m_device = device;
    m_entries.clear();
    delete m_body;
    m_body = new QWidget(this);
    auto* grid = new QGridLayout(m_body);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kFormSpacing);
    grid->setVerticalSpacing(kFormSpacing);
    int number = 0;
    for (const auto& field : device.fields) {
        grid->addWidget(makeRow(field), number / kFormColumns, number % kFormColumns, Qt::AlignTop);
        ++number;
    }
    for (int column = 0; column < kFormColumns; ++column)
        grid->setColumnStretch(column, 1);
    if (device.fields.empty()) {
        auto* text = new QLabel(tr("This program does not know the fields of such a device. Its XML can be edited."));
        text->setProperty("muted", true);
        text->setWordWrap(true);
        grid->addWidget(text, 0, 0, 1, kFormColumns);
    }
    grid->setRowStretch(number / kFormColumns + 1, 1);
    layout()->addWidget(m_body);
}

QWidget* DeviceForm::makeRow(const HardwareField& field)
{
    auto* row = new QWidget(m_body);
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* head = new QHBoxLayout;
    head->setSpacing(6);
    auto* label = new QLabel(field.label);
    label->setProperty("muted", true);
    label->setProperty("small", true);
    label->setFixedHeight(kLabelHeight); // as high as a chip
    head->addWidget(label);
    if (const QString pending = pendingText(field); !pending.isEmpty())
        head->addWidget(makeFieldChip(pending));
    head->addStretch();
    Entry entry{ field.key, {}, {} };
    QWidget* editor = makeEditor(field, entry.read);
    entry.before = entry.read();
    m_entries.push_back(std::move(entry));
    editor->setObjectName(QStringLiteral("hardware-") + field.key);
    editor->setAccessibleName(field.label);
    editor->setAccessibleDescription(pendingText(field));
    label->setBuddy(editor);
    column->addLayout(head);
    column->addWidget(editor);
    return row;
}

QWidget* DeviceForm::makeEditor(const HardwareField& field, std::function<QString()>& read)
{
    switch (field.kind) {
    case HardwareField::Kind::Flag: {
        auto* box = new QCheckBox(tr("yes"));
        box->setChecked(!field.value.isEmpty());
        read = [box] { return box->isChecked() ? QStringLiteral("yes") : QString(); };
        connect(box, &QCheckBox::toggled, this, &DeviceForm::edited);
        return box;
    }
    case HardwareField::Kind::Choice: {
        auto* box = new QComboBox;
        box->setEditable(true);
        box->setMinimumContentsLength(8);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->addItems(field.choices);
        box->setCurrentText(field.value);
        box->lineEdit()->setPlaceholderText(tr("as usual"));
        box->lineEdit()->setAccessibleName(field.label);
        read = [box] { return box->currentText().trimmed(); };
        connect(box, &QComboBox::currentTextChanged, this, &DeviceForm::edited);
        return box;
    }
    case HardwareField::Kind::Path: {
        const bool isFolder = m_device.kind == u"shared-folder";
        auto* editor = new PathEditor(
            isFolder ? PathEditor::Kind::Folder : PathEditor::Kind::File, QStringLiteral("hardwarePath-") + field.key);
        editor->setPath(field.value);
        editor->line().setAccessibleName(field.label);
        read = [editor] { return editor->path().trimmed(); };
        connect(editor, &PathEditor::changed, this, &DeviceForm::edited);
        return editor;
    }
    default:
        break;
    }
    auto* line = new QLineEdit(field.value);
    line->setCursorPosition(0);
    line->setPlaceholderText(field.form);
    read = [line] { return line->text().trimmed(); };
    connect(line, &QLineEdit::textChanged, this, &DeviceForm::edited);
    return line;
}

QMap<QString, QString> DeviceForm::changes() const
{
    QMap<QString, QString> values;
    for (const auto& entry : m_entries) {
        if (const QString now = entry.read(); now != entry.before)
            values.insert(entry.key, now);
    }
    return values;
}

} // namespace twinhull
