// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/image_machine.h"

#include <QCoreApplication>

#include <cmath>
#include <ctime>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace twinhull {

namespace {

QString machineTr(const char* text)
{
    return QCoreApplication::translate("ImageMachine", text);
}

QString noteText(const MachineNote& note)
{
    switch (note.reason) {
    case Q35Reason::NotKnown:
        return machineTr("q35, chosen by itself: the QEMU here knows no microvm");
    case Q35Reason::Failed:
        return (note.madeAgainAt.isValid()
                ? machineTr("q35, because it did not start as a microvm and was made again (%1). --machine "
                            "microvm (label org.twinhull.machine=microvm) asks for one")
                : machineTr("q35, chosen by itself: an earlier microvm of this image did not start (%1). "
                            "--machine microvm (label org.twinhull.machine=microvm) asks for one"))
            .arg(note.detail);
    case Q35Reason::NoKvm:
        break;
    }
    return machineTr("q35, chosen by itself: without KVM a microvm (--machine microvm, label "
                     "org.twinhull.machine=microvm) takes more memory, and more of a processor at rest");
}

Result<> askForMicrovm(virConnectPtr connection, DomainEngine engine)
{
    char* text = virConnectGetDomainCapabilities(
        connection, nullptr, "x86_64", "microvm", engine == DomainEngine::Kvm ? "kvm" : "qemu", 0);
    if (text != nullptr) {
        (void)takeText(text);
        return {};
    }
    auto error = libvirtError("ask for the machine microvm");
    error.hint = "Say --machine q35 (label " + std::string(kMachineLabel) + "): q35 is there with every QEMU";
    return error;
}

#if defined(__x86_64__)
struct TscMoment {
    std::uint64_t ticks = 0;
    std::int64_t nanoseconds = 0;
};

std::int64_t rawNanoseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_RAW, &now); // not slewed by whoever keeps the time
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// Of some tries the one in which the least time passed beside it: nothing came in between.
TscMoment tscNow()
{
    TscMoment best;
    std::int64_t shortest = INT64_MAX;
    for (int attempt = 0; attempt < 16; ++attempt) {
        const std::int64_t before = rawNanoseconds();
        const std::uint64_t ticks = __rdtsc();
        const std::int64_t after = rawNanoseconds();
        if (after - before < shortest) {
            shortest = after - before;
            best = { ticks, before + (after - before) / 2 };
        }
    }
    return best;
}
#endif

} // namespace

MachineDecision decideMachine(const ImageMachineFacts& facts)
{
    if (facts.choice != MachineChoice::Automatic)
        return { facts.choice == MachineChoice::Microvm ? ImageMachine::Microvm : ImageMachine::Q35, {} };
    const auto q35 = [](Q35Reason reason, const QString& detail = {}) {
        return MachineDecision{ ImageMachine::Q35, MachineNote{ reason, detail, {} } };
    };
    if (facts.engine != DomainEngine::Kvm)
        return q35(Q35Reason::NoKvm);
    if (!facts.isMicrovmKnown)
        return q35(Q35Reason::NotKnown);
    if (facts.failure)
        return q35(Q35Reason::Failed, *facts.failure);
    return { ImageMachine::Microvm, {} };
}

Result<MachineDecision> chooseImageMachine(virConnectPtr connection, const Labels& labels, DomainEngine engine,
    const std::function<std::optional<QString>()>& earlierFailure)
{
    const auto choice = machineChoiceOf(labels);
    if (!choice)
        return Error(choice.error());
    ImageMachineFacts facts{ *choice, engine, false, {} };
    const bool mayBeMicrovm
        = *choice == MachineChoice::Microvm || (*choice == MachineChoice::Automatic && engine == DomainEngine::Kvm);
    if (!mayBeMicrovm)
        return decideMachine(facts);
    auto known = askForMicrovm(connection, engine);
    if (!known && *choice == MachineChoice::Microvm)
        return std::move(known).error();
    facts.isMicrovmKnown = bool(known);
    facts.failure = earlierFailure();
    return decideMachine(facts);
}

std::optional<std::uint64_t> measureTscKilohertz(const std::function<bool(std::chrono::milliseconds)>& wait)
{
#if defined(__x86_64__)
    const TscMoment first = tscNow();
    if (!wait(std::chrono::milliseconds(100)))
        return std::nullopt;
    const TscMoment last = tscNow();
    const std::int64_t passed = last.nanoseconds - first.nanoseconds;
    if (passed <= 0 || last.ticks <= first.ticks)
        return std::nullopt;
    return static_cast<std::uint64_t>(
        std::llround(static_cast<double>(last.ticks - first.ticks) * 1e6 / static_cast<double>(passed)));
#else
    (void)wait;
    return std::nullopt;
#endif
}

QString imageMachineReason(const QString& machine, const Labels& labels, const std::optional<MachineNote>& note)
{
    const auto choice = machineChoiceOf(labels);
    const bool isChosen = choice && *choice != MachineChoice::Automatic;
    if (machine == u"microvm")
        return isChosen ? machineTr("microvm, because its label asks for it: nothing can be plugged into it")
                        : machineTr("microvm, chosen by itself: KVM runs it, and the QEMU here knows it. Nothing can "
                                    "be plugged into it");
    if (isChosen)
        return machineTr("q35, because its label asks for it (org.twinhull.machine)");
    if (note)
        return noteText(*note);
    return machineTr("q35 with virtio devices alone; the label org.twinhull.machine=microvm asks for a microvm");
}

} // namespace twinhull
