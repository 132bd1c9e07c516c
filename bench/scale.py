# SPDX-License-Identifier: MIT
"""What crowd.cpp and growth.cpp have counted: the table, and what may not come of it.

Flat: a message costs the most of many machines no more than 3 % above what it costs one pair alone.

No worse than linear: sizes double from one column to the next, and so may what each column costs more than the one before, and
3 % on top, and 128 instructions for a step such as one more digit. Beside a constant however large this finds a square: there
what each costs more grows four times.

In chunks the size is that of a chunk of the same bytes: a chunk twice as large may not cost more, and one half as large
at most twice as much, and 5 % on top: memcpy goes other ways for two bytes than for four.
"""

NUMBERS = [1, 10, 100, 1000, 10000]
CROWD = {
    "publish": "a message of 64 bytes at QoS 1, from host to broker, and its acknowledgement",
    "message": "the same from broker to host",
}

# Row: what is varied, what it costs, and whether the figure is for each of as many.
GROWTH = {
    "payload/parse_line": ("bytes of a message", "`parse_line`"),
    "payload/format_line": ("bytes of a message", "`format` of the line"),
    "payload/format_command": ("bytes of a message", "`format` of a publish"),
    "payload/format_command_quotes": ("bytes of a message", "the same, all of it quotes"),
    "payload/parse_command": ("bytes of a message", "`parse_command`, and copied out"),
    "payload/parse_command_quotes": ("bytes of a message", "the same, all of it quotes"),
    "payload/describe": ("bytes of a message", "`describe`"),
    "payload/line_reader": ("bytes of a message", "`line_reader`, in one piece"),
    "payload/line_reader_by_byte": ("bytes of a message", "the same, byte by byte"),
    "payload/line_reader_pieces": ("bytes of a message", "the same, larger than its buffer, in chunks of 64"),
    "payload/command_reader_by_byte": ("bytes of a message", "`command_reader`, byte by byte"),
    "payload/counted_data_by_byte": ("bytes of a message", "the same, counted data"),
    "payload/encode": ("bytes of a message", "`encode`"),
    "payload/decode": ("bytes of a message", "`decode`"),
    "payload/packet_reader_by_byte": ("bytes of a message", "`packet_reader`, byte by byte"),
    "payload/session_publish": ("bytes of a message", "`session`: published at QoS 1"),
    "payload/session_receive": ("bytes of a message", "`session`: received at QoS 1"),
    "payload/host_to_broker": ("bytes of a message", "host and modem: published at QoS 1; counted at 1024"),
    "payload/broker_to_host": ("bytes of a message", "host and modem: received at QoS 1"),
    "topic/parse_line": ("bytes of a topic", "`parse_line`"),
    "topic/line_reader_by_byte": ("bytes of a topic", "`line_reader`, byte by byte"),
    "topic/line_reader_commas": ("bytes of a topic", "the same, all of it commas"),
    "topic/is_topic_filter": ("bytes of a topic", "`is_topic_filter`"),
    "topic/topic_matches": ("bytes of a topic", "`topic_matches`"),
    "levels/topic_matches": ("levels of a topic", "`topic_matches`, all of them `+`"),
    "line/line_reader_by_byte": ("bytes of a line", "`line_reader`, byte by byte"),
    "at_once/lines": ("lines at once", "`line_reader`"),
    "at_once/messages": ("messages at once", "`line_reader`"),
    "at_once/commands": ("commands at once", "`command_reader`"),
    "at_once/packets": ("packets at once", "`packet_reader`"),
    "subscriptions/open": ("subscriptions", "host and modem: opened, for each", True),
    "subscriptions/subscribe": ("subscriptions", "host and modem: one more"),
    "subscriptions/unsubscribe": ("subscriptions", "host and modem: the first is taken away"),
    "subscriptions/list": ("subscriptions", "host and modem: AT+MQTTSUB?"),
    "subscriptions/message": ("subscriptions", "host and modem: a message is received"),
    "in_flight/receive_another": ("identifiers in flight", "`session`: one more at QoS 2, the last record"),
    "in_flight/receive_again": ("identifiers in flight", "`session`: the last once more"),
    "in_flight/release_first": ("identifiers in flight", "`session`: PUBREL of the first"),
    "in_flight/release_last": ("identifiers in flight", "`session`: PUBREL of the last"),
    "in_flight/publish_1": ("identifiers in flight", "`session`: a message is published at QoS 1"),
    "in_flight/publish_2": ("identifiers in flight", "`session`: a message is published at QoS 2"),
    "in_flight/lost": ("identifiers in flight", "`session`: lost, and resumed"),
    "in_flight/burst": ("messages at once", "`session`: as many at QoS 1, tx holds all answers"),
    "in_flight/burst_in_little_room": ("messages at once", "`session`: the same, tx holds 16, for each", True),
    "in_flight/resume": ("messages given up", "`session`: PUBREL for each on the next connection, tx holds all"),
    "in_flight/resume_in_little_room": ("messages given up", "`session`: the same, tx holds 16, for each", True),
    "chunk/line_reader": ("bytes of a chunk", "`line_reader`: four messages of 1000 bytes"),
    "chunk/command_reader": ("bytes of a chunk", "`command_reader`: four commands of 931 bytes"),
    "chunk/packet_reader": ("bytes of a chunk", "`packet_reader`: four packets of 1016 bytes"),
    "chunk/session_receive": ("bytes of a chunk", "`session`: the same, delivered and answered"),
}

MORE, STEP = 1.03, 128


def series(counts):
    """Figures by row: counts by names like payload/encode/16, as lists of (size, instructions), in order of size."""
    rows = {}
    for name, count in counts.items():
        row, size = name.rsplit("/", 1)
        rows.setdefault(row, []).append((int(size), sum(count)))
    for row, points in rows.items():
        if len(GROWTH[row]) == 3:
            rows[row] = [(size, count // size) for size, count in points]
    return rows


def grows_too_fast(points):
    """Where it costs worse than linear, or nothing."""
    costs = [count for _, count in points]
    for at in range(1, len(costs)):
        before = max(costs[at - 1] - costs[at - 2], 0) if at > 1 else costs[0]
        if costs[at] - costs[at - 1] > (2 if at > 1 else 1) * before * MORE + STEP:
            return f"worse than linear at {points[at][0]}"
    return ""


def chunks_cost_too_much(points):
    """Where a larger chunk costs more, or a smaller one more than twice as much; or nothing."""
    for (size, count), (_, larger) in zip(points, points[1:]):
        if larger > count * MORE + STEP:
            return f"more than at {size} for twice the chunk"
        if count > 2 * larger * 1.05 + STEP:
            return f"more than twice as much at {size} as at twice the chunk"
    return ""


def each(counts, what):
    """Instructions of a message, by how many pairs there are."""
    return {number: sum(counts[f"{what}/{number}"]) / number for number in NUMBERS}


def table(gate, crowd, growth, sizes):
    print("\n## Scale\n")
    print("x86-64 at -O2, libc's instructions included. Many hosts and modems in one thread, each pair with a broker, a move")
    print("of each by turns; what moves them is counted too. Instructions of one message, whatever their number:\n")
    print("| message | " + " | ".join(f"{number:,}" for number in NUMBERS) + " | ceiling | goal | |")
    print("|---|" + "---:|" * (len(NUMBERS) + 2) + "---|")
    for what, title in CROWD.items():
        costs = each(crowd, what)
        flat = costs[NUMBERS[-1]] <= costs[NUMBERS[0]] * MORE
        gate.check(flat, f"scale/{what}: not flat: {costs}")
        cells = gate.row(f"x86/scale/{what}", round(costs[NUMBERS[-1]]))
        print(f"| {title} | " + " | ".join(f"{cost:.0f}" for cost in costs.values()) + f" | {cells}{'' if flat else ' **not flat**'} |")
    print("\nBytes of each, lent for messages of this size; nothing was allocated after that:")
    for what, size in sizes.items():
        print(f"- {what.split('/')[1]}: {size}")
    print("\nInstructions of a call against the size of what it is given. Each row is linear at worst, or cheaper in larger chunks.\n")
    print("| against | call | size: instructions | ceiling | goal | |")
    print("|---|---|---|---:|---:|---|")
    for row, points in series(growth).items():
        against, title = GROWTH[row][:2]
        wrong = (chunks_cost_too_much if row.startswith("chunk/") else grows_too_fast)(points)
        gate.check(not wrong, f"scale/{row}: {wrong}: {shown(points)}")
        cells = gate.row(f"x86/scale/{row}/{points[-1][0]}", points[-1][1])
        print(f"| {against} | {title} | {shown(points)} | {cells}{f' **{wrong}**' if wrong else ''} |")


def shown(points):
    return ", ".join(f"{size}: {count}" for size, count in points)
