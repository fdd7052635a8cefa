// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include <QFile>

// The resources live in a static library: without this reference the linker leaves them out.
static void initResources()
{
    Q_INIT_RESOURCE(twinhull);
}

namespace twinhull {

QString styleSheetFor(ThemeShade shade)
{
    initResources();
    QFile file(QStringLiteral(":/theme/twinhull.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    for (int i = 0; i < kThemeColorCount; ++i) {
        const auto role = static_cast<ThemeColor>(i);
        sheet.replace(QLatin1Char('@') + nameOf(role) + QLatin1Char('@'), themeColor(role, shade).name());
    }
    return sheet.replace(
        QStringLiteral("@shade@"), shade == ThemeShade::Light ? QStringLiteral("light") : QStringLiteral("dark"));
}

} // namespace twinhull
