// atmqtt-decode: reads a raw capture of one direction of a module's serial line as typed messages.
// SPDX-License-Identifier: MIT
#include "decoder.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace {

struct request {
    std::string from = "modem";
    std::string policy = "line_end";
    std::string file;
    bool as_json = false;
};

const char* const kinds = R"(Kinds, from a modem:
  final      OK, ERROR, +CME ERROR       line      any other line of the manual
  prompt     >                           text      a line that is none of these
From a host:
  command    AT+MQTT...                  other     another line
  data       counted bytes
From both:
  malformed  of a known name, but not of its form
  overlong   a line longer than 4096 bytes
  blank      a line end with nothing before it (in --json only)
  partial    what is left at the end of the input
*** is a password, or what may hold one: the rest of a line that is not understood, or its second text in quotes)";

/// Prints items, one a line.
class printer {
public:
    explicit printer(bool as_json) : as_json_(as_json), coloured_(!as_json && isatty(STDOUT_FILENO) == 1) {}

    void operator()(const decode::item& found) {
        if (as_json_)
            print_json(found);
        else if (found.kind != "blank")
            print_plain(found);
        at_ += found.size;
    }

private:
    void print_json(const decode::item& found) const {
        std::printf(R"({"at":%zu,"size":%zu,"kind":"%s")", at_, found.size, found.kind.c_str());
        if (!found.fields.is_null()) std::printf(",%s", found.fields.dump().c_str() + 1);
        std::puts(found.fields.is_null() ? "}" : "");
    }
    void print_plain(const decode::item& found) const {
        std::printf("%8zu %6zu  %s%-9s%s  ", at_, found.size, colour_of(found), found.kind.c_str(),
                    coloured_ ? "\033[0m" : "");
        std::puts(found.description.c_str());
    }
    const char* colour_of(const decode::item& found) const {
        if (!coloured_) return "";
        if (found.kind == "malformed" || found.kind == "overlong" || found.kind == "partial") return "\033[31m";
        if (found.kind == "final") return found.fields["name"] == "OK" ? "\033[32m" : "\033[31m";
        if (found.kind == "line" || found.kind == "command") return "\033[36m";
        return "\033[2m";
    }

    bool as_json_;
    bool coloured_;
    std::size_t at_ = 0;
};

int complain(const std::string& what) {
    std::fprintf(stderr, "atmqtt-decode: %s\n", what.c_str());
    return 2;
}

template <class Decoder>
int run(Decoder decoder, int input, const std::string& name, printer& print) {
    static char chunk[64 * 1024];
    for (;;) {
        const ssize_t count = read(input, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return complain("cannot read " + name + ": " + std::strerror(errno));
        if (count == 0) break;
        decoder.take({chunk, static_cast<std::size_t>(count)}, print);
        // Whoever reads along sees each item before more input is needed.
        if (std::fflush(stdout) != 0) return complain(std::string("cannot write: ") + std::strerror(errno));
    }
    decoder.finish(print);
    return std::fflush(stdout) == 0 ? 0 : complain(std::string("cannot write: ") + std::strerror(errno));
}

int decode_file(const request& asked) {
    const bool from_stdin = asked.file.empty() || asked.file == "-";
    const int input = from_stdin ? STDIN_FILENO : open(asked.file.c_str(), O_RDONLY | O_CLOEXEC);
    const std::string name = from_stdin ? "standard input" : asked.file;
    if (input < 0) return complain("cannot open " + name + ": " + std::strerror(errno));
    printer print{asked.as_json};
    const auto policy = asked.policy == "counted" ? atmqtt::length_policy::counted : atmqtt::length_policy::line_end;
    return asked.from == "host" ? run(decode::from_host{}, input, name, print)
                                : run(decode::from_modem{policy}, input, name, print);
}

}  // namespace

int main(int argc, char** argv) {
    request asked;
    CLI::App app{"Reads a raw capture of one direction of an ML302's serial line as typed messages."};
    app.add_option("--from", asked.from, "who sent these bytes: modem (default) or host")
        ->check(CLI::IsMember({"modem", "host"}));
    app.add_flag("--json", asked.as_json, "one JSON object a line, each as soon as it is complete");
    app.add_option("--policy", asked.policy, "where a payload of wrong length ends: line_end (default) or counted")
        ->check(CLI::IsMember({"counted", "line_end"}));
    app.add_option("FILE", asked.file, "the capture; standard input if none is given, or -");
    app.footer(kinds);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::fputs(app.help().c_str(), stdout);
        return 0;
    } catch (const CLI::ParseError& wrong) {
        return complain(std::string(wrong.what()) + " (see --help)");
    }
    return decode_file(asked);
}
