// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include <optional>

class QLineEdit;
class QPushButton;

namespace twinhull {

/// A path that can be typed or chosen.
class PathEditor : public QWidget {
    Q_OBJECT

public:
    enum class Kind { File, Folder };

    PathEditor(Kind kind, const QString& name, QWidget* parent = nullptr);

    QString path() const;
    void setPath(const QString& path);
    void setNameFilter(const QString& filter);
    /// To be chosen from in place of this computer's files; nothing: those again.
    void setChoices(const std::optional<QStringList>& choices);
    QLineEdit& line() { return *m_line; }

Q_SIGNALS:
    void changed();
    void chosen(const QString& path); ///< with the file dialog

private:
    void openDialog();
    void openChoices();

    Kind m_kind;
    QLineEdit* m_line;
    QPushButton* m_choose;
    std::optional<QStringList> m_choices;
    QString m_filter;
};

} // namespace twinhull
