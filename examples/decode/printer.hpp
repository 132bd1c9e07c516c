// Items as the program prints them, one a line.
// SPDX-License-Identifier: MIT
#pragma once

#include "item.hpp"
#include "stream.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace decode {

/// Prints items, each behind what `to` holds.
class printer {
public:
    explicit printer(form shape) : form_(shape) {}

    /// Who has sent what is printed from now on, and when.
    void stamp(std::string_view from, std::string_view time) {
        from_ = from;
        time_ = time;
    }

    void operator()(const item& found, std::string& to) {
        if (form_ == form::as_json)
            print_json(found, to);
        else if (found.kind != "blank")
            print_plain(found, to);
        at_ += found.size;
    }

private:
    void print_json(const item& found, std::string& to) const {
        to += '{';
        if (!from_.empty()) to += "\"time\":\"" + time_ + "\",\"from\":\"" + from_ + "\",";
        to += "\"at\":" + std::to_string(at_) + ",\"size\":" + std::to_string(found.size) + ",\"kind\":\"" +
              found.kind + "\"";
        to += found.fields.is_null() ? "}\n" : "," + without_controls(found.fields.dump()).substr(1) + "\n";
    }
    // Of a time, no more than a day and a microsecond.
    void print_plain(const item& found, std::string& to) const {
        const std::size_t day = std::min(time_.find(' ') + 1, time_.size());
        if (!from_.empty()) to += time_.substr(day, 15) + (from_ == "host" ? "  ->  " : "  <-  ");
        char columns[64];
        std::snprintf(columns, sizeof columns, "%8zu %6zu  ", at_, found.size);
        to += columns;
        if (form_ == form::coloured) to += colour_of(found);
        to += found.kind;
        if (found.kind.size() < kind_width) to.append(kind_width - found.kind.size(), ' ');
        if (form_ == form::coloured) to += "\033[0m";
        to += "  " + found.description + "\n";
    }
    static const char* colour_of(const item& found) {
        if (found.kind == "malformed" || found.kind == "overlong" || found.kind == "partial") return "\033[31m";
        if (found.kind == "final") return found.fields["name"] == "OK" ? "\033[32m" : "\033[31m";
        if (found.kind == "line" || found.kind == "command") return "\033[36m";
        return "\033[2m";
    }

    static constexpr std::size_t kind_width = 9;

    form form_;
    std::string from_;
    std::string time_;
    std::size_t at_ = 0;
};

}  // namespace decode
