// A host and a modem that are wired to each other in memory, with a broker behind: one of many, or one whose size is varied.
// SPDX-License-Identifier: MIT
#pragma once

#include "script.hpp"

#include <atmqtt.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bench {

/// Bytes that each is lent.
struct pair_sizes {
    std::size_t host_rx = 512;
    std::size_t host_tx = 256;
    std::size_t command = 256;
    std::size_t lines = atmqtt::modem::least_lines + 512;
    std::size_t profile = 64;
    std::size_t subscriptions = 32;
    std::size_t packet = 128;
    std::size_t socket = 128;
    std::size_t records = 8;

    std::size_t of_host() const { return host_rx + host_tx; }
    std::size_t of_modem() const {
        return command + lines + profile + subscriptions + packet + socket + records * sizeof(atmqtt::in_flight);
    }
};

class pair {
public:
    explicit pair(const pair_sizes& sizes)
        : sizes_(sizes),
          lent_(sizes.of_host() + sizes.of_modem() - sizes.records * sizeof(atmqtt::in_flight) + alignment),
          records_(sizes.records),
          free_(aligned(lent_.data())),
          host_(options(), take(sizes.host_rx), take(sizes.host_tx)),
          modem_(modem_lent()) {}
    /// Bytes that are allocated for one beside itself.
    static std::size_t allocated(const pair_sizes& sizes) { return sizes.of_host() + sizes.of_modem() + alignment; }
    pair(const pair&) = delete;
    pair& operator=(const pair&) = delete;

    atmqtt::host& host() { return host_; }
    script::broker& far() { return far_; }
    /// The broker sends more than its answers.
    void bring(std::string_view bytes) { from_broker_ = bytes; }

    /// What has come of it all: verdicts that acknowledge, lines of lists, and messages with how many bytes of payload.
    bool is_open() const { return is_open_; }
    std::size_t done() const { return done_; }
    std::size_t lines() const { return lines_; }
    std::size_t messages() const { return messages_; }
    std::size_t payload() const { return payload_; }

    /// Carries what each has for the others, once in each direction. False when there was nothing.
    bool move(atmqtt::instant now) {
        const bool moved = tick(now);
        const bool carried = carry_command(now) | carry_packets(now) | carry_answers(now) | carry_lines(now);
        return moved || carried;
    }
    /// How long both can wait.
    std::optional<atmqtt::millis> wait(atmqtt::instant now) const {
        return atmqtt::shorter(host_.wait(now), modem_.wait(now));
    }

private:
    static constexpr std::size_t alignment = 64;  // how memcpy copies depends on where

    static char* aligned(char* from) {
        return from + (alignment - reinterpret_cast<std::uintptr_t>(from) % alignment) % alignment;
    }
    static atmqtt::host_options options() {
        atmqtt::host_options how;
        how.check = atmqtt::millis{0};  // no command but those of the script
        return how;
    }
    atmqtt::buffer take(std::size_t size) {
        char* const from = free_;
        free_ += size;
        return {from, size};
    }
    atmqtt::modem_memory modem_lent() {
        atmqtt::modem_memory lent;
        lent.command = take(sizes_.command);
        lent.lines = take(sizes_.lines);
        lent.profile = take(sizes_.profile);
        lent.subscriptions = take(sizes_.subscriptions);
        lent.rx = take(sizes_.packet);
        lent.tx = take(sizes_.socket);
        lent.records = records_.data();
        lent.record_count = sizes_.records;
        return lent;
    }

    bool tick(atmqtt::instant now) {
        bool moved = false;
        for (; const auto event = host_.tick(now); moved = true) hear(*event);
        for (; const auto event = modem_.tick(now); moved = true) hear(*event);
        return moved;
    }
    bool carry_command(atmqtt::instant now) {
        const std::string_view bytes = host_.transmit();
        std::string_view left = bytes;
        while (const auto event = modem_.receive(left, now)) hear(*event);
        host_.transmitted(bytes.size() - left.size(), now);
        return bytes.size() != left.size();
    }
    bool carry_packets(atmqtt::instant now) {
        const std::string_view bytes = modem_.transmit_to_broker();
        far_.take(bytes);
        modem_.transmitted_to_broker(bytes.size(), now);
        return !bytes.empty();
    }
    bool carry_answers(atmqtt::instant now) {
        std::string_view bytes = from_broker_.empty() ? far_.says() : from_broker_;
        const std::size_t size = bytes.size();
        while (const auto event = modem_.receive_from_broker(bytes, now)) hear(*event);
        if (from_broker_.empty())
            far_.said(size - bytes.size());
        else
            from_broker_ = bytes;
        return size != bytes.size();
    }
    bool carry_lines(atmqtt::instant now) {
        std::string_view bytes = modem_.transmit();
        const std::size_t size = bytes.size();
        while (const auto event = host_.receive(bytes, now)) hear(*event);
        modem_.transmitted(size, now);
        return size != 0;
    }

    void hear(const atmqtt::host::event& found) {
        namespace on = atmqtt::on;
        if (std::get_if<on::opened>(&found) != nullptr) is_open_ = true;
        if (std::get_if<on::closed>(&found) != nullptr) is_open_ = false;
        if (std::get_if<on::text_line>(&found) != nullptr) ++lines_;
        if (const auto* d = std::get_if<on::done>(&found)) done_ += d->acknowledged();
        if (const auto* m = std::get_if<on::message>(&found)) {
            ++messages_;
            payload_ += m->what.payload.size();
        }
    }
    void hear(const atmqtt::modem::event& found) {
        if (std::get_if<atmqtt::from_card::connect>(&found) != nullptr) modem_.connected();
    }

    pair_sizes sizes_;
    std::vector<char> lent_;
    std::vector<atmqtt::in_flight> records_;
    char* free_;
    atmqtt::host host_;
    atmqtt::modem modem_;
    script::broker far_;
    std::string_view from_broker_;
    bool is_open_ = false;
    std::size_t done_ = 0;
    std::size_t lines_ = 0;
    std::size_t messages_ = 0;
    std::size_t payload_ = 0;
};

}  // namespace bench
