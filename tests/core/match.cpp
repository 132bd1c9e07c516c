// core/match.hpp: one function per case of a variant.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/match.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string_view>
#include <variant>

using namespace atmqtt;

namespace {

struct red {};
struct green {
    int shade = 0;
};
struct blue {
    int depth = 0;
};
using colour = std::variant<red, green, blue>;

constexpr int number_of(const colour& any) {
    return match(
        any, [](const red&) { return 1; }, [](const green& g) { return 10 + g.shade; },
        [](const blue& b) { return 100 + b.depth; });
}

}  // namespace

TEST_CASE("match calls the case of the alternative that is held, with its value") {
    CHECK(number_of(red{}) == 1);
    CHECK(number_of(green{2}) == 12);
    CHECK(number_of(blue{3}) == 103);
}

TEST_CASE("the order of the cases does not matter, and exactly one is called") {
    int reds = 0;
    int greens = 0;
    int blues = 0;
    const colour any = green{};
    match(
        any, [&](const blue&) { ++blues; }, [&](const red&) { ++reds; }, [&](const green&) { ++greens; });
    CHECK(reds == 0);
    CHECK(greens == 1);
    CHECK(blues == 0);
}

TEST_CASE("a generic case takes what has no case of its own") {
    const auto name = [](const colour& any) {
        return match(
            any, [](const green&) { return std::string_view{"green"}; },
            [](const auto&) { return std::string_view{"another"}; });
    };
    CHECK(name(green{}) == "green");
    CHECK(name(red{}) == "another");
    CHECK(name(blue{}) == "another");
}

TEST_CASE("cases may own what cannot be copied, and may change what they hold") {
    auto owned = std::make_unique<int>(5);
    const colour any = blue{1};
    const int sum = match(
        any, [held = std::move(owned), calls = 0](const blue& b) mutable { return *held + b.depth + ++calls; },
        [](const auto&) { return 0; });
    CHECK(sum == 7);
}

TEST_CASE("a named function object serves as a case and can be used again") {
    const auto case_of_all = [](const auto& one) { return sizeof(one); };
    CHECK(match(colour{red{}}, case_of_all) == sizeof(red));
    CHECK(match(colour{blue{}}, case_of_all) == sizeof(blue));
}

TEST_CASE("match works in the compiler") {
    static_assert(number_of(red{}) == 1);
    static_assert(number_of(blue{23}) == 123);
    CHECK(number_of(green{}) == 10);
}

TEST_CASE("one case for all of them is called itself, not a copy: it may count") {
    struct counter {
        int numbers = 0, others = 0;
        void operator()(int) { ++numbers; }
        void operator()(char) { ++others; }
    };
    counter found;
    atmqtt::match(std::variant<int, char>{7}, found);
    atmqtt::match(std::variant<int, char>{'x'}, found);
    atmqtt::match(std::variant<int, char>{8}, found);
    CHECK(found.numbers == 2);
    CHECK(found.others == 1);
}
