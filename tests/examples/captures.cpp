// What captures.hpp declares, compiled once.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace decode {

words with(const words& options) {
    const char* const program = std::getenv("ATMQTT_DECODE");
    if (program == nullptr) throw std::runtime_error("ATMQTT_DECODE does not say where the program is");
    words all = {program};
    all.insert(all.end(), options.begin(), options.end());
    return all;
}

words as_json(const std::string& from, const words& more) {
    words all = with({"--from", from, "--json"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::vector<std::string_view> lines_of(std::string_view output) {
    std::vector<std::string_view> found;
    while (!output.empty()) {
        const std::size_t end = output.find('\n');
        found.push_back(output.substr(0, end));
        output.remove_prefix(end == output.npos ? output.size() : end + 1);
    }
    return found;
}

json object_in(std::string_view line) {
    json found = json::parse(line);
    if (!found.is_object()) throw std::runtime_error("not an object: " + std::string{line});
    return found;
}

std::vector<json> objects_of(std::string_view output) {
    std::vector<json> found;
    for (const auto line : lines_of(output)) found.push_back(object_in(line));
    return found;
}

std::string text_of(const json& object) { return object.dump(); }

std::size_t number_in(std::string_view object, std::string_view key) {
    std::size_t at = object.find("\"" + std::string{key} + "\":");
    if (at == object.npos) throw std::runtime_error("no " + std::string{key} + " in " + std::string{object});
    at += key.size() + 3;
    while (at < object.size() && object[at] == ' ') ++at;
    std::size_t value = 0;
    std::size_t digits = 0;
    for (; at < object.size() && object[at] >= '0' && object[at] <= '9'; ++at, ++digits)
        value = value * 10 + static_cast<std::size_t>(object[at] - '0');
    if (digits == 0) throw std::runtime_error(std::string{key} + " is no number in " + std::string{object});
    return value;
}

namespace {

std::vector<json> objects_for(std::string_view input, std::string_view output) {
    CHECK((output.empty() || output.back() == '\n'));
    auto found = objects_of(output);
    std::size_t at = 0;
    for (const auto& object : found) {
        CHECK(object.at("at") == at);
        CHECK(object.at("size") > 0);
        at += object.at("size").get<std::size_t>();
    }
    CHECK(at == input.size());
    return found;
}

}  // namespace

std::vector<json> decoded(const words& arguments, std::string_view input) {
    const auto result = process::run(arguments, input);
    CHECK(result.status == 0);
    CHECK(result.err == "");
    return objects_for(input, result.out);
}

std::vector<json> decoded(const way& how, std::string_view input) { return objects_for(input, printed(how, {input})); }

std::string printed(const way& how, const std::vector<std::string_view>& chunks) {
    std::string all;
    stream decoder{how};
    for (const auto chunk : chunks) decoder.take(chunk, all);
    decoder.finish(all);
    return all;
}

way as_objects(const std::string& from, const std::string& policy) { return {from, policy, form::as_json}; }

void compare(std::vector<json> actual, const std::vector<json>& expected) {
    CHECK(actual.size() == expected.size());
    for (std::size_t i = 0; i < actual.size() && i < expected.size(); ++i) {
        if (actual[i].value("kind", "") == "malformed") {
            CAPTURE(actual[i]);
            const bool has_reason = actual[i].contains("why") && actual[i]["why"].is_string() && actual[i]["why"] != "";
            CHECK(has_reason);
            actual[i].erase("why");
        }
        CAPTURE(i);
        CHECK(actual[i] == expected[i]);
        if (actual[i]["at"] != expected[i]["at"] || actual[i]["size"] != expected[i]["size"]) break;
    }
}

void account::operator()(std::string_view output) {
    rest_ += output;
    std::size_t start = 0;
    for (std::size_t end = 0; (end = rest_.find('\n', start)) != rest_.npos; start = end + 1)
        add(std::string_view{rest_}.substr(start, end - start));
    rest_.erase(0, start);
}

void account::add(std::string_view object) {
    ++objects_;
    const std::size_t size = number_in(object, "size");
    if (trouble_.empty() && (number_in(object, "at") != total_ || size == 0)) trouble_ = object;
    total_ += size;
}

namespace {

std::string contents_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>{file}, {}};
}

capture load(const std::filesystem::path& path) {
    capture found;
    found.name = path.stem().string();
    found.from = path.stem().extension().string().substr(1);
    found.path = path.string();
    found.bytes = contents_of(path);
    found.golden = objects_of(contents_of(goldens_folder / (found.name + ".jsonl")));
    return found;
}

std::vector<capture> load_all() {
    std::vector<capture> found;
    for (const auto& entry : std::filesystem::directory_iterator{captures_folder})
        if (entry.path().extension() == ".bin") found.push_back(load(entry.path()));
    std::sort(found.begin(), found.end(), [](const capture& a, const capture& b) { return a.name < b.name; });
    return found;
}

}  // namespace

const std::vector<capture>& captures() {
    static const std::vector<capture> all = load_all();
    return all;
}

std::size_t start_of(const json& object) { return object.at("at").get<std::size_t>(); }
std::size_t end_of(const json& object) { return start_of(object) + object.at("size").get<std::size_t>(); }
std::string_view bytes_of(const capture& sample, const json& object) {
    return std::string_view{sample.bytes}.substr(start_of(object), object.at("size").get<std::size_t>());
}

std::size_t end_of_count(const json& message) {
    const json& payload = message.at("mesg");
    const std::size_t printed =
        payload.is_string() ? payload.get<std::string>().size() : payload.at("hex").get<std::string>().size() / 2;
    return end_of(message) - 2 - printed + message.at("msg_len").get<std::size_t>();
}

}  // namespace decode
