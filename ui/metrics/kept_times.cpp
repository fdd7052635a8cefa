// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/kept_times.h"

#include "ui/metrics/chart_names.h"

namespace twinhull {

void keepTimes(
    Settings& settings, const Setting<int>& spanSeconds, const Setting<QString>& overlay, SeriesSource& source)
{
    source.view().setSpan(std::chrono::seconds(settings.value(spanSeconds)));
    const Overlay kept = overlayFrom(settings.value(overlay)).value_or(Overlay::None);
    source.setOverlay(kept == Overlay::Chosen ? Overlay::None : kept);
    QObject::connect(&source, &SeriesSource::changed, &source, [&settings, &spanSeconds, &overlay, &source] {
        settings.setValue(spanSeconds, static_cast<int>(source.view().span().count()));
        if (source.overlay() != Overlay::Chosen)
            settings.setValue(overlay, nameOf(source.overlay()));
    });
}

} // namespace twinhull
