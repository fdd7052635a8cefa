// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/comparison.h"
#include "core/twin/statistics.h"

#include <QJsonObject>

namespace twinhull {

/// The figure that limits how many fit, as the kernel names it (Documentation/accounting/psi.rst).
constexpr const char* kPressureFigure = "PSI some avg10 of the whole computer's memory (/proc/pressure/memory)";

/// What is counted as free before the reserve is taken off, as the kernel names it (proc(5)).
constexpr const char* kAvailableFigure = "MemAvailable of /proc/meminfo";

/// Of each kind that may be started, whatever was foretold.
constexpr int kMostStarts = 64;

/// How this computer and the workloads that were started for it stood, after each start.
struct CapacityReading {
    Figure costBytes; ///< PSS and page tables of all that were started, helpers included; shared pages count once
    std::uint64_t availableBytes = 0; ///< MemAvailable of /proc/meminfo: what can be had without swapping (proc(5))
    /// kPressureFigure, percent: the greatest since the reading before; absent where the kernel has none.
    std::optional<double> memoryPressure;
};

/// What one kind costs, first and further, as it was measured by really starting them, and what follows from it.
struct Capacity {
    WorkloadKind kind = WorkloadKind::Container;
    QString image;
    QString engine; ///< "hull", "kvm" or "tcg"
    std::uint64_t reserveBytes = 0; ///< that shall stay available
    double pressureLimit = 0; ///< percent
    CapacityReading before;
    std::vector<CapacityReading> after; ///< one for each that was started, in order
    bool isStoppedByPressure = false; ///< the limit was passed before all had been started
    bool isCheckAsked = false;
    int checkLimit = kMostStarts; ///< so many are started at most, those that were measured included
    std::vector<CapacityReading> check; ///< one for each further one that was started to see whether fit() is true
    QString checkEnd; ///< why fewer than checkGoal() ran, where it was not the pressure; a sentence, empty otherwise

    /// Of the first alone; absent with the reading's reason.
    Figure firstBytes() const;
    /// The median over the further ones of what each added; nothing below two starts, or where a cost is absent.
    std::optional<Estimate> furtherBytes() const;
    /// How much less memory this computer had available for each start, on average: with what no process is charged
    /// for. It moves with all that happens on this computer.
    std::optional<double> availableDropBytes() const;

    /// How many ran, one after the other, before the pressure was read above the limit; all where it never was.
    std::size_t ranBelowPressure() const;

    /// How many more fit until no more than the reserve is available: by the cost of each further one, and from the
    /// ends of its interval. Counted from `before`, so the started ones belong to it. Nothing without furtherBytes(); 0
    /// where the reserve is touched. Where the pressure passed its limit, ranBelowPressure() and no more.
    struct Fit {
        std::uint64_t value = 0;
        std::uint64_t low = 0;
        std::uint64_t high = 0;
    };
    std::optional<Fit> fit() const;

    /// "About 99 (95 % interval 80 to 120) fit until memory pressure passes 10 %."; empty without fit().
    QString claim() const;

    /// How many shall run when the claim is checked, those that were measured included: what is foretold, within the
    /// limit. 0 where no check was asked for or none can be made.
    std::size_t checkGoal() const;

    /// What became of the claim when as many as were foretold were really started.
    enum class Outcome {
        NotAsked,
        NotMade, ///< nothing was foretold, or pressure cannot be read
        True, ///< all that were foretold ran and the pressure stayed below its limit
        Partial, ///< all ran that may be started, and more are foretold
        Refuted,
    };
    Outcome outcome() const;
    /// In a sentence, with what broke; why not where there was no check.
    QString checkSentence() const;

    /// What fit() takes for granted.
    enum class Assumption { LinearCost, Reserve, Pressure };
    struct Broken {
        Assumption what = Assumption::Pressure;
        std::size_t number = 0; ///< with which it was seen, from 1
    };
    /// What was first seen not to hold while those of the check ran. The cost counts as broken where all together cost
    /// more than the dearer end of the interval makes them, by a whole further one. Of several at the same number the
    /// one that leads to the others: cost, reserve, pressure. Nothing where no check was made.
    std::optional<Broken> firstBroken() const;

    /// What fit() takes for granted, for the person who reads it; where the pressure stopped it, what was seen.
    QString assumption() const;

private:
    std::optional<Fit> fitByMemory() const;
    std::vector<CapacityReading> all() const; ///< in order
    bool isPressureRead() const;
    std::optional<Assumption> brokenWith(std::size_t number) const;
    QString brokenSentence() const; ///< empty without firstBroken()
    QString whyNotChecked() const;
};

QJsonObject capacityJson(const Capacity& capacity);

} // namespace twinhull
