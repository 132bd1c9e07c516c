#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes one table in Markdown of what compare.cpp measured.

Usage: compare.py [--check] RESULTS.json TABLE.md
Of each case the least time of all repetitions counts. --check only tells whether each line of the table would be whole.
"""

import json
import statistics
import sys
from pathlib import Path

WORKS = {
    "parse_publish": "parse a `+MQTTPUBLISH` line",
    "stream": "the same from a stream",
    "format_publish": "format a publish",
    "format_counted": "format its counted form",
    "parse_command": "parse a publish, copy its message out",
    "suback_of_any": "parse `+MQTTSUBACK`, of all lines",
    "suback_of_two": "parse `+MQTTSUBACK`, of two lines",
    "encode": "encode an MQTT PUBLISH",
    "decode": "decode an MQTT PUBLISH",
    "decode_stream": "the same from a stream",
}
NOTES = """\
Nanoseconds of one call. `(2.0 x)`: takes twice as long as the library. **Bold**: faster than the library by more than 5 %.
Each figure is the least of {repetitions} repetitions in random order. What is gated is instructions: `bench/gate.sh`.
Dense: a fifth of the payload are quotes; sparse: 3 %, none in 16 bytes. Rows 4 and 6: as much of 1024 bytes as fits in a line.
Limit: `memchr` and `memcpy` of the same bytes in the same chunks; rows 1 and 9: of the head, since the payload stays where it is.
"""


def times(results):
    """For each case its time in each repetition, in the order in which compare.cpp names them."""
    found = {}
    runs = [one for one in results["benchmarks"] if one["run_type"] == "iteration"]
    for one in sorted(runs, key=lambda one: one["family_index"]):
        if one.get("error_occurred"):
            sys.exit(f"{one['run_name']}: {one['error_message']}")
        found.setdefault(tuple(one["run_name"].split("/")), []).append(one["cpu_time"])
    return found


def lines(found):
    """The lines of the table: (row, work, N, payload, chunk): {kind: {who: ns}}."""
    table = {}
    for (*columns, kind, who), each in found.items():
        table.setdefault(tuple(columns), {"library": {}, "hand": {}, "limit": {}})[kind][who] = min(each)
    return table


def nanoseconds(time):
    return f"{time:.1f}" if time < 10 else f"{time:.0f}"


def beside(peers, ours):
    """What others take, each with how many times as long as the library."""
    cells = []
    for who, time in peers.items():
        ratio = time / ours
        cell = f"{who} {nanoseconds(time)} ({ratio:.{1 if ratio >= 1 else 2}f} x)"
        cells.append(cell)
    return cells


def markdown(found, context):
    table = lines(found)
    empty = table.pop(("-", "call", "-", "-", "-"))["limit"]["nothing"]
    repetitions = max(len(each) for each in found.values())
    spread = [statistics.median(each) / min(each) - 1 for each in found.values()]
    text = [f"{context['compiler']} -O2, {processor()}, {context['num_cpus']} CPUs.", NOTES.format(repetitions=repetitions).rstrip(),
            f"An empty call, {nanoseconds(empty)} ns, is in each figure. The median of a case's repetitions lies "
            f"{statistics.median(spread):.0%} above the least (at worst {max(spread):.0%}): the noise of this run.", "",
            "| row | work | N | payload | chunk | library | by hand | limit |", "|---|---|---:|---|---|---:|---|---|"]
    for (row, work, *columns), line in table.items():
        ours = line["library"]["atmqtt"]
        by_hand = [f"**{cell}**" if time < 0.95 * ours else cell
                   for cell, time in zip(beside(line["hand"], ours), line["hand"].values())]
        cells = [row, WORKS[work], *columns, nanoseconds(ours), ", ".join(by_hand), ", ".join(beside(line["limit"], ours))]
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text) + "\n"


def processor():
    """The name that Linux has for it, or that there is none."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] \
        if info.exists() else []
    return names[0] if names else "an unknown processor"


def main():
    results, table = (Path(word) for word in sys.argv[-2:])
    results = json.loads(results.read_text())
    found = times(results)
    text = markdown(found, results["context"])
    if "--check" in sys.argv[1:]:
        print(f"{len(found)} passed, 0 failed")
        return
    table.write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
