// at/fields.hpp: single fields read, written and measured; what each does to numbers at their edges.
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <atmqtt/at/fields.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace rows;

namespace {

constexpr tolerances strict = tolerances::none();

/// A number that already holds 42, read from "=0,<digits>": behind another field.
template <class Number>
struct number_read {
    bool holds;
    Number value;
    error why;
};
template <class Number>
constexpr number_read<Number> read_number(std::string_view field, const tolerances& may = strict) {
    Number value{42};
    bool flag = false;
    field_reader io{field, 0, may};
    const bool holds = io.flag(param::clean, flag) && io.number(param::port, value);
    return {holds, value, io.why()};
}

template <class Number>
std::string write_number(Number value) {
    char out[16] = {};
    field_writer io{out, spelling::manual};
    return io.number(param::port, value) ? std::string{io.written()} : shown(io.why());
}

template <class Number>
void check_range(std::string_view max, std::string_view past) {
    CAPTURE(max);
    const auto zero = read_number<Number>("=0,0");
    CHECK(zero.holds);
    CHECK(zero.value == Number{0});

    const auto top = read_number<Number>("=0," + std::string{max});
    CHECK(top.holds);
    CHECK(write_number(top.value) == max);

    const auto over = read_number<Number>("=0," + std::string{past});
    CHECK_FALSE(over.holds);
    CHECK(over.value == Number{42});
    CHECK(shown(over.why) == shown({errc::out_of_range, param::port, 3}));
}

}  // namespace

TEST_CASE("AT-29: a number is read at 0 and at its maximum, and one more is out of range") {
    check_range<std::uint8_t>("255", "256");
    check_range<std::uint16_t>("65535", "65536");
    check_range<std::uint32_t>("4294967295", "4294967296");
    check_range<connection_state>("255", "256");
    check_range<timeout_kind>("255", "256");
}

TEST_CASE("AT-29: what is no number in range is refused at its first byte, and the member is untouched") {
    struct row {
        std::string_view field;
        errc code;
        std::size_t column;
    };
    const row table[] = {
        {"=0,65536", errc::out_of_range, 3},
        {"=0,99999", errc::out_of_range, 3},
        {"=0,100000", errc::out_of_range, 3},
        {"=0,4294967295", errc::out_of_range, 3},
        {"=0,4294967296", errc::out_of_range, 3},  // 2^32
        {"=0,4294967338", errc::out_of_range, 3},  // 2^32 + 42
        {"=0,42949672960", errc::out_of_range, 3},
        {"=0,18446744073709551616", errc::out_of_range, 3},  // 2^64
        {"=0,18446744073709551617", errc::out_of_range, 3},  // 2^64 + 1
        {"=0,99999999999999999999999999999999", errc::out_of_range, 3},
        {"=0,-1", errc::not_a_number, 3},
        {"=0,+1", errc::not_a_number, 3},
        {"=0,007", errc::not_a_number, 3},
        {"=0,00", errc::not_a_number, 3},
        {"=0,x", errc::not_a_number, 3},
        {"=0,\"7\"", errc::not_a_number, 3},
        {"=0,,", errc::not_a_number, 3},
        {"=0,:", errc::not_a_number, 3},
        {"=0,/", errc::not_a_number, 3},
        {"=0, 7", errc::not_a_number, 3},
        {"=0, ", errc::not_a_number, 3},
        {"=0,", errc::missing, 3},
        {"=0,\xB2", errc::not_a_number, 3},
    };
    for (const auto& row : table) {
        CAPTURE(row.field);
        const auto got = read_number<std::uint16_t>(row.field);
        CHECK_FALSE(got.holds);
        CHECK(got.value == 42);
        CHECK(shown(got.why) == shown({row.code, param::port, row.column}));
    }
}

TEST_CASE("AT-29: a blank number is missing where blanks are tolerated, and the member is untouched") {
    for (const std::string_view field : {"=0,", "=0, ", "=0,    "}) {
        CAPTURE(field);
        const auto got = read_number<std::uint16_t>(field, usual_tolerances);
        CHECK(got.value == 42);
        CHECK(shown(got.why) == shown({errc::missing, param::port, field.size()}));
    }
    CHECK(read_number<std::uint16_t>("=0,  7", usual_tolerances).value == 7);
}

TEST_CASE("AT-29: a number that may not be 0 is refused there, and the member is untouched") {
    for (const std::string_view field : {"=0", "=65536", "=-1", "=00", "="}) {
        CAPTURE(field);
        std::uint16_t value = 42;
        field_reader io{field, 0, strict};
        CHECK_FALSE(io.positive(param::timeout, value));
        CHECK(value == 42);
        CHECK(io.why().field == param::timeout);
        CHECK(io.why().column == 1);
    }
    std::uint16_t value = 42;
    field_reader io{"=1", 0, strict};
    CHECK(io.positive(param::timeout, value));
    CHECK(value == 1);
    field_reader blank{"=  0", 0, usual_tolerances};
    CHECK_FALSE(blank.positive(param::timeout, value));
    CHECK(shown(blank.why()) == shown({errc::out_of_range, param::timeout, 3}));
}

TEST_CASE("AT-29: flags and choices of every type are untouched on failure") {
    for (const std::string_view field : {"=2", "=10", "=-1", "=01", "=", "=256", "=257"}) {
        CAPTURE(field);
        bool flag = true;
        field_reader flags{field, 0, strict};
        CHECK_FALSE(flags.flag(param::clean, flag));
        CHECK(flag);
        CHECK(flags.why().field == param::clean);
    }
    for (const std::string_view field : {"=3", "=10", "=-1", "=02", "=", "=256", "=258"}) {
        CAPTURE(field);
        qos level = qos::at_least_once;
        field_reader choices{field, 0, strict};
        CHECK_FALSE(choices.choice(param::qos, level, qos::exactly_once));
        CHECK(level == qos::at_least_once);
        CHECK(choices.why().field == param::qos);
    }
    std::uint8_t small = 42;
    field_reader io{"=256", 0, strict};
    CHECK_FALSE(io.number(param::code, small));
    CHECK(small == 42);
}

TEST_CASE("fields are read one after another, and what is behind the last of them is told") {
    for (const std::string_view line : {"+X:12,\"a\",1", "+X:12,\"a\",1,", "+X:12,\"a\",1x", "+X:12,\"a\",1;"}) {
        CAPTURE(line);
        field_reader io{line, 2, strict};
        std::uint16_t number = 0;
        text word;
        bool flag = false;
        CHECK(io.number(param::port, number));
        CHECK(io.text(param::host, word, 1));
        CHECK(io.flag(param::clean, flag));
        CHECK(number == 12);
        CHECK(word == text{"a"});
        CHECK(flag);
        const bool whole = line.back() == '1';
        CHECK(io.finish() == whole);
        if (!whole) CHECK(io.why().column == 11);
        if (line.back() == ',') CHECK(io.why().code == errc::surplus);
        if (line.back() == 'x') CHECK(io.why().code == errc::unexpected);
        if (line.back() == ';') CHECK(io.why().code == errc::chained);
    }
}

TEST_CASE("a number is written in decimal, without a leading zero, for every value") {
    for (std::uint32_t n = 0; n < 200000; ++n) {
        if (write_number(n) != std::to_string(n)) FAIL_CHECK("wrong digits of " << n);
    }
    for (std::uint32_t power = 10; power != 0; power = power <= UINT32_MAX / 10 ? power * 10 : 0) {
        for (std::uint32_t n = power - 3; n != power + 3; ++n) CHECK(write_number(n) == std::to_string(n));
    }
    for (std::uint32_t n = UINT32_MAX; n > 7'000'000; n -= n / 1000) {
        if (write_number(n) != std::to_string(n)) FAIL_CHECK("wrong digits of " << n);
    }
    CHECK(write_number(UINT32_MAX) == "4294967295");
    CHECK(write_number(std::uint16_t{65535}) == "65535");
    CHECK(write_number(cme{620}) == "620");
}

TEST_CASE("AT-29: a choice or a number that may not be 0 is written at its limits and refused past them") {
    char out[16] = {};
    const auto choice = [&](qos level) {
        field_writer io{out, spelling::manual};
        return io.choice(param::qos, level, qos::exactly_once) ? std::string{io.written()} : shown(io.why());
    };
    const auto positive = [&](std::uint16_t value) {
        field_writer io{out, spelling::manual};
        return io.positive(param::port, value) ? std::string{io.written()} : shown(io.why());
    };
    CHECK(choice(qos::at_most_once) == "0");
    CHECK(choice(qos::exactly_once) == "2");
    CHECK(choice(static_cast<qos>(3)) == shown({errc::out_of_range, param::qos, 0}));
    CHECK(choice(static_cast<qos>(255)) == shown({errc::out_of_range, param::qos, 0}));
    CHECK(positive(1) == "1");
    CHECK(positive(65535) == "65535");
    CHECK(positive(0) == shown({errc::out_of_range, param::port, 0}));
}

TEST_CASE("a writer with less room than a number needs writes nothing past it") {
    for (std::size_t size = 0; size < 12; ++size) {
        std::string out(16, '\x55');
        field_writer io{{out.data(), size}, spelling::manual};
        const bool holds = io.number(param::length, UINT32_MAX);
        CHECK(holds == (size >= 10));
        CHECK(out.substr(size) == std::string(16 - size, '\x55'));
        if (!holds) CHECK(io.why().code == errc::no_space);
    }
}

TEST_CASE("a meter adds the longest form of each field and the commas between them") {
    field_meter io;
    CHECK(io.size() == 0);
    CHECK(io.flag(param::clean, true));
    CHECK(io.size() == 1);
    CHECK(io.number(param::port, std::uint16_t{0}));
    CHECK(io.size() == 1 + 1 + 5);
    CHECK(io.text(param::host, text{}, 128));
    CHECK(io.size() == 1 + 1 + 5 + 1 + 130);
    CHECK(io.choice(param::qos, qos::at_most_once, qos::exactly_once));
    CHECK(io.size() == 1 + 1 + 5 + 1 + 130 + 1 + 1);
}
