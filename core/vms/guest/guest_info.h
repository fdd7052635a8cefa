// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/libvirt_functions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// The parameters of one answer of qemu-guest-agent (virDomainGetGuestInfo); a guest's word.
class GuestInfo {
public:
    GuestInfo(virDomainPtr domain, unsigned types)
        : m_isTold(virDomainGetGuestInfo(domain, types, &m_values, &m_count, 0) == 0)
    {
    }
    ~GuestInfo() { virTypedParamsFree(m_values, m_count); }
    GuestInfo(const GuestInfo&) = delete;
    GuestInfo& operator=(const GuestInfo&) = delete;

    bool isTold() const { return m_isTold; }

    std::string_view text(const std::string& name) const
    {
        const char* value = nullptr;
        return virTypedParamsGetString(m_values, m_count, name.c_str(), &value) == 1 ? value : std::string_view();
    }

    std::optional<std::uint64_t> number(const std::string& name) const
    {
        unsigned long long value = 0;
        const bool isThere = virTypedParamsGetULLong(m_values, m_count, name.c_str(), &value) == 1;
        return isThere ? std::optional<std::uint64_t>(value) : std::nullopt;
    }

    std::optional<int> integer(const char* name) const
    {
        int value = 0;
        const bool isThere = virTypedParamsGetInt(m_values, m_count, name, &value) == 1;
        return isThere ? std::optional(value) : std::nullopt;
    }

    unsigned count(const char* name) const
    {
        unsigned value = 0;
        return virTypedParamsGetUInt(m_values, m_count, name, &value) == 1 ? value : 0;
    }

    std::optional<double> fraction(const char* name) const
    {
        double value = 0;
        const bool isThere = virTypedParamsGetDouble(m_values, m_count, name, &value) == 1;
        return isThere ? std::optional(value) : std::nullopt;
    }

private:
    virTypedParameterPtr m_values = nullptr;
    int m_count = 0;
    bool m_isTold = false;
};

} // namespace twinhull
