// core/result.hpp: a value, or what failed, in which parameter and where.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/result.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace atmqtt;

namespace {

struct pair {
    constexpr pair() = default;
    constexpr pair(int a, int b) : left(a), right(b) {}
    int left = 0;
    int right = 0;
};

constexpr result<int> half(int number) {
    if (number % 2 != 0) return error{errc::out_of_range, param{7}, 3};
    return number / 2;
}

}  // namespace

TEST_CASE("a result made of a value is true, holds the value and names no error") {
    const result<int> got = half(14);
    CHECK(static_cast<bool>(got));
    CHECK(*got == 7);
    CHECK(got.why().code == errc::none);
    CHECK(got.why().field == param{});
    CHECK(got.why().column == 0);
}

TEST_CASE("a result made of an error is false and says what failed, in which parameter and at which column") {
    const result<int> got = half(15);
    CHECK_FALSE(static_cast<bool>(got));
    CHECK(got.why().code == errc::out_of_range);
    CHECK(got.why().field == param{7});
    CHECK(got.why().column == 3);
}

TEST_CASE("an error names no parameter and column 0 unless told") {
    constexpr error why{errc::no_space};
    CHECK(why.code == errc::no_space);
    CHECK(why.field == param{});
    CHECK(why.column == 0);
    CHECK(error{}.code == errc::none);
}

TEST_CASE("reading the value of a failed result is harmless") {
    const result<pair> got = error{errc::missing};
    CHECK(got->left == 0);
    CHECK((*got).right == 0);
}

TEST_CASE("the value can be changed in place, and members are reached by an arrow") {
    result<pair> got{pair{1, 2}};
    (*got).left = 5;
    CHECK(got->left == 5);
    CHECK(got->right == 2);
}

TEST_CASE("a value can be made in place from its parts") {
    const result<pair> got{std::in_place, 3, 4};
    CHECK(static_cast<bool>(got));
    CHECK(got->left == 3);
    CHECK(got->right == 4);
}

TEST_CASE("each code has words of its own") {
    std::vector<std::string_view> all;
    for (unsigned code = 1; !text_of(static_cast<errc>(code)).empty(); ++code)
        all.push_back(text_of(static_cast<errc>(code)));
    CHECK(std::find(all.begin(), all.end(), text_of(errc::busy)) != all.end());
    CHECK(std::find(all.begin(), all.end(), text_of(errc::not_open)) != all.end());
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("fail makes a failure of a value") {
    result<int> got = half(2);
    got.fail({errc::surplus, param{1}, 9});
    CHECK_FALSE(static_cast<bool>(got));
    CHECK(got.why().code == errc::surplus);
    CHECK(got.why().field == param{1});
    CHECK(got.why().column == 9);
}

TEST_CASE("a result works in the compiler and is no bool by accident") {
    static_assert(*half(8) == 4);
    static_assert(!half(9));
    static_assert(half(9).why().column == 3);
    static_assert(!std::is_convertible_v<result<int>, bool>);
    static_assert(std::is_trivially_copyable_v<result<std::string_view>>);
    CHECK(static_cast<bool>(half(0)));
}
