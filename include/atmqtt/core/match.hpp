// One function per case of a variant.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace atmqtt {

namespace detail {

template <class... Cases>
struct overload : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
overload(Cases...) -> overload<Cases...>;

template <class Case, class = void>
inline constexpr bool is_one_case = false;
template <class Case>
inline constexpr bool is_one_case<Case, std::void_t<decltype(&Case::operator())>> = true;

/// Whether a case is called for one of `Types`. Of a generic one that is not asked: its body may fit only some.
template <class Case, class... Types>
inline constexpr bool is_of_use =
    std::disjunction_v<std::bool_constant<!is_one_case<Case>>, std::is_invocable<Case&, const Types&>...>;

/// Calls `chosen` with the constant that `place` is, or `otherwise` when it is Count or more: one switch, no table of
/// pointers, and one frame of stack however many there are. Always inline: so it is known in each case which alternative a
/// variant holds, which would take 16 bytes of flash to look up again.
template <std::size_t Count, class Chosen, class Otherwise>
// NOLINTNEXTLINE(readability-function-cognitive-complexity): flat
[[gnu::always_inline]] constexpr decltype(auto) at_place(std::size_t place, Chosen&& chosen, Otherwise&& otherwise) {
    static_assert(Count <= 24, "at_place: add cases");
    switch (place) {
        // clang-format off
        case 0: if constexpr (Count > 0) return chosen(std::integral_constant<std::size_t, 0>{}); else break;
        case 1: if constexpr (Count > 1) return chosen(std::integral_constant<std::size_t, 1>{}); else break;
        case 2: if constexpr (Count > 2) return chosen(std::integral_constant<std::size_t, 2>{}); else break;
        case 3: if constexpr (Count > 3) return chosen(std::integral_constant<std::size_t, 3>{}); else break;
        case 4: if constexpr (Count > 4) return chosen(std::integral_constant<std::size_t, 4>{}); else break;
        case 5: if constexpr (Count > 5) return chosen(std::integral_constant<std::size_t, 5>{}); else break;
        case 6: if constexpr (Count > 6) return chosen(std::integral_constant<std::size_t, 6>{}); else break;
        case 7: if constexpr (Count > 7) return chosen(std::integral_constant<std::size_t, 7>{}); else break;
        case 8: if constexpr (Count > 8) return chosen(std::integral_constant<std::size_t, 8>{}); else break;
        case 9: if constexpr (Count > 9) return chosen(std::integral_constant<std::size_t, 9>{}); else break;
        case 10: if constexpr (Count > 10) return chosen(std::integral_constant<std::size_t, 10>{}); else break;
        case 11: if constexpr (Count > 11) return chosen(std::integral_constant<std::size_t, 11>{}); else break;
        case 12: if constexpr (Count > 12) return chosen(std::integral_constant<std::size_t, 12>{}); else break;
        case 13: if constexpr (Count > 13) return chosen(std::integral_constant<std::size_t, 13>{}); else break;
        case 14: if constexpr (Count > 14) return chosen(std::integral_constant<std::size_t, 14>{}); else break;
        case 15: if constexpr (Count > 15) return chosen(std::integral_constant<std::size_t, 15>{}); else break;
        case 16: if constexpr (Count > 16) return chosen(std::integral_constant<std::size_t, 16>{}); else break;
        case 17: if constexpr (Count > 17) return chosen(std::integral_constant<std::size_t, 17>{}); else break;
        case 18: if constexpr (Count > 18) return chosen(std::integral_constant<std::size_t, 18>{}); else break;
        case 19: if constexpr (Count > 19) return chosen(std::integral_constant<std::size_t, 19>{}); else break;
        case 20: if constexpr (Count > 20) return chosen(std::integral_constant<std::size_t, 20>{}); else break;
        case 21: if constexpr (Count > 21) return chosen(std::integral_constant<std::size_t, 21>{}); else break;
        case 22: if constexpr (Count > 22) return chosen(std::integral_constant<std::size_t, 22>{}); else break;
        case 23: if constexpr (Count > 23) return chosen(std::integral_constant<std::size_t, 23>{}); else break;
        // clang-format on
        default: break;
    }
    return otherwise();
}

}  // namespace detail

/// Calls the case for the alternative that `variant` holds, and gives what it returns.
///
/// There must be a case for every alternative, and none for what is no alternative: else it does not compile. All cases must
/// return the same type. Unlike std::visit it makes no table of pointers and cannot throw; a variant of this
/// library is never valueless.
template <class... Types, class... Cases>
constexpr decltype(auto) match(const std::variant<Types...>& variant, Cases&&... cases) {
    static_assert((std::is_invocable_v<detail::overload<std::decay_t<Cases>...>&, const Types&> && ...),
                  "match: a case is missing");
    static_assert((detail::is_of_use<std::decay_t<Cases>, Types...> && ...),
                  "match: a case is for what the variant does not hold");
    auto all = detail::overload{std::forward<Cases>(cases)...};
    return detail::at_place<sizeof...(Types) - 1>(
        variant.index(), [&](auto place) -> decltype(auto) { return all(*std::get_if<place>(&variant)); },
        [&]() -> decltype(auto) { return all(*std::get_if<sizeof...(Types) - 1>(&variant)); });
}
/// The same by one object that has all cases: it is called itself, where of others copies are. It may count, or keep what it finds.
// The other does not call this one: a packet would take 25 instructions more, beside 61, to encode on x86-64.
template <class... Types, class Cases>
constexpr decltype(auto) match(const std::variant<Types...>& variant, Cases& all) {
    static_assert((std::is_invocable_v<Cases&, const Types&> && ...), "match: a case is missing");
    return detail::at_place<sizeof...(Types) - 1>(
        variant.index(), [&](auto place) -> decltype(auto) { return all(*std::get_if<place>(&variant)); },
        [&]() -> decltype(auto) { return all(*std::get_if<sizeof...(Types) - 1>(&variant)); });
}

}  // namespace atmqtt
