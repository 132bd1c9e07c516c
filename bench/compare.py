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
    "stream": "read it from a stream",
    "format_publish": "format a publish",
    "format_counted": "format its counted form",
    "parse_command": "parse a publish, copy its message out",
    "suback_of_any": "parse `+MQTTSUBACK`, of all lines",
    "suback_of_two": "parse `+MQTTSUBACK`, of two lines",
    "encode": "encode an MQTT PUBLISH",
    "decode": "decode an MQTT PUBLISH",
    "decode_stream": "read it from a stream",
}
NOTES = """\
- A figure is the least of {repetitions} repetitions in random order. What is gated is instructions: `bench/gate.sh`.
- `(2.0 x)` takes twice as long as the library. **Bold**: faster than the library by more than 5 %. What is written by hand
  does less: it takes the usual spelling only, and looks at no topic; `baselines.hpp` says more.
- N: bytes of payload; rows 4 and 6: of 1024 as many as a line has room for. Dense: a fifth are quotes; sparse: 3 %, in 16 none.
- Limit: one `memchr`, one `memcpy` of the same bytes. Rows 1 and 9 without a stream: of those before the payload, which
  nobody needs to touch. Of few bytes it is mostly the call into libc.
- An empty call, {empty} ns, is in each figure. The median of a case's repetitions lies {usual} above the least (at worst
  {worst}): the noise of this run.
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


def beside(peers, ours, mark=""):
    """What others take, each with how many times as long as the library; those that are faster are marked."""
    cells = []
    for who, time in peers.items():
        ratio = time / ours
        around = mark if ratio < 0.95 else ""
        digits = 1 if ratio >= 1 else 2 if ratio >= 0.01 else 4
        cells.append(f"{around}{who} {nanoseconds(time)} ({ratio:.{digits}f} x){around}")
    return ", ".join(cells)


def head(found, empty, context):
    """What to know before reading the table."""
    spread = [statistics.median(each) / min(each) - 1 for each in found.values()]
    notes = NOTES.format(repetitions=max(len(each) for each in found.values()), empty=nanoseconds(empty),
                         usual=f"{statistics.median(spread):.0%}", worst=f"{max(spread):.0%}")
    return f"Nanoseconds of one call. {context['compiler']} -O2, {processor()}, {context['num_cpus']} CPUs.\n\n{notes}"


def markdown(found, context):
    table = lines(found)
    empty = table.pop(("-", "call", "-", "-", "-"))["limit"]["nothing"]
    text = [head(found, empty, context), "| row | work | N | payload | chunk | library | by hand | limit |",
            "|---|---|---:|---|---:|---:|---|---|"]
    for (row, work, *columns), line in table.items():
        ours = line["library"]["atmqtt"]
        cells = [row, WORKS[work], *columns, nanoseconds(ours), beside(line["hand"], ours, "**"), beside(line["limit"], ours)]
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text) + "\n"


def processor():
    """The name that Linux has for it."""
    info = Path("/proc/cpuinfo")
    said = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in said if line.startswith("model name")]
    return names[0] if names else "an unknown processor"


def main():
    source, table = (Path(word) for word in sys.argv[-2:])
    results = json.loads(source.read_text())
    found = times(results)
    text = markdown(found, results["context"])
    if "--check" in sys.argv[1:]:
        print(f"{len(found)} passed, 0 failed")
        return
    table.write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
