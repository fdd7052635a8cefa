// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/kvm_guest_run.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>

namespace twinhull {

namespace {

constexpr std::size_t kGuestBytes = 0x200000;
constexpr std::uint64_t kCodeAddress = 0x1000;
constexpr std::uint64_t kTableAddress = 0x2000; // PML4, PDPT and PD, a page each
constexpr std::uint8_t kPort = 0x10;
constexpr std::uint8_t kAnswer = 'T';

/// xor eax,eax; cpuid; mov al,kAnswer; out kPort,al; hlt
constexpr std::uint8_t kCode[] = { 0x31, 0xc0, 0x0f, 0xa2, 0xb0, kAnswer, 0xe6, kPort, 0xf4 };

void* mapPages(int fd, std::size_t bytes, int flags)
{
    void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
    return pages == MAP_FAILED ? nullptr : pages;
}

/// Code, and tables that map the first 2 MiB to themselves.
void fillMemory(std::uint8_t* memory)
{
    std::memcpy(memory + kCodeAddress, kCode, sizeof kCode);
    const std::uint64_t entries[] = { (kTableAddress + 0x1000) | 3U, (kTableAddress + 0x2000) | 3U, 0x83U };
    for (std::uint64_t i = 0; i < 3; ++i)
        std::memcpy(memory + kTableAddress + i * 0x1000, &entries[i], sizeof entries[i]);
}

kvm_segment flatSegment(std::uint16_t selector, std::uint8_t type)
{
    kvm_segment segment{};
    segment.limit = 0xffffffff;
    segment.selector = selector;
    segment.type = type;
    segment.present = 1;
    segment.s = 1;
    segment.g = 1;
    return segment;
}

bool enterLongMode(int cpu)
{
    kvm_sregs special{};
    if (::ioctl(cpu, KVM_GET_SREGS, &special) != 0)
        return false;
    special.cs = flatSegment(8, 11);
    special.cs.l = 1;
    special.ds = special.es = special.fs = special.gs = special.ss = flatSegment(16, 3);
    special.cr0 = 0x80000011; // paging, extension type, protection
    special.cr3 = kTableAddress;
    special.cr4 = 0x20; // PAE
    special.efer = 0x500; // long mode, enabled and active
    kvm_regs general{};
    general.rip = kCodeAddress;
    general.rflags = 2;
    return ::ioctl(cpu, KVM_SET_SREGS, &special) == 0 && ::ioctl(cpu, KVM_SET_REGS, &general) == 0;
}

bool answers(int cpu, const kvm_run& run)
{
    if (::ioctl(cpu, KVM_RUN, 0) != 0 || run.exit_reason != KVM_EXIT_IO || run.io.port != kPort)
        return false;
    return *(reinterpret_cast<const std::uint8_t*>(&run) + run.io.data_offset) == kAnswer;
}

} // namespace

bool runsKvmGuest() // descriptors and maps end with the process that probes
{
    const int kvm = ::open("/dev/kvm", O_RDWR | O_CLOEXEC);
    const int vm = kvm < 0 ? -1 : ::ioctl(kvm, KVM_CREATE_VM, 0);
    void* memory = mapPages(-1, kGuestBytes, MAP_PRIVATE | MAP_ANONYMOUS);
    if (vm < 0 || memory == nullptr)
        return false;
    fillMemory(static_cast<std::uint8_t*>(memory));
    kvm_userspace_memory_region region{ 0, 0, 0, kGuestBytes, reinterpret_cast<std::uint64_t>(memory) };
    if (::ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) != 0)
        return false;
    const int cpu = ::ioctl(vm, KVM_CREATE_VCPU, 0);
    const int runBytes = ::ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (cpu < 0 || runBytes < static_cast<int>(sizeof(kvm_run)))
        return false;
    const void* run = mapPages(cpu, static_cast<std::size_t>(runBytes), MAP_SHARED);
    return run != nullptr && enterLongMode(cpu) && answers(cpu, *static_cast<const kvm_run*>(run));
}

} // namespace twinhull
