// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/theme/theme_color.h"

#include <QFont>
#include <QObject>
#include <QPalette>

namespace twinhull {

enum class ThemeMode { System, Light, Dark };

/// "system", "light", "dark" as the settings and the command line write it; System for anything else.
ThemeMode themeModeFromText(const QString& text);

/// The look of the program: colours by role, fonts, the style sheet made of them. One per program; GUI thread.
class Theme : public QObject {
    Q_OBJECT

public:
    static Theme& current();

    /// Sets style, palette, font and style sheet of the application, and tells changed() when the shade is another.
    void apply(ThemeMode mode);

    ThemeShade shade() const { return m_shade; }
    bool isDark() const { return m_shade == ThemeShade::Dark; }
    QColor color(ThemeColor role) const { return themeColor(role, m_shade); }
    QColor workloadColor(WorkloadKind kind) const;
    QColor stateColor(WorkloadState state) const;

    QFont smallFont() const; ///< labels of axes, notes, header rows
    QFont titleFont() const; ///< bold, for the heads of cards
    QFont monospaceFont() const;

Q_SIGNALS:
    void changed();

private:
    Theme();
    ThemeShade systemShade() const;

    QPalette m_systemPalette; ///< as the platform made it, before the first apply()
    ThemeShade m_shade = ThemeShade::Light;
};

} // namespace twinhull
