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

Result<ImageMachine> imageMachineFrom(const Labels& labels)
{
    const QString asked = labels.value(QLatin1String(kMachineLabel), QStringLiteral("q35"));
    if (asked == u"q35")
        return ImageMachine::Q35;
    if (asked == u"microvm")
        return ImageMachine::Microvm;
    return Error{ ErrorCode::InvalidArgument,
        "the label " + std::string(kMachineLabel) + " says " + asked.toStdString(), 0, "Say q35 or microvm" };
}

Result<> checkImageMachine(virConnectPtr connection, ImageMachine machine, DomainEngine engine)
{
    if (machine == ImageMachine::Q35)
        return {};
    char* text = virConnectGetDomainCapabilities(
        connection, nullptr, "x86_64", "microvm", engine == DomainEngine::Kvm ? "kvm" : "qemu", 0);
    if (text != nullptr) {
        (void)takeText(text);
        return {};
    }
    auto error = libvirtError("ask for the machine microvm");
    error.hint = "Leave the label " + std::string(kMachineLabel) + " out: q35 is there with every QEMU";
    return error;
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

QString imageMachineReason(const QString& machine)
{
    if (machine == u"microvm")
        return machineTr("microvm, because its label asks for it: nothing can be plugged into it");
    return machineTr(
        "q35 with virtio devices alone: microvm (label org.twinhull.machine=microvm) takes more memory, and "
        "more of a processor at rest");
}

} // namespace twinhull
