// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace twinhull {

/// Makes a window as high as its content is at its width, texts that wrap included, if it is lower: a layout reserves
/// the room of one line only. Now, and once more from the event loop. Never higher than the screen.
void growToContent(QWidget& window);

} // namespace twinhull
