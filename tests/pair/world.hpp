// A host and a modem back to back, with a UART between them, a broker behind, and time that jumps to whatever happens next.
// SPDX-License-Identifier: MIT
#pragma once

#include "broker.hpp"
#include "dice.hpp"
#include "ledger.hpp"
#include "mouth.hpp"
#include "plan.hpp"
#include "wire.hpp"
#include "witness.hpp"

#include "../host/host_words.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atmqtt::pair {

/// Lent memory that ends where it ends.
struct memory {
    explicit memory(std::size_t size) : bytes(size, 'Z') {}
    operator buffer() { return {bytes.data(), bytes.size()}; }  // NOLINT: as lent
    std::vector<char> bytes;
};

class world {
    counts& count_;
    bool shows_;
    dice chance_;
    std::unique_ptr<memory> host_rx_;
    std::unique_ptr<memory> host_tx_;

public:
    world(std::uint64_t seed, const plan& chosen, counts& count, bool shows)
        : count_(count),
          shows_(shows),
          chance_(seed ^ 0xf00d),
          host_rx_(std::make_unique<memory>(chosen.rx_size)),
          host_tx_(std::make_unique<memory>(1100)),
          wanted(chosen),
          it(chosen.host, *host_rx_, *host_tx_),
          to_modem(seed ^ 1),
          to_host(seed ^ 2),
          up(seed ^ 3),
          down(seed ^ 4),
          says(seed ^ 5, to_host, count) {
        server.says = [this](int socket, std::string_view bytes) {
            down.send(bytes, now + chance_.between(0, 200), socket);
        };
        start_module();
    }

    const plan& wanted;
    host it;
    wire to_modem;
    wire to_host;
    wire up;  ///< to the broker
    wire down;
    mouth says;                                     ///< of the module
    std::function<void(const host::event&)> hears;  ///< the application
    broker server;
    moment now = 0;
    int life = 0;  ///< of the module's session: ends with its memory, and when it is told to forget

    // --- what faults are made of ---

    bool is_on = true;         ///< the module
    bool is_frozen = false;    ///< the broker reads nothing
    bool is_refusing = false;  ///< nothing listens where the broker was
    bool is_hanging = false;   ///< nor does anything say so
    moment silent_until = 0;   ///< the host has said that it waits; what it had begun may still go out

    instant clock() const { return {static_cast<std::uint32_t>(wanted.start + now)}; }
    void at(moment due, std::function<void()> what) { agenda_.emplace(due, std::move(what)); }
    void say(const std::string& words) const {
        if (shows_) std::printf("%10.3f  %s\n", static_cast<double>(now) / 1000, shortened(words).c_str());
    }

    static std::string shortened(const std::string& words) {
        if (words.size() <= 160) return words;
        return words.substr(0, 120) + "... " + std::to_string(words.size()) + " ..." + words.substr(words.size() - 20);
    }

    void switch_off() {
        if (!is_on) return;
        is_on = false;
        to_modem.clear();
        to_host.clear();
        pending_.clear();
        says.be_silent();
        hang_up(socket_, false);
        socket_ = 0;
        ++life;
    }
    void switch_on(bool has_network) {
        start_module();
        is_on = true;
        modem_->set_network(has_network);
        if (wanted.says_boot) to_host.send("\r\n" + std::string(plan::boot_line) + "\r\n", now);
    }
    void set_network(bool is_up) {
        if (is_on) modem_->set_network(is_up);
        if (!is_up) hang_up(socket_, true);
    }
    /// The socket is gone, and what was under way on it. The module hears of it, or finds it out.
    void cut(moment heard_after) { hang_up(socket_, true, heard_after); }
    void restart_broker(bool with_sessions) {
        hang_up(socket_, true, chance_.between(0, 3'000));
        up.clear();
        if (!with_sessions) server.forget_sessions();
    }
    /// The host goes on in other memory, and what it had is overwritten.
    void move() {
        auto rx = std::make_unique<memory>(*host_rx_);
        auto tx = std::make_unique<memory>(*host_tx_);
        host_rx_->bytes.assign(host_rx_->bytes.size(), 'Z');
        host_tx_->bytes.assign(host_tx_->bytes.size(), 'Z');
        host copy = it;
        copy.rebind(*rx, *tx, lent);
        it = copy;
        host_rx_ = std::move(rx);
        host_tx_ = std::move(tx);
    }
    std::string_view lent;  ///< of the message under way
    /// The integrator says that the module was switched off and on, or that bytes were lost.
    void tell_restarted() {
        end_witness();
        silent_until = 0;
        it.restarted(clock());
    }
    void tell_lost() {
        end_witness();
        it.lost(clock());
    }

    // --- time ---

    void run_until(moment end) {
        for (;;) {
            check_idle();
            settle();
            const moment next = next_moment();
            if (next > end) break;
            claim(next > now, "once tick gives nothing, wait is not zero");
            now = next;
        }
        now = end;
        check_idle();
        settle();
    }
    void end_witness() { witness_.finish(wanted.how == weather::lossy); }

private:
    // --- the module ---

    struct module_memory {
        memory command{1300}, lines{4096}, profile{atmqtt::profile::most}, subscriptions{1024}, rx{1400}, tx{700};
        std::vector<in_flight> records = std::vector<in_flight>(10);
        modem_memory lent() { return {command, lines, profile, subscriptions, rx, tx, records.data(), records.size()}; }
    };
    void start_module() {
        module_ = std::make_unique<module_memory>();
        modem_ = std::make_unique<modem>(module_->lent(), wanted.modem);
        pending_.clear();
    }

    // --- sockets ---

    void hang_up(int socket, bool tells, moment after = 0) {
        if (socket == 0) return;
        up.clear(socket);
        down.clear(socket);
        server.drop(socket);
        is_up_ = false;
        is_dead_ = true;
        if (!tells) return;
        at(now + after, [this, socket] {
            if (socket_ != socket || !is_on) return;
            socket_ = 0;
            modem_->disconnected();
        });
    }
    void dial() {
        socket_ = ++last_socket_;
        is_up_ = is_dead_ = false;
        if (is_hanging) return;
        at(now + chance_.between(1, 400), [this, socket = socket_] {
            if (socket_ != socket || !is_on) return;
            if (is_refusing) {
                socket_ = 0;
                return modem_->connect_failed();
            }
            is_up_ = true;
            server.accept(socket, life);
            modem_->connected();
        });
    }
    // What was handed out before still arrives.
    void close() {
        const int socket = socket_;
        down.clear(socket);
        if (is_up_ && !is_dead_)
            at(now + 500, [this, socket] {
                if (!is_frozen) server.drop(socket);
            });
        socket_ = 0;
        is_up_ = false;
    }
    void note_modem(const modem::event& found) {
        match(
            found, [&](const from_card::connect&) { dial(); }, [&](const from_card::close&) { close(); },
            [&](const from_card::dropped&) { claim(wanted.how == weather::lossy, "the module drops no message"); },
            [&](const from_card::violation& v) {
                claim(false, "the broker violates nothing", std::string(text_of(v.why.code)));
            },
            [&](const auto&) {});
    }

    // --- one moment ---

    // Before anything happens at this moment: nothing is due before its time.
    void check_idle() {
        const bool is_early = !host_due_ || now < *host_due_;
        if (is_early && is_settled_) {
            const bool is_due = it.tick(clock()).has_value() || (taken_ == 0 && !it.transmit().empty());
            claim(!is_due, "nothing is due before its time, at the host");
        }
        const bool is_modem_early = !modem_due_ || now < *modem_due_;
        if (is_modem_early && is_settled_ && is_on && modem_->tick(clock()))
            claim(false, "nothing is due before its time, at the module");
    }
    void settle() {
        unsigned turns = 0;
        while (turn()) comes_to_rest(turns);
        const auto host_wait = it.wait(clock());
        host_due_.reset();
        if (host_wait) host_due_ = now + host_wait->count();
        modem_due_.reset();
        const auto modem_wait = is_on ? modem_->wait(clock()) : std::nullopt;
        if (modem_wait) modem_due_ = now + modem_wait->count();
        is_settled_ = true;
    }
    static void comes_to_rest(unsigned& turns) { claim(++turns < 200'000, "it comes to rest"); }
    bool turn() {
        bool moves = false;
        while (!agenda_.empty() && agenda_.begin()->first <= now) {
            const auto what = std::move(agenda_.begin()->second);
            agenda_.erase(agenda_.begin());
            what();
            moves = true;
        }
        moves |= receive_at_host();
        moves |= tick_host();
        moves |= write_of_host();
        if (is_on) {
            moves |= receive_at_module();
            moves |= write_of_module();
            moves |= move_socket();
        } else {
            while (!to_modem.take(now).empty()) moves = true;
            down.clear();
        }
        moves |= move_broker();
        return moves;
    }
    moment next_moment() const {
        std::optional<moment> next;
        const auto sooner = [&next](std::optional<moment> due) {
            if (due && (!next || *due < *next)) next = due;
        };
        sooner(host_due_);
        sooner(modem_due_);
        if (!agenda_.empty()) sooner(agenda_.begin()->first);
        sooner(to_host.due());
        sooner(to_modem.due());
        if (!is_frozen) sooner(up.due());
        if (broker_bytes_.empty()) sooner(down.due());  // else the module takes no more for now
        return next ? *next : UINT64_MAX;
    }

    // --- the host ---

    bool receive_at_host() {
        const std::string bytes = to_host.take(now);
        if (bytes.empty()) return false;
        const std::vector<char> exact(bytes.begin(), bytes.end());
        witness_.receive({exact.data(), exact.size()}, clock());
        std::string_view input{exact.data(), exact.size()};
        unsigned count = 0;
        while (const auto found = it.receive(input, clock())) hear(*found), comes_to_rest(count);
        claim(input.empty(), "all input is taken");
        return true;
    }
    bool tick_host() {
        unsigned count = 0;
        while (const auto found = it.tick(clock())) hear(*found), comes_to_rest(count);
        const bool moves = count != 0;
        const auto wait = it.wait(clock());
        claim(!wait || wait->count() != 0, "once tick gives nothing, wait is not zero");
        witness_.tick(clock());
        return moves;
    }
    bool write_of_host() {
        if (taken_ != 0 && now < taken_until_) return false;
        if (taken_ != 0) {
            it.transmitted(taken_, clock());
            taken_ = 0;
            return true;
        }
        const std::string_view bytes = first(it.transmit(), chance_.percent(80) ? SIZE_MAX : chance_.between(1, 30));
        if (bytes.empty()) return false;
        to_modem.send(bytes, now);
        taken_ = bytes.size();
        taken_until_ = now + (chance_.percent(90) ? 0 : chance_.between(1, 10));
        if (taken_until_ != now) at(taken_until_, [] {});
        return true;
    }
    void hear(const host::event& found) {
        const std::string words = testing::in_words(found);
        if (shows_) say("host: " + words);
        const bool is_message = std::holds_alternative<on::message>(found);
        claim(is_message || wanted.how == weather::lossy || words.find(wanted.password) == std::string::npos,
              "no event holds a password", words);
        witness_.hear(found);
        if (std::holds_alternative<on::malformed>(found)) ++count_["malformed"];
        hears(found);
        claim(in_words_again(found, words), "an event stays valid while its handler sends");
    }
    static bool in_words_again(const host::event& found, const std::string& words) {
        return testing::in_words(found) == words;
    }

    // --- the module's side of the UART ---

    bool receive_at_module() {
        const std::string bytes = to_modem.take(now);
        note_commands(bytes);
        pending_ += bytes;
        bool moves = !bytes.empty();
        std::string_view input = pending_;
        while (const auto found = modem_->receive(input, clock())) {
            note_modem(*found);
            moves = true;
        }
        moves |= input.size() != pending_.size();
        pending_ = std::string(input);
        while (const auto found = modem_->tick(clock())) {
            note_modem(*found);
            moves = true;
        }
        return moves;
    }
    void note_commands(const std::string& bytes) {
        for (const char byte : bytes) {
            command_ += byte;
            if (byte != '\r') continue;
            if (shows_) say("  -> " + testing::printable(command_));
            const bool is_waiting = now < silent_until && ends_with(command_, "ATE0\r");
            claim(!is_waiting, "it is not brought up before the time that `retrying` said");
            if (command_.find("AT+MQTTDEL") != std::string::npos) ++life;
            says.note_command(command_);
            command_.clear();
        }
        if (command_.size() > 4096) command_.clear();
    }
    bool write_of_module() {
        bool moves = false;
        while (to_host.backlog() < 1'000) {
            const std::string line(modem_->next_line(clock()));
            if (line.empty()) break;
            if (shows_) say("  <- " + testing::printable(line));
            moves = true;
            says.say(line, now);
        }
        return moves;
    }
    // --- the broker's side ---

    bool move_socket() {
        bool moves = false;
        for (auto bytes = modem_->transmit_to_broker(); !bytes.empty(); bytes = modem_->transmit_to_broker()) {
            const std::string_view some = first(bytes, chance_.percent(80) ? SIZE_MAX : chance_.between(1, 20));
            if (socket_ != 0 && is_up_) up.send(some, now + chance_.between(0, 100), socket_);
            modem_->transmitted_to_broker(some.size(), clock());
            moves = true;
        }
        int socket = 0;
        if (broker_bytes_.empty() || broker_socket_ != socket_) {
            broker_bytes_ = down.take(now, &socket);
            broker_socket_ = socket;
            moves |= !broker_bytes_.empty();
        }
        if (broker_bytes_.empty() || broker_socket_ != socket_ || !is_up_) return moves;
        std::string_view input = broker_bytes_;
        while (const auto found = modem_->receive_from_broker(input, clock())) {
            note_modem(*found);
            moves = true;
        }
        moves |= input.size() != broker_bytes_.size();
        broker_bytes_ = std::string(input);
        return moves;
    }
    bool move_broker() {
        if (is_frozen) return false;
        int socket = 0;
        const std::string bytes = up.take(now, &socket);
        if (!bytes.empty()) server.take(socket, bytes);
        return !bytes.empty();
    }

    witness witness_;
    std::unique_ptr<module_memory> module_;
    std::unique_ptr<modem> modem_;
    std::multimap<moment, std::function<void()>> agenda_;
    std::optional<moment> host_due_;
    std::optional<moment> modem_due_;
    bool is_settled_ = false;
    std::string pending_;  // bytes that the module has not taken yet
    std::string command_;
    std::size_t taken_ = 0;  // bytes of the host that the UART has, and has not reported
    moment taken_until_ = 0;
    int socket_ = 0;
    int last_socket_ = 0;
    bool is_up_ = false;
    bool is_dead_ = false;
    std::string broker_bytes_;
    int broker_socket_ = 0;
};

}  // namespace atmqtt::pair
