// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_palette.h"

#include "ui/metrics/plot_item.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

using namespace twinhull;

namespace {

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

// Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009),
// severity 1.0, of linear RGB.
constexpr Matrix kEveryColor{ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
constexpr Matrix kNoGreen{ { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 },
    { -0.011820, 0.042940, 0.968881 } } };
constexpr Matrix kNoRed{ { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 },
    { -0.003882, -0.048116, 1.051998 } } };

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double dot(const Triple& a, const Triple& b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// CIE L*a*b* (D65) of what such eyes see.
Triple seen(const QColor& color, const Matrix& eyes)
{
    const Triple rgb{ linear(color.redF()), linear(color.greenF()), linear(color.blueF()) };
    Triple through{};
    for (std::size_t i = 0; i < 3; ++i)
        through.at(i) = std::clamp(dot(eyes.at(i), rgb), 0.0, 1.0);
    const auto root = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
    const double x = root(dot({ 0.4124, 0.3576, 0.1805 }, through) / 0.95047);
    const double y = root(dot({ 0.2126, 0.7152, 0.0722 }, through));
    const double z = root(dot({ 0.0193, 0.1192, 0.9505 }, through) / 1.08883);
    return { 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

double apart(const QColor& a, const QColor& b, const Matrix& eyes)
{
    const Triple first = seen(a, eyes);
    const Triple second = seen(b, eyes);
    return std::hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}

} // namespace

/// Colours that stand beside each other in one chart.
class ChartPaletteTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isToldApartByAnyEyes_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void isToldApartByAnyEyes()
    {
        QFETCH(bool, isDark);
        Theme::current().apply(isDark ? ThemeMode::Dark : ThemeMode::Light);
        QColor difference = chartDifferenceColor();
        difference.setAlpha(255);
        std::vector<std::vector<QColor>> beside(2);
        for (int part = 0; part < 5; ++part)
            beside[0].push_back(chartPartColor(part));
        beside[1] = { chartColor(WorkloadKind::Container, 0), chartColor(WorkloadKind::Vm, 0), difference };
        for (const auto& colors : beside) {
            for (std::size_t i = 0; i < colors.size(); ++i) {
                for (std::size_t k = 0; k < i; ++k) {
                    for (const Matrix& eyes : { kEveryColor, kNoGreen, kNoRed })
                        QVERIFY2(apart(colors[i], colors[k], eyes) > 20,
                            qPrintable(colors[i].name() + u' ' + colors[k].name()));
                }
            }
        }
    }

    /// Shades of one colour beside one another may look alike: dashes and marks do not.
    void tellsTwoDozenOfAKindApartWithoutColour()
    {
        std::set<std::pair<int, int>> looks;
        for (int ordinal = 0; ordinal < 24; ++ordinal)
            looks.emplace(static_cast<int>(chartPenStyle(ordinal)), static_cast<int>(chartMarker(ordinal)));
        QCOMPARE(looks.size(), std::size_t{ 24 });
        QCOMPARE(chartMarker(3), PlotMarker::None); // few lines stay lines
    }

    void paintsEachMarkInItsOwnWay()
    {
        std::vector<QImage> pictures;
        for (int marker = 0; marker < kPlotMarkerCount; ++marker) {
            PlotItem plot;
            plot.setArea({ 0, 0, 200, 20 });
            PlotContents contents;
            contents.lines.push_back({ Qt::black, Qt::SolidLine, { QPolygonF{ { 0, 10 }, { 200, 10 } } } });
            contents.lines.back().marker = static_cast<PlotMarker>(marker);
            plot.setContents(std::move(contents));
            QImage picture(200, 20, QImage::Format_RGB32);
            picture.fill(Qt::white);
            QPainter painter(&picture);
            plot.paint(&painter, nullptr, nullptr);
            painter.end();
            QVERIFY(std::find(pictures.begin(), pictures.end(), picture) == pictures.end());
            pictures.push_back(picture);
        }
    }
};

QTEST_MAIN(ChartPaletteTest)
#include "metrics_chart_palette_test.moc"
