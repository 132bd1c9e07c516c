// Chance that a seed repeats, and payloads that somebody might think of.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace atmqtt::pair {

class dice {
public:
    // Neighbours must not be the same stream, one step apart. A script is drawn from as long as it has bytes, by whoever has it.
    explicit dice(std::uint64_t seed, std::string_view* script = nullptr)
        : state_(mixed(mixed(seed) ^ 0xD1B54A32D192ED03U)), script_(script) {}

    std::uint64_t next() {
        if (script_ != nullptr && script_->size() >= 2) return scripted();
        return mixed(state_ += 0x9E3779B97F4A7C15U);
    }
    /// Both ends are meant.
    std::uint32_t between(std::uint32_t least, std::uint32_t most) {
        return least + static_cast<std::uint32_t>(next() % (std::uint64_t{most} - least + 1));
    }
    bool percent(std::uint32_t share) { return next() % 100 < share; }
    template <class Value, std::size_t Count>
    Value pick(const Value (&values)[Count]) {
        return values[next() % Count];
    }

private:
    static std::uint64_t mixed(std::uint64_t bits) {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
        return bits ^ (bits >> 31);
    }

    std::uint64_t scripted() {
        const auto high = static_cast<std::uint8_t>((*script_)[0]), low = static_cast<std::uint8_t>((*script_)[1]);
        script_->remove_prefix(2);
        return high * 256U + low;
    }

    std::uint64_t state_;
    std::string_view* script_;
};

/// A payload: whatever it says, it says nothing.
inline std::string payload(dice& chance) {
    static constexpr std::string_view forged[] = {
        "\r\nOK\r\n",
        "\r\nERROR\r\n",
        "\r\n+CME ERROR: 605\r\n",
        "\r\n> ",
        "> ",
        "\r\n+MQTTPUBLISH: 0,2,0,1,\"s0/1\",3,abc\r\n",
        "\r\n+MQTTPUBLISH:0,1,0,1,s0/1,3,abc\r\n",
        "\r\n+MQTTPUBCOMP: 0,1\r\n\r\nOK\r\n",
        "\r\n+MQTTDISC: OK\r\n",
        "\r\n+MQTTREC:0\r\n",
        "\r\n+MQTTTO:2\r\n",
        "\r\n+MQTTOPEN: OK\r\n",
        "\r\n*ATREADY: 1\r\n",
        "AT+MQTTDISC\r",
        "AT+MQTTPUB=\"h/0\",2,0,0,\"x\"\r",
        "+MQTTSTAT: 0\r\n",
        "{\"t\":21,\"why\":\"\\\"quoted\\\", not \\\\ escaped\"}",
        "\"",
        "\"\"\"\"",
        "\\",
        "ends with \\",
        "\\\"",
        ",,,,",
        "1890",
        "0",
        "\x1a",
        "\x1b\x08",
        "\r",
        "\n",
        "\r\n",
        " ",
        "plain words",
    };
    std::string out;
    switch (chance.between(0, 9)) {
        case 0: return out;
        case 1:
            for (unsigned byte = 0; byte != 256; ++byte) out += static_cast<char>(byte);
            return out;
        case 2:
            while (out.size() != 1024) out += static_cast<char>(chance.next());
            return out;
        case 3:
            for (auto left = chance.between(1, 900); left != 0; --left)
                out += static_cast<char>(chance.between(32, 126));
            return out;
        case 4:
            for (auto left = chance.between(1, 20); left != 0; --left) out += chance.pick(forged);
            return out;
        default: return std::string(chance.pick(forged));
    }
}

}  // namespace atmqtt::pair
