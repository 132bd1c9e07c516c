// One seed from its start to its end: what happens by chance, what goes wrong, and that it is all well again afterwards. With a
// script, what happens is drawn from it, and when it has come to its end no more does.
// SPDX-License-Identifier: MIT
#pragma once

#include "application.hpp"
#include "dice.hpp"
#include "ledger.hpp"
#include "plan.hpp"
#include "world.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atmqtt::pair {

class run {
public:
    run(std::uint64_t seed, counts& count, bool shows, std::string_view script = {})
        : script_(script),
          is_scripted_(!script.empty()),
          plan_(seed, from_script()),
          count_(count),
          book_(plan_.how, count),
          world_(seed, plan_, count, shows),
          app_(seed, from_script(), world_, book_, count),
          chance_(seed ^ 0xcafe, from_script()) {
        auto& server = world_.server;
        server.taken = [this](const mqtt::publish& m, bool is_mistaken) {
            if (m.topic != "will") book_.take(m, is_mistaken);
        };
        server.sent = [this](const std::string& topic, int life) { book_.sent(topic, life, world_.now); };
        server.lost = [this](const std::string& topic) { book_.lost(topic); };
        server.ended = [this](const std::string& topic) { book_.ended(topic, world_.now); };
    }
    const std::vector<std::string>& faults() const { return faults_; }
    moment now() const { return world_.now; }

    void play() {
        if (!plan_.is_ready_at_first && plan_.how != weather::quiet) restart(20'000);
        world_.at(0, [this] { app_.open(); });
        world_.run_until(chance_.between(0, 20'000));
        schedule_action();
        if (plan_.how != weather::quiet) schedule_fault();
        world_.run_until(plan_.span);
        world_.at(world_.now, [this] { be_well(); });
        const moment limit = world_.now + plan_.bound();
        while (!app_.is_through && world_.now < limit) {
            world_.at(world_.now, [this] {
                if (world_.is_on) app_.open();
                app_.publish_last();
            });
            world_.run_until(world_.now + 1'000);
        }
        claim(app_.is_through, "once all is well it is open again, and a message is acknowledged, within the bound");
        longest_return_ = world_.now + plan_.bound() - limit;
        end();
    }
    moment longest_return() const { return longest_return_; }

private:
    std::string_view* from_script() { return is_scripted_ ? &script_ : nullptr; }
    bool is_past(moment due) const { return due >= plan_.span || (is_scripted_ && script_.size() < 2); }

    void end() {
        // Of two restarts of the broker one may have come last: subscribing anew takes a while.
        for (unsigned turn = 0; turn != 600 && !app_.is_opened(); ++turn) world_.run_until(world_.now + 1'000);
        claim(plan_.how == weather::lossy || app_.is_opened(), "once all is well it is open");
        world_.at(world_.now, [this] {
            if (plan_.how != weather::lossy) app_.publish_to_all();
        });
        world_.run_until(world_.now + 120'000);
        app_.settle();
        book_.settle();
        world_.end_witness();
        count_["bytes lost"] += world_.to_modem.bytes_lost + world_.to_host.bytes_lost;
        count_["chunks"] += world_.to_modem.chunks + world_.to_host.chunks;
    }

    // --- what happens ---

    void schedule_action() {
        const moment gap = chance_.percent(80) ? chance_.between(5, 3'000) : chance_.between(10'000, 900'000);
        if (is_past(world_.now + gap)) return;
        world_.at(world_.now + gap, [this] {
            if (plan_.how == weather::quiet || !chance_.percent(1))
                app_.act();
            else
                close_for_a_while();
            // Right into what was begun.
            if (plan_.how != weather::quiet && chance_.percent(6))
                world_.at(world_.now + chance_.between(0, 600), [this] { fault(); });
            schedule_action();
        });
    }
    void close_for_a_while() {
        app_.close();
        ++count_["closed by the application"];
        world_.at(world_.now + chance_.between(0, 60'000), [this] { open_when_closed(); });
    }
    void open_when_closed() {
        if (app_.is_closing()) return world_.at(world_.now + 1'000, [this] { open_when_closed(); });
        app_.open();
    }
    void schedule_fault() {
        const moment gap = chance_.percent(50) ? chance_.between(1, 20'000) : chance_.between(20'000, 1'200'000);
        if (is_past(world_.now + gap)) return;
        world_.at(world_.now + gap, [this] {
            fault();
            schedule_fault();
        });
    }
    void be_well() {
        note("all is well");
        is_well_ = true;
        world_.is_frozen = world_.is_refusing = world_.is_hanging = false;
        world_.says.late_ok = world_.says.alarms = 0;
        world_.to_host.lost = world_.to_modem.lost = 0;
        if (!app_.has_network) set_network(true);
        if (!world_.is_on) world_.switch_on(true);
    }
    void note(const std::string& what, const std::string& more = {}) {
        if (!is_well_) ++count_["fault: " + what];
        faults_.push_back(std::to_string(world_.now) + " ms: " + what + more);
        world_.say("fault: " + what + more);
    }
    static std::string seconds(moment span) { return " for " + std::to_string(span) + " ms"; }

    void fault() {
        if (is_well_) return;
        const auto last = plan_.how == weather::lossy ? 15U : 13U;
        switch (chance_.between(0, last)) {
            case 0: return restart(chance_.between(600, 30'000));
            case 1: return hold(world_.to_host, "UART of the module is held up", 400);
            case 2: return hold(world_.to_modem, "UART of the host is held up", 5'000);
            case 3: return for_a_while(world_.says.late_ok, chance_.between(5, 60), "OKs come late");
            case 4: return for_a_while(world_.says.alarms, chance_.between(5, 60), "alarms between lines");
            case 5: return broker_restarts(true);
            case 6: return broker_restarts(false);
            case 7:
            case 8: return cut();
            case 9: return for_a_while(world_.is_frozen, true, "broker is frozen");
            case 10: return for_a_while(world_.is_refusing, true, "broker is down");
            case 11: return for_a_while(world_.is_hanging, true, "connecting hangs");
            case 12: return lose_network();
            case 13: return slow_down();
            default: return lose_bytes();
        }
    }
    void restart(moment off) {
        const bool is_told = chance_.percent(30);
        if (!world_.is_on) return;
        note("module restarts", seconds(off) + (is_told ? ", as the host is told" : ""));
        book_.module_lost(world_.now, 20'000);
        world_.switch_off();
        world_.at(world_.now + off, [this, is_told] {
            if (world_.is_on) return;
            world_.switch_on(app_.has_network);
            if (is_told) world_.tell_restarted();
        });
    }
    void hold(wire& which, const char* what, std::uint32_t most) {
        const moment span = chance_.between(10, most);
        note(what, seconds(span));
        which.hold_all(world_.now, span);
    }
    void slow_down() {
        const moment span = chance_.between(400, 12'000);
        note("module is slow", seconds(span));
        world_.says.slow_down(world_.now, span);
    }
    template <class Value, class Bad>
    void for_a_while(Value& which, Bad bad, const char* what) {
        const moment span = chance_.percent(70) ? chance_.between(100, 30'000) : chance_.between(30'000, 400'000);
        note(what, seconds(span));
        which = static_cast<Value>(bad);
        world_.at(world_.now + span, [&which] { which = Value{}; });
    }
    void broker_restarts(bool with_sessions) {
        note(with_sessions ? "broker restarts with its sessions" : "broker restarts without its sessions");
        world_.restart_broker(with_sessions);
    }
    void cut() {
        const moment after = chance_.percent(70) ? 0 : chance_.between(1, 60'000);
        note("link is cut", after == 0 ? "" : ", and heard of after " + std::to_string(after) + " ms");
        world_.cut(after);
    }
    void lose_network() {
        if (!app_.has_network) return;
        const moment span = chance_.between(1'000, 300'000);
        note("network is lost", seconds(span));
        set_network(false);
        world_.at(world_.now + span, [this] { set_network(true); });
    }
    void set_network(bool is_up) {
        if (app_.has_network == is_up) return;
        app_.has_network = is_up;
        world_.set_network(is_up);
    }
    void lose_bytes() {
        if (chance_.percent(20)) {
            note("host is told of lost bytes");
            return world_.tell_lost();
        }
        wire& which = chance_.percent(50) ? world_.to_host : world_.to_modem;
        for_a_while(which.lost, chance_.percent(70) ? chance_.between(10, 3'000) : 300'000U, "bytes are lost");
    }

    std::string_view script_;
    bool is_scripted_;
    plan plan_;
    counts& count_;
    ledger book_;
    world world_;
    application app_;
    dice chance_;
    std::vector<std::string> faults_;
    moment longest_return_ = 0;
    bool is_well_ = false;
};

}  // namespace atmqtt::pair
