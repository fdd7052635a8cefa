// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QMap>

#include <functional>
#include <vector>

class QLabel;
class QPushButton;

namespace twinhull {

/// One line of a small form.
struct Field {
    enum class Kind { Text, Password, Choice, Check };

    QString key; ///< its object name is the dialog's with this
    QString label;
    Kind kind = Kind::Text;
    QString value = {}; ///< what stands there first; "true" ticks a check
    QString placeholder = {};
    QStringList choices = {};
};

/// A form of a few fields, looked at while a person types: what is wrong is said below, and the button waits.
class FieldsDialog : public QDialog {
    Q_OBJECT

public:
    using Values = QMap<QString, QString>; ///< by key; of a check "true" or ""
    /// What stands below the fields, and whether they will do.
    struct Verdict {
        QString text;
        bool isGood = true;
    };
    using Check = std::function<Verdict(const Values&)>;

    struct Words {
        QString title;
        QString acceptText;
        QString objectName;
    };

    FieldsDialog(const Words& words, const std::vector<Field>& fields, Check check, QWidget* parent);

    Values values() const;

Q_SIGNALS:
    void chosen(const QMap<QString, QString>& values);

private:
    QWidget* makeEditor(const Field& field);
    void look();
    void finish();

    Check m_check;
    std::vector<std::pair<QString, std::function<QString()>>> m_readers;
    QLabel* m_text;
    QPushButton* m_accept = nullptr;
};

} // namespace twinhull
