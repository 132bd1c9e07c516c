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

template <class Result, std::size_t Index, class Variant, class Cases>
constexpr Result match_from(Variant& variant, Cases& cases) {
    if constexpr (Index + 1 < std::variant_size_v<std::remove_const_t<Variant>>) {
        if (variant.index() != Index) return match_from<Result, Index + 1>(variant, cases);
    }
    return cases(*std::get_if<Index>(&variant));
}

}  // namespace detail

/// Calls the case for the alternative that `variant` holds, and gives what it returns.
///
/// There must be a case for every alternative: leave one out and it does not compile. All cases return the type of
/// the first alternative's. Unlike std::visit it makes no table of pointers and cannot throw; a variant of this
/// library is never valueless.
template <class... Types, class... Cases>
constexpr decltype(auto) match(const std::variant<Types...>& variant, Cases&&... cases) {
    static_assert((std::is_invocable_v<detail::overload<std::decay_t<Cases>...>&, const Types&> && ...),
                  "match: a case is missing");
    auto all = detail::overload{std::forward<Cases>(cases)...};
    using result_type = decltype(all(*std::get_if<0>(&variant)));
    return detail::match_from<result_type, 0>(variant, all);
}

}  // namespace atmqtt
