// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;

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
    QLineEdit& line() { return *m_line; }

Q_SIGNALS:
    void changed();
    void chosen(const QString& path); ///< with the file dialog

private:
    void openDialog();

    Kind m_kind;
    QLineEdit* m_line;
    QString m_filter;
};

} // namespace twinhull
