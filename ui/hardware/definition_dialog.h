// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace twinhull {

/// What the XML is of, as a person reads it.
struct DefinitionWords {
    QString title;
    QString placeholder;
    QString promise; ///< what is done with it, shown below the text
};

/// Of a machine: a new one where `name` is empty.
DefinitionWords machineDefinitionWords(const QString& name);

/// XML to edit, then what changed to look at, then it is defined; of something new (`before` is empty) there is nothing
/// to compare. It stays open until that went well.
class DefinitionDialog : public QDialog {
    Q_OBJECT

public:
    DefinitionDialog(DefinitionWords words, QByteArray before, QWidget* parent);

    const QByteArray& before() const { return m_before; }
    /// Leads back to the text; at the line that `message` names ("line 12: …"), where it does.
    void showProblem(const QString& paragraph, const std::string& message);
    /// It is defined: closes, or stays to say why that shows only later.
    void showDefined(const QString& pendingReason);

Q_SIGNALS:
    void defineRequested(const QByteArray& xml);

private:
    void showDifference();
    void showText();
    void goOn(); ///< to what changed, or to define
    void define();

    DefinitionWords m_words;
    QByteArray m_before;
    QStackedWidget* m_pages;
    QPlainTextEdit* m_edit;
    QPlainTextEdit* m_difference;
    QLabel* m_text;
    QPushButton* m_back;
    QPushButton* m_next;
    QPushButton* m_close;
};

} // namespace twinhull
