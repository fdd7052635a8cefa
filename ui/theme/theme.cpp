// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyleFactory>

namespace twinhull {

namespace {

constexpr qreal kBodyPixels = 13;
constexpr qreal kSmallPixels = 12;

/// The platform's font; where the platform names none of its own (no desktop settings), Inter if it is there.
QFont bodyFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    static const QStringList anonymous{ QStringLiteral("Sans"), QStringLiteral("Sans Serif"),
        QStringLiteral("Helvetica"), QStringLiteral("DejaVu Sans"), QString() };
    if (anonymous.contains(font.family()) && QFontDatabase::hasFamily(QStringLiteral("Inter")))
        font.setFamily(QStringLiteral("Inter"));
    font.setPixelSize(static_cast<int>(kBodyPixels));
    return font;
}

QPalette paletteFor(ThemeShade shade)
{
    const auto color = [shade](ThemeColor role) { return themeColor(role, shade); };
    QPalette palette(color(ThemeColor::Surface), color(ThemeColor::Ground));
    palette.setColor(QPalette::Base, color(ThemeColor::Surface));
    palette.setColor(QPalette::AlternateBase, color(ThemeColor::Ground));
    palette.setColor(QPalette::Button, color(ThemeColor::Surface));
    palette.setColor(QPalette::ToolTipBase, color(ThemeColor::Surface));
    palette.setColor(QPalette::Highlight, color(ThemeColor::Selection));
    palette.setColor(QPalette::Link, color(ThemeColor::Accent));
    palette.setColor(QPalette::LinkVisited, color(ThemeColor::Accent));
    palette.setColor(QPalette::PlaceholderText, color(ThemeColor::TextFaint));
    palette.setColor(QPalette::Mid, color(ThemeColor::Border));
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText,
             QPalette::HighlightedText, QPalette::BrightText })
        palette.setColor(role, color(ThemeColor::Text));
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, color(ThemeColor::TextFaint));
    return palette;
}

} // namespace

ThemeMode themeModeFromText(const QString& text)
{
    if (text == u"light")
        return ThemeMode::Light;
    return text == u"dark" ? ThemeMode::Dark : ThemeMode::System;
}

Theme& Theme::current()
{
    static Theme theme;
    return theme;
}

Theme::Theme() : m_systemPalette(QGuiApplication::palette()) { }

ThemeShade Theme::systemShade() const
{
    const bool isDark
        = m_systemPalette.color(QPalette::Window).lightness() < m_systemPalette.color(QPalette::WindowText).lightness();
    return isDark ? ThemeShade::Dark : ThemeShade::Light;
}

void Theme::apply(ThemeMode mode)
{
    m_shade
        = mode == ThemeMode::System ? systemShade() : (mode == ThemeMode::Dark ? ThemeShade::Dark : ThemeShade::Light);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteFor(m_shade));
    QApplication::setFont(bodyFont());
    qApp->setStyleSheet(styleSheetFor(m_shade));
    Q_EMIT changed();
}

QColor Theme::workloadColor(WorkloadKind kind) const
{
    return color(kind == WorkloadKind::Container ? ThemeColor::Container : ThemeColor::Vm);
}

QColor Theme::stateColor(WorkloadState state) const
{
    switch (state) {
    case WorkloadState::Running:
        return color(ThemeColor::Running);
    case WorkloadState::Creating:
    case WorkloadState::Starting:
    case WorkloadState::Stopping:
        return color(ThemeColor::Busy);
    case WorkloadState::Paused:
        return color(ThemeColor::Paused);
    case WorkloadState::Failed:
        return color(ThemeColor::Failed);
    case WorkloadState::Stopped:
    case WorkloadState::Unknown:
        break;
    }
    return color(ThemeColor::Stopped);
}

QFont Theme::smallFont() const
{
    QFont font = QApplication::font();
    font.setPixelSize(static_cast<int>(kSmallPixels));
    return font;
}

QFont Theme::titleFont() const
{
    QFont font = QApplication::font();
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont Theme::monospaceFont() const
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPixelSize(static_cast<int>(kSmallPixels));
    return font;
}

} // namespace twinhull
