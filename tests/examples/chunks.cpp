// The same capture in other pieces, and captures that end too early.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

using namespace decode;

namespace {

// Where to cut or split. In a long run of one byte all places are alike: there its ends do.
std::vector<std::size_t> places_in(std::string_view bytes) {
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        const std::size_t around = 24;
        const bool inside_run = at >= around && at + around <= bytes.size() &&
                                bytes.substr(at - around, 2 * around).find_first_not_of(bytes[at]) == bytes.npos;
        if (!inside_run) found.push_back(at);
    }
    // A prime each: over all captures every kind of place is met.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < found.size(); i += process::is_sanitized ? 5 : 3) found[kept++] = found[i];
    found.resize(kept);
    return found;
}

}  // namespace

TEST_CASE("a capture that comes byte by byte gives the same output") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const process::deadline until;
        process::child slow{as_json(sample.from)};
        for (const char& byte : sample.bytes) slow.write_apart({&byte, 1}, until);
        CHECK(slow.finish(until) == 0);
        CHECK(slow.out() == process::run(as_json(sample.from), sample.bytes).out);
    }
}

TEST_CASE("every split point of every capture gives the same output") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const std::string_view bytes = sample.bytes;
        const std::string whole = printed(as_objects(sample.from), {bytes});
        CHECK(!whole.empty());
        for (const std::size_t split : places_in(bytes)) {
            CAPTURE(split);
            const std::string parts = printed(as_objects(sample.from), {bytes.substr(0, split), bytes.substr(split)});
            CHECK(parts == whole);
        }
    }
}

namespace {

// How many objects of the whole capture must be there, unchanged, when only `size` bytes of it came.
std::size_t objects_sure(const capture& sample, std::size_t size) {
    std::size_t sure = 0;
    for (const auto& object : sample.golden) {
        if (end_of(object) > size) break;
        // With its count full and no byte behind it, a message is not yet known to be longer or shorter than declared.
        const bool has_mismatch = object.contains("mismatch") && end_of(object) < sample.bytes.size();
        if (has_mismatch && size >= end_of_count(object) && size < end_of_count(object) + 2) break;
        ++sure;
    }
    return sure;
}

void check_cut(const capture& sample, std::size_t size, std::string_view output,
               const std::vector<std::string_view>& whole) {
    CAPTURE(size);
    account sizes;
    sizes(output);
    CHECK(sizes.trouble() == "");
    CHECK(sizes.total() == size);
    const auto found = lines_of(output);
    const std::size_t sure = objects_sure(sample, size);
    CHECK(found.size() >= sure);
    for (std::size_t i = 0; i < sure && i < found.size(); ++i) CHECK(found[i] == whole[i]);
}

}  // namespace

TEST_CASE("a capture cut at any byte is accounted for to its end, and no line in front of the cut is lost") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const std::string output = printed(as_objects(sample.from), {sample.bytes});
        const auto whole = lines_of(output);
        for (const std::size_t size : places_in(sample.bytes)) {
            const auto cut = std::string_view{sample.bytes}.substr(0, size);
            check_cut(sample, size, printed(as_objects(sample.from), {cut}), whole);
        }
    }
}
