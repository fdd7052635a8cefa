// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace twinhull;

namespace {

/// Relative luminance, WCAG 2.1.
double luminance(const QColor& color)
{
    const auto linear
        = [](double part) { return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first, second) / std::min(first, second);
}

} // namespace

class ThemeColorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsReadable_data()
    {
        QTest::addColumn<ThemeColor>("text");
        QTest::addColumn<ThemeColor>("ground");
        QTest::addColumn<double>("least");
        QTest::newRow("text on surface") << ThemeColor::Text << ThemeColor::Surface << 7.0;
        QTest::newRow("text on selection") << ThemeColor::Text << ThemeColor::Selection << 7.0;
        QTest::newRow("muted on surface") << ThemeColor::TextMuted << ThemeColor::Surface << 4.5;
        QTest::newRow("muted on ground") << ThemeColor::TextMuted << ThemeColor::Ground << 4.4;
        QTest::newRow("main button") << ThemeColor::AccentText << ThemeColor::Accent << 4.5;
        QTest::newRow("error") << ThemeColor::Error << ThemeColor::Surface << 4.5;
        QTest::newRow("warning") << ThemeColor::Warning << ThemeColor::Surface << 4.0;
        QTest::newRow("container line") << ThemeColor::Container << ThemeColor::Surface << 3.0;
        QTest::newRow("vm line") << ThemeColor::Vm << ThemeColor::Surface << 3.0;
    }

    void textIsReadable()
    {
        QFETCH(ThemeColor, text);
        QFETCH(ThemeColor, ground);
        QFETCH(double, least);
        for (const auto shade : { ThemeShade::Light, ThemeShade::Dark }) {
            const double found = contrast(themeColor(text, shade), themeColor(ground, shade));
            QVERIFY2(found >= least, qPrintable(QString::number(found)));
        }
    }

    void styleSheetNamesOnlyKnownRoles()
    {
        const QString sheet = styleSheetFor(ThemeShade::Dark);
        QVERIFY(sheet.contains(themeColor(ThemeColor::Surface, ThemeShade::Dark).name()));
        QVERIFY2(!QRegularExpression(QStringLiteral("@[A-Za-z]+@")).match(sheet.mid(sheet.indexOf(u"*/"))).hasMatch(),
            "a role that nobody defines");
    }

    void kindsKeepTheirColours()
    {
        Theme::current().apply(ThemeMode::Light);
        QCOMPARE(Theme::current().workloadColor(WorkloadKind::Container), QColor(0xdd, 0x7a, 0x00));
        QCOMPARE(Theme::current().workloadColor(WorkloadKind::Vm), QColor(0x2b, 0x6c, 0xb0));
    }

    void tellsWhenTheShadeChanges()
    {
        Theme::current().apply(ThemeMode::Light);
        QSignalSpy changed(&Theme::current(), &Theme::changed);
        Theme::current().apply(ThemeMode::Dark);
        QCOMPARE(changed.count(), 1);
        QVERIFY(Theme::current().isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Base), themeColor(ThemeColor::Surface, ThemeShade::Dark));
    }
};

QTEST_MAIN(ThemeColorsTest)
#include "theme_colors_test.moc"
