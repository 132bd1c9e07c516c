// The time of a machine, which is no later than what it was given to read.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/core/time.hpp>

#include <chrono>
#include <cstdint>

namespace host_tool {

/// Stands still while the program is at work: where it is kept from reading, as by whoever reads its output, what the module has said
/// meanwhile waits, and that is no silence of the module.
class machine_clock {
public:
    atmqtt::instant now() const {
        const auto passed = (work_ == 0 ? clock::now() : stopped_) - begin_;
        return {static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(passed).count())};
    }

    /// At work as long as it lives; one may be in another.
    class work {
    public:
        explicit work(machine_clock& of) : of_(of) {
            if (of_.work_++ == 0) of_.stopped_ = clock::now();
        }
        ~work() {
            if (--of_.work_ == 0) of_.begin_ += clock::now() - of_.stopped_;
        }
        work(const work&) = delete;
        work& operator=(const work&) = delete;

    private:
        machine_clock& of_;
    };

private:
    using clock = std::chrono::steady_clock;

    clock::time_point begin_ = clock::now();
    clock::time_point stopped_ = begin_;
    unsigned work_ = 0;
};

}  // namespace host_tool
