// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/app_context.h"

#include <QString>

#include <functional>
#include <vector>

class QWidget;

namespace twinhull {

/// A page of the window: its name on the command line, its title, how it is made when it is first looked at, and how
/// many things it lists (null: it is no list).
struct PageEntry {
    QString name;
    QString title;
    std::function<QWidget*(AppContext&, QWidget*)> make;
    std::function<int(const AppContext&)> count;
};

/// All pages in the order of the side bar.
std::vector<PageEntry> pageList();

} // namespace twinhull
