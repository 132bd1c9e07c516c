// A host and a modem back to back, with a broker behind, under every fault that they are to survive: seeds, one after the other.
//   pair                      the seeds of the tests
//   pair --seeds FROM COUNT   others
//   pair --seed N             one of them, with all that happens
// SPDX-License-Identifier: MIT
#include "ledger.hpp"
#include "run.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using atmqtt::pair::counts;
using atmqtt::pair::moment;

constexpr std::uint64_t default_count = 1000;

struct total {
    counts count;
    double hours = 0;
    moment longest_return = 0;
};

// False, and the reason is printed, where a claim does not hold.
bool passes(std::uint64_t seed, total& sum, bool shows) {
    std::string why;
    atmqtt::pair::run one(seed, sum.count, shows);
    try {
        one.play();
    } catch (const atmqtt::pair::failure& found) {
        why = found.words;
    }
    sum.hours += static_cast<double>(one.now()) / 3'600'000;
    if (one.longest_return() > sum.longest_return) sum.longest_return = one.longest_return();
    if (why.empty()) return true;
    std::printf("seed %llu fails after %.3f s: %s\n", static_cast<unsigned long long>(seed),
                static_cast<double>(one.now()) / 1000, why.c_str());
    for (const std::string& fault : one.faults()) std::printf("    %s\n", fault.c_str());
    std::printf("pair --seed %llu shows it\n", static_cast<unsigned long long>(seed));
    return false;
}

// What must have happened so often in the seeds of the tests, or they show little.
constexpr struct {
    const char* what;
    std::uint64_t least;
} minimums[] = {
    {"acknowledged at QoS 0", 10'000},
    {"acknowledged at QoS 1", 10'000},
    {"acknowledged at QoS 2", 20'000},
    {"delivered to the broker at QoS 2", 20'000},
    {"published by the broker", 8'000},
    {"message came at QoS 0", 3'000},
    {"message came at QoS 1", 2'500},
    {"message came at QoS 2", 1'500},
    {"message in pieces", 100},
    {"message too large", 100},
    {"message taken for one of an earlier life", 5},
    {"verdict accepted", 20},
    {"verdict no_ack", 300},
    {"verdict no_answer", 300},
    {"verdict refused", 2'000},
    {"verdict unknown", 400},
    {"opened", 10'000},
    {"closed by the application", 600},
    {"network needed", 1'500},
    {"given up", 400},
    {"stuck", 100},
    {"restart found", 800},
    {"moved", 5'000},
    {"alarm between lines", 5'000},
    {"OK comes late", 1'500},
    {"OK comes too late", 200},
    {"bytes lost", 5'000},
    {"fault: OKs come late", 2'000},
    {"fault: UART of the host is held up", 2'000},
    {"fault: UART of the module is held up", 2'000},
    {"fault: alarms between lines", 2'000},
    {"fault: broker is down", 2'000},
    {"fault: broker is frozen", 2'000},
    {"fault: broker restarts with its sessions", 2'000},
    {"fault: broker restarts without its sessions", 2'000},
    {"fault: bytes are lost", 700},
    {"fault: connecting hangs", 2'000},
    {"fault: host is told of lost bytes", 150},
    {"fault: link is cut", 3'500},
    {"fault: module is slow", 2'000},
    {"fault: module restarts", 2'000},
    {"fault: network is lost", 1'500},
};

bool has_enough(const counts& count) {
    bool all = true;
    for (const auto& [what, least] : minimums) {
        const auto found = count.find(what);
        const std::uint64_t times = found == count.end() ? 0 : found->second;
        if (times >= least) continue;
        std::printf("too few: %s: %llu of %llu\n", what, static_cast<unsigned long long>(times),
                    static_cast<unsigned long long>(least));
        all = false;
    }
    return all;
}

std::uint64_t number(const char* word) { return std::strtoull(word, nullptr, 10); }

}  // namespace

int main(int argc, char** arguments) {
    const bool is_one = argc == 3 && std::strcmp(arguments[1], "--seed") == 0;
    const bool is_many = argc == 4 && std::strcmp(arguments[1], "--seeds") == 0;
    if (argc != 1 && !is_one && !is_many) {
        std::fputs("pair [--seed N | --seeds FROM COUNT]\n", stderr);
        return 2;
    }
    total sum;
    if (is_one) return passes(number(arguments[2]), sum, true) ? 0 : 1;
    const std::uint64_t from = is_many ? number(arguments[2]) : 0;
    const std::uint64_t count = is_many ? number(arguments[3]) : default_count;
    for (std::uint64_t seed = from; seed != from + count; ++seed)
        if (!passes(seed, sum, false)) return 1;
    for (const auto& [what, times] : sum.count)
        std::printf("%10llu  %s\n", static_cast<unsigned long long>(times), what.c_str());
    std::printf("%llu seeds, %.0f simulated hours; the longest way back took %.0f s\n",
                static_cast<unsigned long long>(count), sum.hours, static_cast<double>(sum.longest_return) / 1000);
    return is_many || has_enough(sum.count) ? 0 : 1;
}
