# SPDX-License-Identifier: MIT
"""The committed tables: size.md, instructions.txt and the goals in README.md, made from one run of measure.py, and held by
the next.

They name the compilers that made them. With other ones they are not compared.
"""

from pathlib import Path

import scale

BENCH = Path(__file__).resolve().parent
SIZE, INSTRUCTIONS, README = BENCH / "size.md", BENCH / "instructions.txt", BENCH / "README.md"
GOALS = "<!-- goals: generated, not edited -->\n", "<!-- end of goals -->\n"
RENEW = "bench/gate.sh --write-tables"


def verdict(over):
    """Whether a goal is met."""
    return "met" if over <= 0 else f"{over} over"


def peers_of(counts, work):
    """The same work written by hand: its names and figures."""
    return {name.split(" ")[1]: sum(count) for name, count in counts.items() if name.startswith(work + " ")}


def beside(counts, work):
    """The same, with how many times as much each is."""
    one = sum(counts[work])
    return ", ".join(f"{peer} {count} ({count / one:.1f} x)" for peer, count in peers_of(counts, work).items())


def figure(counts, work):
    """The program's own instructions, and libc's if there are any."""
    own, libc = counts[work]
    return f"{own} + {libc}" if libc else str(own)


def size_text(made_by, programs, boards, flash, depth, sizes):
    """size.md: flash and RAM, stack, objects and what to lend."""
    titles = " | ".join(board.title for board in boards)
    lines = ["<!-- SPDX-License-Identifier: MIT -->",
             f"<!-- What it takes; generated, not edited: {RENEW} makes it anew. -->",
             "# Flash, RAM, stack", "", f"Made by {made_by}. `README.md` says how each is measured. Bytes, at -Os.", "",
             "## Flash and RAM", "", "Linked programs beyond an empty one.", "",
             f"| program | {titles} | data | bss |", "|---|" + "---:|" * (len(boards) + 2)]
    for name, (_, title) in programs.items():
        found = [flash[board.name][name] for board in boards]
        cells = " | ".join(str(one["flash"]) for one in found)
        lines.append(f"| {title} | {cells} | {max(one['data'] for one in found)} | {max(one['bss'] for one in found)} |")
    lines += ["", "## Stack", "", "The deepest path of a call; what it returns is the caller's.", "",
              f"| call | {titles} | deepest path on {boards[0].title} |", "|---|" + "---:|" * len(boards) + "---|"]
    for call, (_, path) in depth[boards[0].name].items():
        found = [depth[board.name][call][0] for board in boards]
        cells = " | ".join("no bound" if size is None else str(size) for size in found)
        lines.append(f"| {call} | {cells} | {path} |")
    lines += ["", "## Objects, and what to lend", "", "| | x86-64 | 32 bits |", "|---|---:|---:|"]
    for name, size in sizes["m0"].items():
        lines.append(f"| {name} | {sizes['x86'][name]} | {size} |")
    for name, size in sizes["scale"].items():
        lines.append(f"| {name}, as in the table of scale | {size} | |")
    return "\n".join(lines) + "\n"


def instructions_text(made_by, works, counts, crowd, growth):
    """instructions.txt: one line a figure, and behind it the same work written by hand, in the same run."""
    lines = ["# SPDX-License-Identifier: MIT",
             f"# Instructions of one call; generated, not edited: {RENEW} makes it anew. README.md says how they are counted.",
             f"# Made by {made_by}.",
             "# Target, work, the program's own and libc's; behind it the same work written by hand, and how many times as much it is."]
    for work in works:
        for target, found in counts.items():
            lines.append(f"{target + '/' + work:<36} {figure(found, work):>14}   {beside(found, work)}".rstrip())
    lines.append("# Of one message, by the number of hosts and modems in one thread.")
    for what in scale.CROWD:
        costs = scale.each(crowd, what)
        lines.append(f"{'scale/' + what:<40} " + ", ".join(f"{number}: {cost:.0f}" for number, cost in costs.items()))
    lines.append("# By the size of what a call is given.")
    for row, points in scale.series(growth).items():
        lines.append(f"{'scale/' + row:<40} {scale.shown(points)}")
    return "\n".join(lines) + "\n"


def goal_lines(works, programs, targets, gate, found):
    """Each figure that has a goal, by the rows of those. Of the calls of row 14 each goal's worst stands for all."""
    for work, (row, title) in works.items():
        for target in (target for target in targets if f"{target}/{work}" in gate.goals):
            goal, over = gate.goals[f"{target}/{work}"]
            counts = found.counts[target]
            yield (f"| {row} | {title} | {targets[target]} | {figure(counts, work)} | {goal} | {verdict(over)} | "
                   f"{beside(counts, work)} |")
    for program, (row, title) in programs.items():
        if f"flash/m0/{program}" in gate.goals:
            goal, over = gate.goals[f"flash/m0/{program}"]
            yield f"| {row} | {title} | {targets['m0']} | {int(goal) + over} | {goal} | {verdict(over)} | |"
    held = max(one["data"] + one["bss"] for name, one in found.flash["m0"].items() if name != "by_hand")
    yield f"| 13 | data and bss of any program | {targets['m0']} | {held} | 0 | {verdict(held)} | |"
    calls = {name.split("/")[-1]: goal for name, goal in gate.goals.items() if name.startswith("stack/m0/")}
    for most in sorted({int(goal) for goal, _ in calls.values()}):
        overs = {call: over for call, (goal, over) in calls.items() if int(goal) == most}
        worst = max(overs, key=overs.get)
        within = sum(over <= 0 for over in overs.values())
        title = f"stack of {len(overs)} calls, {within} of them within the goal; the worst, `{worst}`"
        yield f"| 14 | {title} | {targets['m0']} | {most + overs[worst]} | {most} | {verdict(overs[worst])} | |"


def readme_text(made_by, works, programs, targets, gate, found):
    """README.md, the goals in it anew."""
    before, _, rest = README.read_text().partition(GOALS[0])
    lines = [f"Made by {made_by}. Behind what is written by hand stands how many times as much it takes.", "",
             "| row | what | target | figure | goal | | written by hand |", "|---|---|---|---:|---:|---|---|",
             *goal_lines(works, programs, targets, gate, found)]
    return before + GOALS[0] + "\n".join(lines) + "\n" + GOALS[1] + rest.partition(GOALS[1])[2]


def write(texts):
    for file, text in texts.items():
        file.write_text(text)
        print(f"{file.relative_to(BENCH.parent)} is written")


def hold(gate, made_by, texts):
    """Each is what is committed, if the same compilers made that."""
    for file, text in texts.items():
        name = file.relative_to(BENCH.parent)
        committed = file.read_text() if file.exists() else ""
        if committed and f"Made by {made_by}." not in committed:
            print(f"{name} was made by others than {made_by}: not compared")
            continue
        gate.check(committed == text, f"{name} is not what this run gives: renew it by {RENEW}{first_difference(committed, text)}")


def first_difference(committed, text):
    for before, now in zip(committed.splitlines(), text.splitlines()):
        if before != now:
            return f"\n    committed: {before}\n    this run:  {now}"
    return ""
