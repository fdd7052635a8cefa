// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/kept_times.h"

#include "ui/metrics/chart_names.h"

namespace twinhull {

void keepTimes(
    Settings& settings, const Setting<int>& spanSeconds, const Setting<QString>& overlay, SeriesSource& source)
{
    source.view().setSpan(std::chrono::seconds(settings.value(spanSeconds)));
    source.setOverlay(overlayFrom(settings.value(overlay)).value_or(Overlay::None));
    QObject::connect(&source, &SeriesSource::changed, &source, [&settings, &spanSeconds, &overlay, &source] {
        settings.setValue(spanSeconds, static_cast<int>(source.view().span().count()));
        settings.setValue(overlay, nameOf(source.overlay()));
    });
}

} // namespace twinhull
