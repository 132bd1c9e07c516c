// One direction of a serial line that chops and delays.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/core/buffer.hpp>
#include <atmqtt/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace demo {

class uart {
public:
    explicit uart(std::uint32_t seed) : random_(seed) {}

    void put(std::string_view bytes, atmqtt::instant now) {
        if (waiting_.empty() || atmqtt::reached(last_, now)) last_ = now;
        while (!bytes.empty()) {
            const std::string_view next = atmqtt::first(bytes, 1 + random_() % 24);
            last_ = last_ + atmqtt::millis{static_cast<std::uint32_t>(random_() % 3)};
            waiting_.push_back({last_, std::string(next)});
            bytes.remove_prefix(next.size());
        }
    }
    /// What has arrived by now.
    std::string take(atmqtt::instant now) {
        std::string arrived;
        for (; !waiting_.empty() && atmqtt::reached(waiting_.front().due, now); waiting_.pop_front())
            arrived += waiting_.front().bytes;
        return arrived;
    }
    std::optional<atmqtt::millis> wait(atmqtt::instant now) const {
        if (waiting_.empty()) return std::nullopt;
        return atmqtt::until(waiting_.front().due, now);
    }

private:
    struct piece {
        atmqtt::instant due;
        std::string bytes;
    };

    std::mt19937 random_;
    atmqtt::instant last_{};
    std::deque<piece> waiting_;
};

}  // namespace demo
