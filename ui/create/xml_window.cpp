// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/xml_window.h"

#include "ui/theme/theme.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>

namespace twinhull {

namespace {

QString indented(const QByteArray& xml)
{
    QString text;
    QXmlStreamReader reader(xml);
    QXmlStreamWriter writer(&text);
    writer.setAutoFormatting(true);
    writer.setAutoFormattingIndent(2);
    while (!reader.atEnd()) {
        if (reader.readNext() != QXmlStreamReader::StartDocument && !reader.isWhitespace())
            writer.writeCurrentToken(reader);
    }
    return reader.hasError() ? QString::fromUtf8(xml) : text.trimmed();
}

} // namespace

XmlWindow::XmlWindow(const QString& title, const QByteArray& xml, QWidget* parent) : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("xmlWindow"));
    setWindowTitle(title);
    setProperty("ground", true);
    auto* text = new QPlainTextEdit(indented(xml), this);
    text->setObjectName(QStringLiteral("definition"));
    text->setAccessibleName(title);
    text->setReadOnly(true);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setFont(Theme::current().monospaceFont());
    text->setTabChangesFocus(true);
    auto* buttons = new QDialogButtonBox(this);
    auto* copy = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    auto* close = buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    close->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 14, 18, 14);
    layout->setSpacing(12);
    layout->addWidget(text, 1);
    layout->addWidget(buttons);
    connect(copy, &QPushButton::clicked, this, [text] { QGuiApplication::clipboard()->setText(text->toPlainText()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(760, 560);
}

} // namespace twinhull
