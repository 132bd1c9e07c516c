// SPDX-License-Identifier: MIT
#include "broker.hpp"
#include "network.hpp"

#include <deque>
#include <string>
#include <utility>

namespace demo {

namespace {

constexpr std::uint32_t way = 8;  // ms to the broker, and back

class memory_network final : public network {
public:
    atmqtt::instant now() const override { return now_; }
    void pass(atmqtt::millis most) override {
        const atmqtt::instant end = now_ + most;
        if (waiting_.empty() || !atmqtt::reached(waiting_.front().due, end)) {
            now_ = end;
            return;
        }
        event next = std::move(waiting_.front());
        waiting_.pop_front();
        if (!atmqtt::reached(next.due, now_)) now_ = next.due;
        next.happen();
    }

    void connect() override {
        is_connected_ = !is_away;
        later([this] {
            if (is_connected_) broker_.connect();
            is_connected_ ? who_.connected() : who_.failed();
        });
    }
    void close() override {
        is_connected_ = false;
        waiting_.clear();
    }
    void write(std::string_view bytes) override {
        later([this, sent = std::string(bytes)] {
            const std::string answer = broker_.take(sent);
            if (!answer.empty()) later([this, answer] { who_.bytes(answer); });
        });
    }

private:
    struct event {
        atmqtt::instant due;
        std::function<void()> happen;
    };
    void later(std::function<void()> what) { waiting_.push_back({now_ + atmqtt::millis{way}, std::move(what)}); }

    broker broker_;
    atmqtt::instant now_{};
    bool is_connected_ = false;
    std::deque<event> waiting_;
};

}  // namespace

std::unique_ptr<network> make_network() { return std::make_unique<memory_network>(); }

}  // namespace demo
