// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QString>

namespace twinhull {

/// A failure as a person meets it.
struct ErrorText {
    QString sentence; ///< what kind of thing stopped it
    QString nextStep; ///< what to do now; the error's own hint where it has one
    QString details; ///< the technical chain, shown under Details
};

ErrorText errorText(const Error& error);

/// Sentence and next step as one paragraph.
QString errorParagraph(const Error& error);

} // namespace twinhull
