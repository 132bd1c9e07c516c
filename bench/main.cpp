// Rows 1-9: parsing, formatting and reading, beside the same work written by hand; and what objects take.
// SPDX-License-Identifier: MIT
#include "baselines.hpp"
#include "harness.hpp"
#include "samples.hpp"
#include "workloads.hpp"

void program() {
    using namespace bench;
    prepare();
    begin();

    const std::string_view line_16 = line_of(urc_16);
    const std::string_view line_128 = line_of(urc_128);
    const std::string_view line_1024 = line_of(urc_1024);

    measure("parse_publish/16", library::parse_publish, line_16, is_publish_16);
    measure("parse_publish/128", library::parse_publish, line_128, is_publish_128);
    measure("parse_publish/1024", library::parse_publish, line_1024, is_publish_1024);
    measure("stream_64/1024", library::stream_64, urc_1024.view(), is_publish_1024);
    measure("stream_1/16", library::stream_1, urc_16.view(), is_publish_16);
    measure("format_publish/dense", library::format_literal, dense.view(), is_dense_line);
    measure("format_publish/counted", library::format_counted, urc_1024.view().substr(0, 1024), is_counted);
    measure("parse_command/dense", library::view_command, dense_line.view(), library::is_viewed);
    measure("parse_command/dense_copied", library::copy_command, dense_line.view(), is_dense_command);
    measure("parse_suback/any_line", library::suback_of_any, suback.view(), is_suback);
    measure("parse_suback/of_two", library::suback_of_two, suback.view(), is_suback);
    measure("parse_ok/any_line", library::final_of_any, ok.view(), is_ok);

    measure("encode_publish/1024", library::encode_publish, payload_of_packet(), is_packet);
    measure("encode_publish/head", library::encode_publish_head, payload_of_packet(), is_packet_head);
    measure("decode_publish/body", library::decode_body, body_of_packet(), is_packet_publish);
    measure("decode_publish/bytes", library::decode_bytes, packet.view(), is_packet_publish);
    measure("decode_publish/packet_reader", library::decode_stream, packet.view(), is_packet_publish);

    measure("parse_publish/16 sscanf", by_hand::publish_sscanf, line_16, is_publish_16);
    measure("parse_publish/16 strtol", by_hand::publish_strtol, line_16, is_publish_16);
    measure("parse_publish/128 sscanf", by_hand::publish_sscanf, line_128, is_publish_128);
    measure("parse_publish/128 strtol", by_hand::publish_strtol, line_128, is_publish_128);
    measure("parse_publish/1024 sscanf", by_hand::publish_sscanf, line_1024, is_publish_1024);
    measure("parse_publish/1024 strtol", by_hand::publish_strtol, line_1024, is_publish_1024);
    measure("stream_64/1024 loop+sscanf", by_hand::stream_64, urc_1024.view(), is_publish_1024);
    measure("stream_1/16 loop+sscanf", by_hand::stream_1, urc_16.view(), is_publish_16);
    measure("format_publish/dense loop+snprintf", by_hand::format_literal, dense.view(), is_dense_line);
    measure("format_publish/counted snprintf", by_hand::format_counted, urc_1024.view().substr(0, 1024), is_counted);
    measure("parse_command/dense_copied sscanf+loop", by_hand::parse_command, dense_line.view(), is_dense_command);
    measure("parse_suback/any_line sscanf", by_hand::suback_sscanf, suback.view(), is_suback);
    measure("parse_suback/any_line strncmp", by_hand::suback_strncmp, suback.view(), is_suback);
    measure("parse_ok/any_line strcmp", by_hand::final_strcmp, ok.view(), is_ok);

    measure("encode_publish/1024 memcpy", by_hand::copy, payload_of_packet(), is_copied);
    measure("encode_publish/1024 shifts+memcpy", by_hand::encode_publish, payload_of_packet(), is_packet);
    measure("decode_publish/body shifts", by_hand::decode_body, body_of_packet(), is_packet_publish);
    measure("decode_publish/bytes shifts", by_hand::decode_bytes, packet.view(), is_packet_publish);
    measure("decode_publish/packet_reader memcpy", by_hand::copy_body, body_of_packet(), is_copied_body);

    library::each_size([](const char* kind, const char* name, std::size_t size) { print(kind, name, size); });
}
