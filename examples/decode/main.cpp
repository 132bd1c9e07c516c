// atmqtt-decode: reads a raw capture of one direction of a module's serial line, or a dump of both, as typed messages.
// SPDX-License-Identifier: MIT
#include "../words.hpp"
#include "stream.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace {

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

int complain(const std::string& what) {
    std::fprintf(stderr, "atmqtt-decode: %s\n", words::harmless(what).c_str());
    return 2;
}

// Whoever reads along sees each item before more input is needed.
bool write_out(std::string& printed) {
    const bool is_whole = std::fwrite(printed.data(), 1, printed.size(), stdout) == printed.size();
    printed.clear();
    return std::fflush(stdout) == 0 && is_whole;
}

template <class Decoder>
int decode_all(int input, const std::string& name, Decoder& decoder) {
    static char chunk[64 * 1024];
    std::string printed;
    const auto cannot_write = [] { return complain(std::string("cannot write: ") + std::strerror(errno)); };
    for (;;) {
        const ssize_t count = read(input, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return complain("cannot read " + name + ": " + std::strerror(errno));
        if (count == 0) break;
        decoder.take({chunk, static_cast<std::size_t>(count)}, printed);
        if (!write_out(printed)) return cannot_write();
    }
    decoder.finish(printed);
    return write_out(printed) ? 0 : cannot_write();
}

int decode_capture(int input, const std::string& name, const decode::way& how) {
    decode::stream decoder{how};
    return decode_all(input, name, decoder);
}
int decode_dump(int input, const std::string& name, const decode::way& how) {
    decode::dialogue decoder{how};
    if (const int wrong = decode_all(input, name, decoder)) return wrong;
    if (decoder.dump().blocks() == 0) return complain(name + " is no dump: socat -x writes one on its standard error");
    const std::size_t lost = decoder.dump().lost();
    return lost == 0 ? 0 : complain(name + ": " + std::to_string(lost) + " bytes that it announces are not in it");
}

int decode_file(const std::string& file, const decode::way& how, bool is_dump) {
    const bool from_stdin = file.empty() || file == "-";
    const int input = from_stdin ? STDIN_FILENO : open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const std::string name = from_stdin ? "standard input" : file;
    if (input < 0) return complain("cannot open " + name + ": " + std::strerror(errno));
    return is_dump ? decode_dump(input, name, how) : decode_capture(input, name, how);
}

}  // namespace

int main(int argc, char** argv) {
    decode::way how;
    std::string file;
    bool as_json = false;
    bool is_dump = false;
    CLI::App app{
        "Reads a raw capture of one direction of an ML302's serial line, or a dump of both, as typed messages."};
    auto* const from = app.add_option("--from", how.from, "who sent these bytes: modem (default) or host");
    from->check(CLI::IsMember({"modem", "host"}));
    app.add_flag("--socat", is_dump,
                 "it is what `socat -x` has written; --from is of its first address: host (default)");
    app.add_flag("--json", as_json, "one JSON object a line, each as soon as it is complete");
    app.add_option("--policy", how.policy, "where a payload of wrong length ends: line_end (default) or counted")
        ->check(CLI::IsMember({"counted", "line_end"}));
    app.add_option("FILE", file, "the capture; standard input if none is given, or -");
    app.footer(kinds);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::fputs(app.help().c_str(), stdout);
        return 0;
    } catch (const CLI::ParseError& wrong) {
        return complain(std::string(wrong.what()) + " (see --help)");
    }
    if (is_dump && from->count() == 0) how.from = "host";
    const bool is_seen = isatty(STDOUT_FILENO) == 1;
    how.shape = as_json ? decode::form::as_json : is_seen ? decode::form::coloured : decode::form::plain;
    return decode_file(file, how, is_dump);
}
