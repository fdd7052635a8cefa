// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <type_traits>
#include <variant>

namespace twinhull {

/// A function of a library that is loaded when the first of its functions is called, so that a program which needs none
/// of them starts without it and all that it brings along. `Symbol` tells the address for a name; null where the
/// library is not installed, and then a call fails as such functions do: null or -1. An `Around` lives while the
/// function is called. Any thread.
template <typename Pointer, void* (*Symbol)(const char*), typename Around = std::monostate>
class LoadedFunction;

template <typename Return, typename... Arguments, void* (*Symbol)(const char*), typename Around>
class LoadedFunction<Return (*)(Arguments...), Symbol, Around> {
public:
    explicit constexpr LoadedFunction(const char* name) : m_name(name) { }

    Return operator()(Arguments... arguments) const
    {
        const auto function = reinterpret_cast<Return (*)(Arguments...)>(Symbol(m_name));
        if (function != nullptr) {
            [[maybe_unused]] const Around around{};
            return function(arguments...);
        }
        if constexpr (std::is_pointer_v<Return>)
            return nullptr;
        else if constexpr (!std::is_void_v<Return>)
            return static_cast<Return>(-1);
    }

private:
    const char* m_name;
};

} // namespace twinhull
