// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/past_stretch.h"

#include "core/metrics/age_clock.h"
#include "ui/metrics/time_view.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace twinhull {

namespace {

constexpr std::int64_t kNanosecondsAMillisecond = 1'000'000;
constexpr std::int64_t kColumns = 700;
constexpr std::int64_t kRetryNanoseconds = 15'000'000'000;
constexpr std::int64_t kClockWasSetNanoseconds = 2'000'000'000;

bool covers(const TimeWindow& asked, const TimeWindow& needed)
{
    return asked.fromNanoseconds <= needed.fromNanoseconds && asked.toNanoseconds >= needed.toNanoseconds;
}

} // namespace

std::int64_t pastStepFor(const TimeWindow& window)
{
    constexpr std::array kSteps = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200 }; // seconds
    const std::int64_t least = window.length() / kColumns;
    for (const std::int64_t seconds : kSteps) {
        if (seconds * 1000 * kNanosecondsAMillisecond >= least)
            return seconds * 1000;
    }
    return std::int64_t{ kSteps.back() } * 1000;
}

PastStretch::PastStretch(PastFigures* figures, QObject* parent) : QObject(parent), m_figures(figures) { }

PastStretch::~PastStretch()
{
    if (m_question)
        m_question->isDropped = true;
}

void PastStretch::need(const Need& need)
{
    if (m_figures == nullptr || need.workloads.empty() || need.metrics.empty())
        return;
    const TimeWindow needed{ need.window.fromNanoseconds, std::min(need.window.toNanoseconds, need.latest) };
    if (needed.length() <= 0)
        return;
    const std::int64_t step = pastStepFor(need.window);
    const bool isSame = m_askedStep == step && m_asked.workloads == need.workloads && m_asked.metrics == need.metrics;
    if (!isSame || !covers(m_asked.window, needed) || isDueAgain())
        ask(need, step);
}

/// What is written down has the times of the wall clock, so where that was set other times are asked for.
bool PastStretch::isDueAgain() const
{
    if (m_question)
        return false;
    if (m_error)
        return m_failedNanoseconds == 0 || ageClockNanoseconds() - m_failedNanoseconds >= kRetryNanoseconds;
    return std::llabs(wallClockAhead() - m_ahead) > kClockWasSetNanoseconds;
}

void PastStretch::needNothing()
{
    if (m_question)
        m_question->isDropped = true;
    m_question.reset();
    m_askedStep = 0;
    m_answer = {};
    m_error.reset();
}

void PastStretch::ask(const Need& need, std::int64_t step)
{
    if (m_question)
        m_question->isDropped = true;
    m_ahead = wallClockAhead();
    const std::int64_t margin = need.window.length() / 2;
    m_asked = need;
    m_asked.window = { need.window.fromNanoseconds - margin, need.window.toNanoseconds + margin };
    m_askedStep = step;
    m_question = std::make_shared<PastQuestion>();
    m_question->workloads = need.workloads;
    m_question->metrics = need.metrics;
    m_question->fromMilliseconds = (m_asked.window.fromNanoseconds + m_ahead) / kNanosecondsAMillisecond;
    m_question->toMilliseconds = (m_asked.window.toNanoseconds + m_ahead) / kNanosecondsAMillisecond;
    m_question->stepMilliseconds = step;
    // What lies ahead is not written down yet.
    m_asked.window.toNanoseconds = std::min(m_asked.window.toNanoseconds, std::max(need.latest, ageClockNanoseconds()));
    m_figures->ask(m_question, [this](const Result<PastAnswer>& answer) { take(answer); });
}

void PastStretch::take(const Result<PastAnswer>& answer)
{
    m_question.reset();
    m_error.reset();
    if (answer)
        m_answer = *answer;
    else
        m_error = answer.error();
    m_failedNanoseconds = m_error ? ageClockNanoseconds() : 0;
    Q_EMIT changed();
}

const std::vector<PastPoint>* PastStretch::column(const WorkloadId& id, Metric metric) const
{
    const auto found = m_answer.columns.find({ id, metric });
    return found == m_answer.columns.end() ? nullptr : &found->second;
}

QString PastStretch::absence(const WorkloadId& id, Metric metric) const
{
    const auto found = m_answer.absences.find({ id, metric });
    return found == m_answer.absences.end() ? QString() : found->second;
}

} // namespace twinhull
