// Rows 1-9 in nanoseconds, by Google Benchmark: the library, what is written by hand, and what memchr and memcpy take for
// the same bytes. compare.py makes a table of it. A case that finds something wrong ends the program with 1.
// SPDX-License-Identifier: MIT
#include "compare_samples.hpp"
#include "compare_works.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

using bench::sample;
namespace library = bench::library;
namespace by_hand = bench::by_hand;
namespace limit = bench::limit;

using work = void (*)(std::string_view input);

/// Longer than any input.
constexpr std::size_t whole = 65536;

struct test_case {
    std::string name;  ///< its columns in the table, a slash between two: row, work, N, payload, chunk, kind, who
    work run;
    std::string_view input;
    std::size_t chunk;
    const sample* of;
    bool (*right)(const test_case&);
};
std::vector<test_case> cases;
bool broken = false;

// Nothing of an earlier run may pass for a result.
void forget() {
    bench::got = {};
    std::memset(bench::rx, 0, sizeof bench::rx);
    std::memset(bench::tx, 0, sizeof bench::tx);
}

template <bool (*Right)(const sample&)>
bool holds(const test_case& of) {
    return Right(*of.of);
}
bool is_scanned(const test_case& of) { return bench::got.length == of.input.size(); }
bool is_copied(const test_case& of) { return bench::got.bytes == of.input && bench::got.bytes.data() == bench::rx; }
bool always(const test_case&) { return true; }

/// The cases of one line of the table.
struct group {
    std::string name;
    const sample& of;
    std::size_t chunk = whole;

    template <bool (*Right)(const sample&)>
    void ours(work run, std::string_view input) const {
        cases.push_back({name + "/library/atmqtt", run, input, chunk, &of, holds<Right>});
    }
    template <bool (*Right)(const sample&)>
    void peer(const char* who, work run, std::string_view input) const {
        cases.push_back({name + "/hand/" + who, run, input, chunk, &of, holds<Right>});
    }
    void scan(std::string_view input) const {
        cases.push_back({name + "/limit/memchr", limit::scan, input, chunk, &of, is_scanned});
    }
    void copy(std::string_view input) const {
        cases.push_back({name + "/limit/memcpy", limit::copy, input, chunk, &of, is_copied});
    }
};

std::string columns(const char* what, std::string_view number, std::string_view density, const char* chunk = "-") {
    return std::string{what} + "/" + std::string{number} + "/" + std::string{density} + "/" + chunk;
}
std::string columns(const char* what, const sample& of) { return columns(what, of.digits, of.density); }

void parse_publish(const sample& of) {
    const group g{columns("1/parse_publish", of), of};
    g.ours<bench::is_publish>(library::parse_publish, line_of(of));
    g.peer<bench::is_publish>("sscanf", by_hand::publish_sscanf, line_of(of));
    g.peer<bench::is_publish>("strtol", by_hand::publish_strtol, line_of(of));
    g.scan(head_of(of));
}

void stream(const sample& of, const char* label, std::size_t chunk) {
    const group g{columns(chunk == 1 ? "3/stream" : "2/stream", of.digits, of.density, label), of, chunk};
    g.ours<bench::is_publish>(library::stream_chunks, of.urc.view());
    g.peer<bench::is_publish>("loop+sscanf", by_hand::stream_sscanf, of.urc.view());
    g.peer<bench::is_publish>("loop+strtol", by_hand::stream_strtol, of.urc.view());
    g.scan(of.urc.view());
    g.copy(of.urc.view());
}

void format_publish(const sample& of) {
    const group g{columns("4/format_publish", std::to_string(of.message.size), of.density), of};
    g.ours<bench::is_line>(library::format_published, of.message.view());
    g.peer<bench::is_line>("loop+snprintf", by_hand::format_loop_snprintf, of.message.view());
    g.peer<bench::is_line>("memchr+memcpy", by_hand::format_memchr_memcpy, of.message.view());
    g.scan(of.message.view());
    g.copy(of.line.view());
}

void format_counted(const sample& of) {
    const group g{columns("5/format_counted", of.digits, "-"), of};
    g.ours<bench::is_counted>(library::format_published_counted, of.payload.view());
    g.peer<bench::is_counted>("snprintf", by_hand::format_counted_snprintf, of.payload.view());
    g.copy(of.counted.view());
}

void parse_command(const sample& of) {
    const group g{columns("6/parse_command", std::to_string(of.message.size), of.density), of};
    g.ours<bench::is_command>(library::copy_command, of.line.view());
    g.peer<bench::is_command>("sscanf+loop", by_hand::parse_command, of.line.view());
    g.peer<bench::is_command>("memchr+memcpy", by_hand::command_memchr_memcpy, of.line.view());
    g.scan(of.line.view());
    g.copy(of.message.view());
}

void parse_suback(const char* name, work ours) {
    const group g{columns(name, "-", "-"), bench::samples[0]};
    g.ours<bench::is_suback>(ours, bench::suback.view());
    g.peer<bench::is_suback>("sscanf", by_hand::suback_sscanf, bench::suback.view());
    g.peer<bench::is_suback>("strncmp", by_hand::suback_strncmp, bench::suback.view());
    g.scan(bench::suback.view());
}

void encode(const sample& of) {
    const group g{columns("8/encode", of), of};
    g.ours<bench::is_packet>(library::encode_publish, of.payload.view());
    g.peer<bench::is_packet>("shifts+memcpy", by_hand::encode_publish, of.payload.view());
    g.copy(of.packet.view());
}

void decode(const sample& of) {
    const group g{columns("9/decode", of), of};
    g.ours<bench::is_publish>(library::decode_bytes, of.packet.view());
    g.peer<bench::is_publish>("shifts", by_hand::decode_bytes, of.packet.view());
    g.copy(packet_head_of(of));
}

void decode_stream(const sample& of) {
    const group g{columns("9/decode_stream", of.digits, of.density, "whole"), of};
    g.ours<bench::is_publish>(library::decode_stream, of.packet.view());
    g.peer<bench::is_publish>("memcpy+shifts", by_hand::decode_copied, of.packet.view());
    g.copy(of.packet.view());
}

void add_cases() {
    cases.push_back({"-/call/-/-/-/limit/nothing", limit::nothing, {}, whole, nullptr, always});
    for (const sample& of : bench::samples) parse_publish(of);
    for (const sample& of : bench::samples) {
        stream(of, "whole", whole);
        stream(of, "64", 64);
        stream(of, "32", 32);
    }
    for (const sample& of : bench::samples) stream(of, "1", 1);
    for (const sample& of : bench::samples) format_publish(of);
    for (const sample& of : bench::samples)
        if (of.density == "dense") format_counted(of);  // it does not look at the payload
    for (const sample& of : bench::samples) parse_command(of);
    parse_suback("7/suback_of_any", library::suback_of_any);
    parse_suback("7/suback_of_two", library::suback_of_two);
    for (const sample& of : bench::samples) encode(of);
    for (const sample& of : bench::samples) decode(of);
    for (const sample& of : bench::samples) decode_stream(of);
}

bool check(const test_case& of) {
    const bool right = of.right(of);
    if (!right) std::fprintf(stderr, "wrong result: %s\n", of.name.c_str());
    broken = broken || !right;
    return right;
}

void check_once(const test_case& of) {
    forget();
    bench::chunk_size = of.chunk;
    of.run(of.input);
    check(of);
}

void measure(benchmark::State& state, const test_case& of) {
    forget();
    bench::chunk_size = of.chunk;
    work run = of.run;
    std::string_view input = of.input;
    benchmark::DoNotOptimize(run);
    for (auto _ : state) {
        benchmark::DoNotOptimize(input);
        run(input);
        benchmark::ClobberMemory();
    }
    if (!check(of)) state.SkipWithError("wrong result");
}

}  // namespace

int main(int count, char** words) {
    bench::prepare();
    bench::fill_samples();
    add_cases();
    for (const test_case& of : cases) check_once(of);
    if (broken) return 1;

    benchmark::Initialize(&count, words);
    if (benchmark::ReportUnrecognizedArguments(count, words)) return 1;
#ifdef __clang__
    benchmark::AddCustomContext("compiler", __VERSION__);
#else
    benchmark::AddCustomContext("compiler", "g++ " __VERSION__);
#endif
    for (const test_case& of : cases)
        benchmark::RegisterBenchmark(of.name.c_str(), [&of](benchmark::State& state) { measure(state, of); });
    benchmark::RunSpecifiedBenchmarks();
    return broken ? 1 : 0;
}
