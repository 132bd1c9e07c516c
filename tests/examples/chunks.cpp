// The same capture in other pieces, and captures that end too early.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>

using namespace decode;

namespace {

/// What is started meanwhile does not look for leaks when it ends: of thousands of runs that would be half of the time. All
/// others do.
class without_leak_search {
public:
    without_leak_search() {
        if (const char* value = std::getenv(name_)) before_ = value;
        ::setenv(name_, (before_ + ":detect_leaks=0").c_str(), 1);
    }
    without_leak_search(const without_leak_search&) = delete;
    without_leak_search& operator=(const without_leak_search&) = delete;
    ~without_leak_search() { ::setenv(name_, before_.c_str(), 1); }

private:
    static constexpr const char* name_ = "ASAN_OPTIONS";
    std::string before_;
};

/// One run for each job, several at a time; `use` is called in order.
template <class Start, class Use>
void in_turn(std::size_t jobs, Start start, Use use) {
    const without_leak_search quicker;
    std::deque<std::unique_ptr<process::child>> running;
    std::size_t begun = 0;
    for (std::size_t job = 0; job < jobs; ++job) {
        while (begun < jobs && running.size() < 6) running.push_back(start(begun++));
        const int status = running.front()->finish();
        use(job, status, *running.front());
        running.pop_front();
    }
}

// Where to cut or split. In a long run of one byte all places are alike: there its ends do.
std::vector<std::size_t> places_in(std::string_view bytes) {
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        const std::size_t around = 24;
        const bool inside_run = at >= around && at + around <= bytes.size() &&
                                bytes.substr(at - around, 2 * around).find_first_not_of(bytes[at]) == bytes.npos;
        if (!inside_run) found.push_back(at);
    }
    // A prime each: over all captures every kind of place is met. A sanitized program is slow to start.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < found.size(); i += process::is_sanitized ? 17 : 7) found[kept++] = found[i];
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

namespace {

/// The output for copies of a capture, from that for one: `at` goes on, all else is the same.
class copies_of {
public:
    explicit copies_of(const std::string& output) {
        for (const auto line : lines_of(output)) {
            const std::size_t key = line.find("\"at\":");
            const std::size_t number = line.find_first_of("0123456789", key);
            const std::size_t rest = line.find_first_not_of("0123456789", number);
            lines_.push_back(
                {std::string{line.substr(0, number)}, number_in(line, "at"), std::string{line.substr(rest)}});
        }
    }
    std::string with_at_from(std::size_t start) const {
        std::string all;
        for (const auto& line : lines_) all += line.front + std::to_string(start + line.at) + line.rest + "\n";
        return all;
    }

private:
    struct parts {
        std::string front;
        std::size_t at;
        std::string rest;
    };
    std::vector<parts> lines_;
};

}  // namespace

// Where a capture is whole at its end, its copies stand in one stream, and each is split elsewhere: one process for all.
TEST_CASE("every split point of every whole capture gives the same output") {
    for (const auto& sample : captures()) {
        if (!ends_whole(sample)) continue;
        CAPTURE(sample.name);
        const std::string_view bytes = sample.bytes;
        const copies_of whole{process::run(as_json(sample.from), bytes).out};
        const process::deadline until{2 * process::patience};
        process::child parts{as_json(sample.from)};
        std::string expected;
        std::size_t start = 0;
        for (const std::size_t split : places_in(bytes)) {
            parts.write_apart(bytes.substr(0, split), until);
            parts.write_apart(bytes.substr(split), until);
            expected += whole.with_at_from(start);
            start += bytes.size();
        }
        CHECK(parts.finish(until) == 0);
        const bool is_same = parts.out() == expected;
        CHECK(is_same);
    }
}

TEST_CASE("every split point of every unfinished capture gives the same output") {
    for (const auto& sample : captures()) {
        if (ends_whole(sample)) continue;
        CAPTURE(sample.name);
        const std::string_view bytes = sample.bytes;
        const std::string whole = process::run(as_json(sample.from), bytes).out;
        CHECK(!whole.empty());
        const auto start = [&](std::size_t job) {
            auto one = std::make_unique<process::child>(as_json(sample.from));
            one->write_apart(bytes.substr(0, job + 1));
            one->write_apart(bytes.substr(job + 1));
            one->end_input();
            return one;
        };
        in_turn(bytes.size() - 1, start, [&](std::size_t job, int status, const process::child& one) {
            CAPTURE(job);
            CHECK(status == 0);
            CHECK(one.out() == whole);
        });
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
        const std::string output = process::run(as_json(sample.from), sample.bytes).out;
        const auto whole = lines_of(output);
        const auto cuts = places_in(sample.bytes);
        const auto start = [&](std::size_t job) {
            auto one = std::make_unique<process::child>(as_json(sample.from));
            one->write(std::string_view{sample.bytes}.substr(0, cuts[job]));
            one->end_input();
            return one;
        };
        in_turn(cuts.size(), start, [&](std::size_t job, int status, const process::child& one) {
            CHECK(status == 0);
            check_cut(sample, cuts[job], one.out(), whole);
        });
    }
}
