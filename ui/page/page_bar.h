// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace twinhull {

/// A page that puts its own buttons into the window's top bar implements this beside QWidget.
class PageBarSource {
public:
    virtual ~PageBarSource() = default;

    /// Made with the page and shown in the top bar while the page is; the window takes it over as its parent.
    virtual QWidget* pageBar() = 0;
};

} // namespace twinhull
