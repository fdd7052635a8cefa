// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QAction;
class QButtonGroup;
class QVBoxLayout;

namespace twinhull {

class SideBarButton;

/// The list of pages at the left; each entry may carry a count.
class SideBar : public QWidget {
    Q_OBJECT

public:
    explicit SideBar(QWidget* parent = nullptr);

    /// `name` is the object name and the accessible name's key, `title` what is read.
    void addPage(const QString& name, const QString& title);
    void setCount(int page, int count); ///< 0 shows nothing
    void setCurrent(int page);
    /// A button at the foot, apart from the pages.
    void addFoot(QAction& action);

Q_SIGNALS:
    void chosen(int page);

private:
    QButtonGroup* m_group;
    QVBoxLayout* m_layout;
    std::vector<SideBarButton*> m_buttons;
};

} // namespace twinhull
