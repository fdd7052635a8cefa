// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/definition_dialog.h"

#include "core/workload/line_difference.h"
#include "ui/theme/theme.h"
#include "ui/widgets/property_style.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QShortcut>
#include <QStackedWidget>
#include <QTextBlock>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kDefinitionPadding = 16;
constexpr QSize kDefinitionSize{ 860, 600 };

QPlainTextEdit* makeXmlView(const QString& objectName, const QString& accessibleName, QWidget* parent)
{
    auto* view = new QPlainTextEdit(parent);
    view->setObjectName(objectName);
    view->setAccessibleName(accessibleName);
    view->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    view->setLineWrapMode(QPlainTextEdit::NoWrap);
    view->setTabChangesFocus(true);
    return view;
}

void paintDifference(QPlainTextEdit& view)
{
    QTextCursor cursor(view.document());
    for (QTextBlock block = view.document()->begin(); block.isValid(); block = block.next()) {
        const QString text = block.text();
        if (!text.startsWith(u'+') && !text.startsWith(u'-'))
            continue;
        QTextCharFormat format;
        format.setForeground(Theme::current().color(text.startsWith(u'+') ? ThemeColor::Running : ThemeColor::Error));
        cursor.setPosition(block.position());
        cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        cursor.setCharFormat(format);
    }
}

} // namespace

DefinitionWords machineDefinitionWords(const QString& name)
{
    const QString placeholder = DefinitionDialog::tr("<domain type='kvm'> … </domain>, as virsh dumpxml writes it");
    if (name.isEmpty())
        return { DefinitionDialog::tr("New virtual machine from XML"), placeholder,
            DefinitionDialog::tr(
                "It is checked against libvirt's schema. The XML of a machine that is there changes that one.") };
    return { DefinitionDialog::tr("Definition of %1").arg(name), placeholder,
        DefinitionDialog::tr(
            "It is checked against libvirt's schema before anything is changed, and can be taken back.") };
}

DefinitionDialog::DefinitionDialog(DefinitionWords words, QByteArray before, QWidget* parent)
    : QDialog(parent)
    , m_words(std::move(words))
    , m_before(std::move(before))
    , m_pages(new QStackedWidget(this))
    , m_edit(makeXmlView(QStringLiteral("definitionText"), tr("The definition as XML"), this))
    , m_difference(makeXmlView(QStringLiteral("definitionDifference"), tr("What changed"), this))
    , m_text(new QLabel(this))
{
    setObjectName(QStringLiteral("definitionDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(m_words.title);
    m_edit->setPlaceholderText(m_words.placeholder);
    m_edit->setPlainText(QString::fromUtf8(m_before));
    m_difference->setReadOnly(true);
    m_pages->addWidget(m_edit);
    m_pages->addWidget(m_difference);
    m_text->setObjectName(QStringLiteral("definitionWord"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_close = buttons->button(QDialogButtonBox::Cancel);
    m_back = buttons->addButton(tr("Back to the text"), QDialogButtonBox::ActionRole);
    m_back->setObjectName(QStringLiteral("definitionBack"));
    m_next = buttons->addButton(QString(), QDialogButtonBox::ActionRole);
    m_next->setObjectName(QStringLiteral("definitionNext"));
    setStyleProperty(*m_next, "primary");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kDefinitionPadding, kDefinitionPadding, kDefinitionPadding, kDefinitionPadding);
    layout->setSpacing(kDefinitionPadding);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_text);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_back, &QPushButton::clicked, this, &DefinitionDialog::showText);
    connect(m_next, &QPushButton::clicked, this, &DefinitionDialog::goOn);
    connect(new QShortcut(Qt::CTRL | Qt::Key_Return, this), &QShortcut::activated, m_next, [this] { m_next->click(); });
    m_next->setToolTip(QKeySequence(Qt::CTRL | Qt::Key_Return).toString(QKeySequence::NativeText));
    setTabOrder(m_edit, m_next);
    resize(kDefinitionSize);
    showText();
    m_edit->setFocus();
}

void DefinitionDialog::showText()
{
    m_pages->setCurrentIndex(0);
    m_back->hide();
    m_next->setText(m_before.isEmpty() ? tr("Define") : tr("Show what changed"));
    m_next->setEnabled(true);
    setStyleProperty(*m_text, "error", false);
    m_text->setText(m_words.promise);
}

void DefinitionDialog::goOn()
{
    if (m_pages->currentIndex() == 0 && !m_before.isEmpty())
        showDifference();
    else
        define();
}

void DefinitionDialog::showDifference()
{
    const auto lines = lineDifference(QString::fromUtf8(m_before), m_edit->toPlainText());
    m_difference->setPlainText(differenceText(lines));
    paintDifference(*m_difference);
    m_pages->setCurrentIndex(1);
    m_back->show();
    m_next->setText(tr("Define"));
    m_next->setEnabled(!lines.empty());
    setStyleProperty(*m_text, "error", false);
    m_text->setText(lines.empty() ? tr("Nothing was changed.") : tr("This is what will be changed."));
}

void DefinitionDialog::define()
{
    m_next->setEnabled(false);
    m_text->setText(tr("Defining…"));
    QString text = m_edit->toPlainText();
    if (!text.endsWith(u'\n'))
        text += u'\n';
    Q_EMIT defineRequested(text.toUtf8());
}

void DefinitionDialog::showDefined(const QString& pendingReason)
{
    if (pendingReason.isEmpty()) {
        accept();
        return;
    }
    m_edit->setReadOnly(true);
    m_back->hide();
    m_next->hide();
    m_close->setText(tr("Close"));
    m_text->setText(tr("It is defined, and pending: %1.").arg(pendingReason));
    m_close->setFocus();
}

void DefinitionDialog::showProblem(const QString& paragraph, const std::string& message)
{
    showText();
    static const QRegularExpression place(QStringLiteral("line (\\d+): (.*)"));
    const auto match = place.match(QString::fromStdString(message));
    setStyleProperty(*m_text, "error");
    m_text->setText(match.hasMatch() ? tr("Line %1: %2. Nothing was changed.").arg(match.captured(1), match.captured(2))
                                     : paragraph + u'\n' + QString::fromStdString(message));
    if (!match.hasMatch())
        return;
    const QTextBlock block = m_edit->document()->findBlockByNumber(match.captured(1).toInt() - 1);
    QTextCursor cursor(block.isValid() ? block : m_edit->document()->begin());
    cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
    m_edit->setTextCursor(cursor);
    m_edit->setFocus();
}

} // namespace twinhull
