// Host and modem back to back with a broker behind, as tests/pair has them, in weather that the input makes: what it claims of
// every seed holds of every input.
// SPDX-License-Identifier: MIT
#include "../tests/pair/ledger.hpp"
#include "../tests/pair/run.hpp"
#include "oracles.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t seed_size = 4;

}  // namespace

// The seed decides what a script does not: how bytes are cut, and how long they are under way.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < seed_size) return 0;
    std::uint64_t seed = 0;
    for (std::size_t at = 0; at != seed_size; ++at) seed = seed << 8 | data[at];
    const std::string script(data + seed_size, data + size);
    atmqtt::pair::counts count;
    atmqtt::pair::run one(seed, count, false, script);
    try {
        one.play();
    } catch (const atmqtt::pair::failure& found) {
        oracle::demand(false, found.words.c_str());
    }
    return 0;
}
