// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/progress_line.h"

#include <cstdio>

#include <unistd.h>

namespace twinhull {

namespace {

constexpr qsizetype kLongest = 78;

} // namespace

ProgressLine::ProgressLine() : m_isTerminal(::isatty(STDERR_FILENO) == 1) { }

ProgressLine::~ProgressLine()
{
    clear();
}

void ProgressLine::show(const QString& text)
{
    if (!m_isTerminal)
        return;
    std::fprintf(stderr, "\r\033[K%s", text.left(kLongest).toUtf8().constData());
    m_isShown = true;
}

void ProgressLine::clear()
{
    if (m_isShown)
        std::fputs("\r\033[K", stderr);
    m_isShown = false;
}

} // namespace twinhull
