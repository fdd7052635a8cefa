// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/page_cache.h"
#include "core/workload/workload_info.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

/// A figure that was read, or the reason why not.
struct Figure {
    std::optional<double> value;
    QString missing; ///< one sentence; empty when there is a value

    static Figure of(double value);
    static Figure absent(const QString& reason);
};

/// Which way a figure of the work's own is the better one.
enum class Better { NotTold, Higher, Lower };

/// The figure that the work tells of itself, beside the time it takes: its unit, and where it is found.
struct WorkScale {
    QString unit; ///< "MiB/s"; may be empty
    Better better = Better::NotTold;
    QString pattern; ///< of work_figure.h; empty: a load of ours, which tells it in its report
    /// Of what single turns of the work took, whose 95th and 99th percentile stand beside the figure; empty: none.
    QString turnUnit = {};

    friend bool operator==(const WorkScale&, const WorkScale&) = default;
};

/// What one run of one half cost the host, helpers included.
struct RunFigures {
    Figure startupMilliseconds; ///< request to the first instruction of the entrypoint
    Figure memoryHostBytes; ///< after the work, at rest: PSS of all processes
    Figure cpuSeconds; ///< user + system from the request to the end of the work
    Figure diskBytes; ///< own and shared image parts
    Figure workMilliseconds; ///< the fixed unit of work, by the host's clock
    Figure workFigure; ///< what the work told of itself, in Comparison::workScale
    Figure turn95; ///< the 95th percentile of single turns, in WorkScale::turnUnit
    Figure turn99;
    Figure otherCores; ///< that other programs used from the start to the end of the work: other_load.h
    std::vector<StartupMark> marks;
    /// Of a VM: what libvirt took to define it, once and before the request; in no start-up. Nothing where nobody saw.
    std::optional<double> definitionMilliseconds = {};
};

/// All runs of one half; medians are taken over the runs that have a value.
struct HullFigures {
    std::vector<RunFigures> runs;

    std::vector<double> samples(Figure RunFigures::*figure) const; ///< of the runs that have a value
    Figure median(Figure RunFigures::*figure) const; ///< missing: the reason of the first run without a value
};

/// The same figure of both sides, round by round: equal lengths.
struct RoundSamples {
    std::vector<double> container;
    std::vector<double> vm;
};

/// One more thing that figures depend on: its value, or what would be needed to read it.
struct MachineFact {
    QString key; ///< stable name in JSON
    QString title;
    QString value; ///< empty where `needs` is not
    QString needs; ///< "needs …"
};

/// Of the files that each side's runs begin with, over all rounds: how large they are, and the most that stayed cached.
struct ColdCaches {
    DroppedFiles container;
    DroppedFiles vm;
};

struct MachineFacts {
    QString kernel; ///< uname -r
    QString processor; ///< model name of /proc/cpuinfo
    int cpus = 0;
    std::uint64_t memoryBytes = 0;
    QString acceleration; ///< "kvm" or "tcg"
    std::vector<MachineFact> facts; ///< as of the beginning of the run
};

/// The two sides as they stand inside a sentence, without an article.
struct SideNames {
    QString first; ///< "container"
    QString second; ///< "VM"
};

/// Above this part of all processors the load of other programs makes a verdict doubtful: on two processors that is 0.4
/// of one, which two sides that take turns no longer meet alike.
constexpr double kDoubtfulLoad = 0.2;
/// Key of the fact that tells it in words.
constexpr QLatin1String kOtherLoadFact{ "other_load" };

/// Key of the fact that tells which machine the VMs were ("pc-q35-7.2", "microvm").
constexpr QLatin1String kVmMachineFact{ "vm_machine" };

/// The outcome of a comparison run as a value.
struct Comparison {
    MachineFacts machine;
    QString image;
    QString imageDigest;
    QString work; ///< what was done in both, in one sentence
    std::optional<WorkScale> workScale; ///< nothing: the work has no figure of its own
    int warmUpRounds = 0; ///< made before the first counted one and left out
    QString caches; ///< in which state they were, in one sentence
    std::optional<ColdCaches> coldCaches; ///< where they were to be cold
    std::int64_t wallMilliseconds = 0; ///< when, since the epoch
    /// A against A: both sides were of this kind, `container` holds the first and `vm` the second. What differs then is
    /// the ruler's own noise.
    std::optional<WorkloadKind> bothAs;
    HullFigures container;
    HullFigures vm;

    /// Of the rounds in which both sides have a value.
    RoundSamples rounds(Figure RunFigures::*figure) const;
    /// The median over the rounds of VM minus container; the reason of one side where there is no such round.
    Figure overhead(Figure RunFigures::*figure) const;
    bool isEmulated() const; ///< the VM was: its CPU and work figures say nothing about hardware
    /// Where it is not, CPU and work figures of the VM are shown struck, never as a ratio.
    bool isCpuComparable() const;
    SideNames sides() const;
    /// The part of all processors (0 to 1) that other programs used while it was measured: the median over the runs of
    /// both sides; nothing where it was not read.
    std::optional<double> otherLoad() const;
    bool isDoubtful() const; ///< otherLoad() is above kDoubtfulLoad
};

} // namespace twinhull
