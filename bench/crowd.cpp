// Many hosts and modems, all in one thread, each taking its turn: what a message costs, whatever their number, and what each takes.
// Prints `count publish/NUMBER` and `count message/NUMBER` for a message each way of all of them, and `bytes NAME`.
// SPDX-License-Identifier: MIT
#include "harness.hpp"
#include "pair.hpp"

#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

std::size_t allocated = 0;

}  // namespace

// Whatever is allocated is counted: that a machine takes more than it was lent would be seen.
void* operator new(std::size_t size) {
    allocated += size;
    if (void* const made = std::malloc(size)) return made;
    std::abort();  // there is no more memory, and nothing to be measured
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }

namespace bench {
namespace {

constexpr std::string_view payload = "{\"datastreams\":[{\"id\":\"4G\",\"datapoints\":[{\"value\":\"1\"}]}]}......";
static_assert(payload.size() == 64);
constexpr std::string_view packet_of_head{"\x32\x4D\0\x09"
                                          "dev/gsm/u"
                                          "\0\x01",
                                          15};

const pair_sizes sizes;
const atmqtt::subscribe topics[] = {{topic, atmqtt::qos::at_least_once}};
atmqtt::settings wanted;
std::string brought;

std::vector<std::unique_ptr<pair>> all;
atmqtt::instant now;
std::size_t rounds = 0;  // messages each way that each has had
std::size_t before = 0;  // allocated when they were there

bool move_all() {
    bool moved = false;
    for (const auto& one : all) moved = one->move(now) || moved;
    return moved;
}
std::optional<atmqtt::millis> shortest_wait() {
    std::optional<atmqtt::millis> shortest;
    for (const auto& one : all) shortest = atmqtt::shorter(shortest, one->wait(now));
    return shortest;
}
// One move of each by turns, until none has anything to do for a second.
void settle() {
    for (;;) {
        while (move_all()) {}
        const auto pause = shortest_wait();
        if (!pause || pause->count() > 1'000) return;
        now = now + *pause;
    }
}

void publish(std::string_view) {
    for (const auto& one : all) (void)one->host().publish(topic, payload, atmqtt::qos::at_least_once, false);
    settle();
}
void bring(std::string_view) {
    for (const auto& one : all) one->bring(brought);
    settle();
}

template <class Holds>
bool each(Holds holds) {
    for (const auto& one : all)
        if (!holds(*one)) return false;
    return allocated == before;
}
bool are_open() {
    return each([](const pair& one) { return one.is_open(); });
}
bool have_published() {
    return each([](pair& one) { return one.done() == rounds && one.far().published() == rounds; });
}
bool have_heard() {
    return each([](pair& one) {
        return one.messages() == rounds && one.payload() == rounds * payload.size() &&
               one.far().acknowledged() == rounds;
    });
}

void make(std::size_t count) {
    now = {0xFFFFFFC0};  // it wraps on the way
    all.clear();
    all.reserve(count);
    const std::size_t none = allocated;
    while (all.size() != count) all.push_back(std::make_unique<pair>(sizes));
    before = allocated;
    const std::size_t each_one = sizeof(pair) + pair::allocated(sizes);
    if (before - none != count * each_one) print("wrong", "allocated", before - none);
    for (const auto& one : all) (void)one->host().open(wanted, now);
    settle();
    if (!are_open()) print("wrong", "open", count);
}

// Twice, after a first time: what is found must be right each time, and measure.py wants both counts alike.
void measure_all(const char* what, work run, bool (*right)()) {
    bool good = true;
    rounds = 0;
    const std::string name = std::string(what) + "/" + std::to_string(all.size());
    before = allocated;
    for (int turn = 0; turn != 3; ++turn) {
        ++rounds;
        if (turn == 0)
            run({});
        else
            instructions(run, {});
        good = right() && good;
    }
    print(good ? "count" : "wrong", name.c_str(), 0);
}

}  // namespace
}  // namespace bench

void program() {
    using namespace bench;
    wanted.server.host = "h";
    wanted.server.id = "card-7";
    wanted.subscriptions = topics;
    wanted.subscription_count = 1;
    brought.append(packet_of_head).append(payload);
    begin();
    for (std::size_t count = 1; count <= 10'000; count *= 10) {
        make(count);
        measure_all("publish", publish, have_published);
        measure_all("message", bring, have_heard);
    }
    print("bytes", "host", sizeof(atmqtt::host) + sizes.of_host());
    print("bytes", "modem", sizeof(atmqtt::modem) + sizes.of_modem());
}
