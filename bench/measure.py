#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds and runs the measured programs, prints tables, and fails where a figure is past its ceiling, grows worse than
linear with what it is given, or is not what the committed tables say.

Figures have names like m0/parse_publish/128: target or kind first. ceilings.txt knows each of them by that name.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
import scale
import tables

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
BUILD = ROOT / "build" / "bench"
CEILINGS = BENCH / "ceilings.txt"

COMMON = ["-std=c++17", "-isystem", str(ROOT / "include")]
X86 = ["g++", *COMMON, "-O2", "-fno-plt", "-Wl,-z,now"]
ARM = ["arm-none-eabi-g++", *COMMON, "-Os", "-mthumb", "-fno-exceptions", "-fno-rtti",
       "-ffunction-sections", "-fdata-sections"]
# What newlib-nano leaves to the system: the programs that use sscanf link with stubs, which warn.
LINK = ["-nostartfiles", "--specs=nano.specs", "--specs=nosys.specs", "-Wl,--gc-sections", "-Wl,--no-warnings",
        f"-L{BENCH / 'arm'}"]
# What port.hpp gives to each program, whether it asks for it or not; and what else an object may leave undefined.
PORT = ("received", "sent", "uart_read", "uart_write")
ALLOWED = re.compile(r"mem(cpy|move|set|cmp|chr)|strlen|__aeabi_\w+|__gnu_thumb1_case_\w+")


# The programs whose workloads are counted on each target; and those of x86-64 alone, which show how figures scale.
COUNTED = ["main", "codecs", "machines"]
SCALED = ["crowd", "growth"]


class Board:
    def __init__(self, name, title, cpu, machine):
        self.name, self.title, self.cpu, self.machine = name, title, cpu, machine


BOARDS = [Board("m0", "Cortex-M0+", "cortex-m0plus", "microbit"), Board("m4", "Cortex-M4", "cortex-m4", "mps2-an386")]


class Broken(Exception):
    """Nothing can be measured: it does not build, or finds something wrong."""


def run(*command, **options):
    """Runs a command and gives its output."""
    options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([str(word) for word in command], text=True, timeout=300, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise Broken(f"failed: {' '.join(str(word) for word in command)}\n{done.stdout}{done.stderr}")
    return done.stdout


# Instructions --------------------------------------------------------------------------------------------------------

def reported(output):
    """What main.cpp printed: counts and sizes by name. A wrong result, or one that differs when repeated, ends the run."""
    lines = output.splitlines()
    if lines[0] != "exact" or any(line.startswith("wrong") for line in lines):
        raise Broken("a workload found something wrong, or does not count alike twice:\n" + output)
    counts, sizes = {}, {}
    for line in lines[1:]:
        kind, rest = line.split(" ", 1)
        name, number = rest.rsplit(" ", 1)
        if kind == "count":
            counts[name] = int(number)
        else:
            sizes[f"{kind}/{name}"] = int(number)
    return counts, sizes


def self_cost(dump, program):
    """Instructions in a callgrind dump: (of the program itself, of its libraries)."""
    own = libraries = 0
    ours = skip = False
    total = -1
    for line in dump.read_text().splitlines():
        if line.startswith("ob="):
            ours = line.endswith(f"/{program}")
        elif line.startswith("calls="):
            skip = True  # the next line is what the callee cost, which is counted where it ran
        elif line[:1] in DIGITS:
            cost = 0 if skip else int(line.split()[-1])
            skip = False
            own += cost * ours
            libraries += cost * (not ours)
        elif line.startswith("summary:"):
            total = int(line.split()[1])
    if own + libraries != total or own == 0:
        raise Broken(f"{dump}: {own} + {libraries} instructions found, {total} collected")
    return own, libraries


DIGITS = {*"0123456789+-*"}


def whole_cost(dump):
    """Instructions in a callgrind dump, all of them. There are a thousand such dumps: this is quicker."""
    return int(re.search(r"^summary: (\d+)", dump.read_text(), re.M)[1]), 0


def count_x86(program):
    """Callgrind collects while `measured` runs and dumps when it returns: twice for each workload, in their order."""
    shows_lines = program in COUNTED  # for callgrind_annotate
    binary, dumps = BUILD / program, BUILD / f"callgrind-{program}"
    run(*X86, *(["-g"] if shows_lines else []), BENCH / f"{program}.cpp", BENCH / "x86.cpp", "-o", binary)
    for old in BUILD.glob(f"{dumps.name}*"):
        old.unlink()
    # libc picks its memcpy and the like by CPU: the plainest ones are the same on every machine.
    plain = {**os.environ, "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX512VL,-AVX512BW,-EVEX,-ERMS,-FSRM,"
                                             "-AVX_Fast_Unaligned_Load,-SSSE3,-SSE4_1,-SSE4_2,-BMI1,-BMI2,-MOVBE"}
    form = ["--compress-strings=no", "--compress-pos=no"] if shows_lines else ["--dump-line=no"]
    output = run("valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={dumps}", *form, "--toggle-collect=measured",
                 "--dump-after=measured", binary, env=plain)
    names, sizes = reported(output)
    counts = {}
    for index, name in enumerate(names):
        parts = [Path(f"{dumps}.{2 * index + turn}") for turn in (1, 2)]
        first, again = (self_cost(part, program) if shows_lines else whole_cost(part) for part in parts)
        if first != again:
            raise Broken(f"x86: {name} does not count alike twice: {first}, {again}")
        counts[name] = first
        parts[1].unlink()
        if shows_lines:
            parts[0].rename(BUILD / f"callgrind.{re.sub('[/ ]', '-', name)}")
        else:
            parts[0].unlink()
    own, libraries = counts.pop("nothing")
    return {name: (count[0] - own, count[1] - libraries) for name, count in counts.items()}, sizes


def qemu(board, elf, *more):
    return ("qemu-system-arm", "-M", board.machine, "-icount", "shift=8", "-nographic", "-monitor", "none",
            "-serial", "none", "-chardev", "stdio,id=out", "-semihosting-config", "enable=on,target=native,chardev=out",
            *more, "-kernel", elf)


def trace(board, elf):
    """The same run in QEMU's trace of single steps: for each call of `measured`, the instructions of what it calls,
    without their return."""
    with subprocess.Popen([str(word) for word in qemu(board, elf, "-singlestep", "-d", "exec,nochain")], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as emulator:
        steps = subprocess.Popen(["grep", "^Trace\\|^Stopped"], stdin=emulator.stderr, stdout=subprocess.PIPE)
        found = run("grep", "-n", " measured$\\|^Stopped", stdin=steps.stdout)
        emulator.stderr.close()
        steps.stdout.close()
        steps.wait()
    places, stops = [0], 0  # of the instructions of `measured` itself
    for line in found.splitlines():
        number, what = line.split(":", 1)
        if what.startswith("Stopped"):
            stops += 1  # each 65536 instructions QEMU stops before one that it has traced, and traces it again
        else:
            places.append(int(number) - 2 * stops)
    # Between them: by turns outside a call, and inside.
    gaps = [after - before - 1 for before, after in zip(places, places[1:]) if after - before > 1]
    return [inside - 1 for inside in gaps[1::2]]


def count_arm(board, program):
    """QEMU's icount, read by the program itself (arm/start.cpp says why it is exact), and the check by trace."""
    elf = BUILD / f"{board.name}-{program}.elf"
    run(*ARM, f"-mcpu={board.cpu}", *LINK, "-T", BENCH / "arm" / f"{board.machine}.ld", BENCH / f"{program}.cpp",
        BENCH / "arm" / "start.cpp", "-o", elf)
    counts, sizes = reported(run(*qemu(board, elf)))
    expected = [number for count in counts.values() for number in (count, 0, count, 0)]
    agree = trace(board, elf)[-len(expected):] == expected
    del counts["nothing"]
    return {name: (count, 0) for name, count in counts.items()}, sizes, agree


# Flash, RAM, objects -------------------------------------------------------------------------------------------------

def build_program(board, name):
    """One of programs/, linked with start-up code: the object, the program, and (text, data, bss) of it."""
    where = BUILD / board.name
    made, elf = where / f"{name}.o", where / f"{name}.elf"
    arm = [*ARM, f"-mcpu={board.cpu}"]
    run(*arm, *GRAPH, "-include", where / "atmqtt.hpp", "-c", BENCH / "programs" / f"{name}.cpp", "-o", made)
    keep = [f"-Wl,-u,{entry}" for entry in (*PORT, *entries(made))]
    run(*arm, *LINK, *keep, "-T", BENCH / "arm" / f"{board.machine}.ld", where / "start.o", made,
        "-o", elf)
    return made, elf, section_sizes(elf)


# Of each function, its frame and what it calls.
GRAPH = ["-fstack-usage", "-fcallgraph-info=su,da"]


def build_start(board):
    """What all of them share: start-up code, and the library's headers, compiled once. What comes of a program is the same
    bytes with them as without, in half the time."""
    where, arm = BUILD / board.name, [*ARM, f"-mcpu={board.cpu}"]
    where.mkdir(parents=True, exist_ok=True)
    run(*arm, "-c", BENCH / "arm" / "start.cpp", "-o", where / "start.o")
    run(*arm, *GRAPH, "-x", "c++-header", ROOT / "include" / "atmqtt.hpp", "-o", where / "atmqtt.hpp.gch")


def section_sizes(file):
    return tuple(int(number) for number in run("arm-none-eabi-size", file).splitlines()[1].split()[:3])


def impurities(made):
    """What keeps an object from being free of an operating system, of globals and of exceptions."""
    undefined = [line.split()[-1] for line in run("arm-none-eabi-nm", "-u", made).splitlines()]
    found = [name for name in undefined if name not in PORT and not ALLOWED.fullmatch(name)]
    _, data, bss = section_sizes(made)
    return found + ([f"data {data}"] if data else []) + ([f"bss {bss}"] if bss else [])


def footprint(board, name):
    """Flash, data and bss of a program, and what its object holds that it may not."""
    made, _, (text, data, bss) = build_program(board, name)
    return {"flash": text + data, "data": data, "bss": bss, "impure": impurities(made)}


def beyond(found, empty):
    return {**found, **{kind: found[kind] - empty[kind] for kind in ("flash", "data", "bss")}}


# Stack ---------------------------------------------------------------------------------------------------------------

def entries(made):
    """The functions of a program of STACKS."""
    return re.findall(r"^\w+ T (stack_\w+)$", run("arm-none-eabi-nm", made), re.M)


def plain(title):
    """The compiler puts the file before the name of a function that is seen in one object only."""
    return title.split(":")[-1]


def compiled_functions(made):
    """The compiler's call graph: for each function its frame, what it calls, and what is wrong with it."""
    graph = made.with_suffix(".ci").read_text()
    functions = {}
    for title, label in re.findall(r'^node: \{ title: "([^"]+)" label: "((?:[^"\\]|\\.)*)"', graph, re.M):
        frame = re.search(r"(\d+) bytes \(([^)]*)\)", label)
        if frame:
            functions[plain(title)] = [int(frame[1]), set(), "" if frame[2] == "static" else "a frame of unknown size"]
    for caller, callee in re.findall(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', graph, re.M):
        functions[plain(caller)][1].add(plain(callee))
    return functions


def pushed(operands):
    """Bytes of a register list such as {r4, r5-r7, lr}, {d8-d9}."""
    total = 0
    for part in re.search(r"\{(.*)\}", operands)[1].replace(" ", "").split(","):
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        count = numbers[1] - numbers[0] + 1 if "-" in part else 1
        total += count * (8 if part.startswith("d") else 4)
    return total


def all_functions(made, elf):
    """The same for the linked program. What was compiled elsewhere, memcpy and its like, is read from its code."""
    compiled, names = compiled_functions(made), {}
    for address, name in re.findall(r"^(\w+) [TtWw] (\S+)$", run("arm-none-eabi-nm", elf), re.M):
        names.setdefault(int(address, 16) & ~1, []).append(name)
    functions, here = dict(compiled), None
    for line in run("arm-none-eabi-objdump", "-d", "--no-show-raw-insn", elf).splitlines():
        begin = re.match(r"^(\w{8}) <", line)
        if begin:
            aliases = names.get(int(begin[1], 16), [])
            known = [compiled[name] for name in aliases if name in compiled]
            here = None if known else [0, set(), ""]
            functions.update((name, known[0] if known else here) for name in aliases)
            continue
        code = re.match(r"^\s+\w+:\s+([\w.]+)\s*(.*)$", line)
        if not code or here is None:
            continue
        what, operands = code[1].split(".")[0], code[2]
        if what in ("push", "vpush") or (what.startswith("stmdb") and operands.startswith("sp!")):
            here[0] += pushed(operands)
        elif what in ("sub", "subw") and re.match(r"sp, (sp, )?#", operands):
            here[0] += int(re.search(r"#(\d+)", operands)[1])
        elif what == "str" and "[sp, #-" in operands:
            here[0] += int(re.search(r"#-(\d+)", operands)[1])
        elif re.fullmatch(r"sub|mov|add", what) and re.match(r"sp, [^#]*$", operands) and "sp, sp, #" not in operands:
            here[2] = "a frame of unknown size"
        elif what == "blx" or f"{what} {operands}".startswith(("bx r", "mov pc, r")):
            here[2] = "an indirect call"
        elif re.fullmatch(r"bl?(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?", what):
            target = re.search(r"<([^+>]+)>", operands)  # with +0x it stays inside a function
            if target:
                here[1].add(target[1])
    return functions


def deepest(name, functions, cache, above=()):
    """Bytes of stack that a call of `name` takes, and the path there; ValueError where no bound can be given."""
    path = (*above, name)
    if name in above:
        raise ValueError("recursion: " + readable(path, functions))
    if name not in functions:
        what = "an indirect call" if name == "__indirect_call" else "an unknown function"
        raise ValueError(f"{what}: {readable(path, functions)}")
    if name not in cache:
        frame, callees, wrong = functions[name]
        if wrong:
            raise ValueError(f"{wrong}: {readable(path, functions)}")
        below, rest = max((deepest(callee, functions, cache, path) for callee in sorted(callees)), default=(0, ()))
        cache[name] = (frame + below, (name, *rest))
    return cache[name]


def readable(path, functions):
    """Names without namespaces, parameters and template arguments, each with its own frame."""
    names = run("arm-none-eabi-c++filt", "-p", *path).splitlines()
    for index, name in enumerate(names):
        shorter = ""
        while shorter != name:
            shorter, name = name, re.sub(r"(?<!operator)<[^<>]*>", "", name)
        name = function_of(name) if name.startswith("_Z") else name  # c++filt did not know what to make of it
        frame = f" {functions[path[index]][0]}" if path[index] in functions else ""
        names[index] = name.split(" ")[-1].replace("atmqtt::", "").replace("detail::", "") + frame
    return " > ".join(names)


def function_of(mangled):
    """The last name in front of the template arguments of a mangled name: at_place of _ZN6atmqtt6detail8at_placeILj16E..."""
    at = re.match(r"_Z+N?K?(St)?", mangled).end()
    name = mangled
    while length := re.match(r"\d+", mangled[at:]):
        begin = at + length.end()
        at = begin + int(length[0])
        name = mangled[begin:at]
    return name


def stacks(board, program):
    """For each function of a program of STACKS: bytes and path, or why there is no bound."""
    rows = {}
    made, elf, _ = build_program(board, program)
    functions, cache = all_functions(made, elf), {}
    for entry in entries(made):
        try:
            size, path = deepest(entry, functions, cache)
            rows[entry.removeprefix("stack_")] = (size, readable(path, functions))
        except ValueError as reason:
            rows[entry.removeprefix("stack_")] = (None, str(reason))
    return rows


# Ceilings and tables -------------------------------------------------------------------------------------------------

WORKS = {
    "parse_publish/16": ("1", "parse a `+MQTTPUBLISH` line, 16 bytes"),
    "parse_publish/128": ("1", "the same, 128 bytes"),
    "parse_publish/1024": ("1", "the same, 1024 bytes"),
    "stream_64/1024": ("2", "from a stream in chunks of 64, 1024 bytes"),
    "stream_1/16": ("3", "from a stream byte by byte, 16 bytes"),
    "format_publish/dense": ("4", "format a publish of dense JSON"),
    "format_publish/counted": ("5", "format its counted form"),
    "parse_command/dense": ("6", "parse that command, the message viewed"),
    "parse_command/dense_copied": ("6", "parse that command, and copy its message out without escapes"),
    "parse_suback/any_line": ("7", "parse `+MQTTSUBACK`, of all lines"),
    "parse_suback/of_two": ("7", "the same, of two lines"),
    "parse_ok/any_line": ("-", "parse `OK`, of all lines"),
    "encode_publish/1024": ("8", "encode a PUBLISH, 1024 bytes"),
    "encode_publish/head": ("8", "the same without its payload"),
    "decode_publish/body": ("9", "decode that PUBLISH, its fixed header given"),
    "decode_publish/bytes": ("9", "the same, the fixed header read by `length_reader`"),
    "decode_publish/packet_reader": ("9", "the same, all of it copied by `packet_reader`"),
    "format_subscribe/alone": ("-", "format `subscribe`"),
    "format_subscribe/any_command": ("-", "the same, of all commands"),
    "parse_subscribe/any_command": ("-", "parse it, of all commands"),
    "command_reader/one_piece": ("-", "read it by `command_reader`, in one piece"),
    "command_reader/by_byte": ("-", "the same, byte by byte"),
    "command_reader/data_128": ("-", "128 bytes of counted data by `command_reader`, in one piece"),
    "format_suback/alone": ("-", "format `suback`"),
    "format_suback/any_line": ("-", "the same, of all lines"),
    "format_message/128": ("-", "format a `message`, 128 bytes"),
    "parse_subscription/item": ("-", "parse an item of the list of subscriptions"),
    "describe/command": ("-", "`describe` a `subscribe`, of all commands"),
    "describe/line": ("-", "`describe` a `suback`, of all lines"),
    "encode_connect/user": ("-", "encode CONNECT with user and password"),
    "encode_subscribe/one": ("-", "encode SUBSCRIBE"),
    "encode_puback/alone": ("-", "`encode_acknowledgement`"),
    "encode_puback/any_packet": ("-", "encode PUBACK, of all packets"),
    "encoded_size/publish_128": ("-", "`encoded_size` of a PUBLISH"),
    "decode_connack/alone": ("-", "decode CONNACK"),
    "decode_suback/alone": ("-", "decode SUBACK"),
    "decode_puback/alone": ("-", "`decode_acknowledgement`"),
    "decode_puback/any_packet": ("-", "decode PUBACK, of all packets"),
    "topic_matches/wildcard": ("-", "`topic_matches`: dev/+/u and dev/gsm/u"),
    "is_topic_filter/plain": ("-", "`is_topic_filter`: dev/gsm/u"),
    "is_topic_name/plain": ("-", "`is_topic_name`: dev/gsm/u"),
    "link/open": ("-", "`link`: from closed to open, four events"),
    "session/greet": ("-", "`session`: CONNECT and CONNACK"),
    "session/publish_0": ("-", "`session`: publish 128 bytes at QoS 0, to `done`"),
    "session/publish_1": ("-", "the same at QoS 1: PUBLISH, PUBACK"),
    "session/publish_2": ("-", "the same at QoS 2: PUBLISH, PUBREC, PUBREL, PUBCOMP"),
    "session/subscribe": ("-", "`session`: SUBSCRIBE and SUBACK"),
    "session/receive_0": ("-", "`session`: receive 128 bytes at QoS 0"),
    "session/receive_1": ("-", "the same at QoS 1, answered"),
    "session/receive_2": ("-", "the same at QoS 2, answered twice"),
    "chat/command": ("-", "`chat`: a command and its OK"),
    "host/open": ("-", "`host`: the whole bring-up, one subscription"),
    "host/publish_1": ("-", "`host`: publish 128 bytes, from the call to `done`"),
    "host/message_128": ("-", "`host`: a `+MQTTPUBLISH` line of 128 bytes to its event"),
    "host/tick": ("-", "`host`: a tick too many"),
    "host/wait": ("-", "`host`: `wait`"),
    "modem/open": ("-", "`modem`: AT+MQTTOPEN, from the line to OK"),
    "modem/publish_1": ("-", "`modem`: AT+MQTTPUB of 128 bytes, from the line to PUBLISH, PUBACK and OK"),
    "modem/obey_publish_1": ("-", "the same by `obey`, its bytes in one piece"),
    "modem/subscribe": ("-", "`modem`: AT+MQTTSUB, from the line to SUBSCRIBE, SUBACK and OK"),
    "modem/message_128": ("-", "`modem`: PUBLISH of 128 bytes to its line, and PUBACK"),
    "modem/tick": ("-", "`modem`: a tick too many"),
    "modem/wait": ("-", "`modem`: `wait`"),
}
PROGRAMS = {
    "format_one": ("10", "formats one command"),
    "subscribe_suback": ("10", "formats `subscribe`, parses `suback`"),
    "format_three": ("10", "formats three commands"),
    "format_commands": ("10", "formats all commands"),
    "parse_one": ("10", "parses one line"),
    "parse_three": ("10", "parses three lines"),
    "parse_lines": ("10", "parses all lines"),
    "whole_host": ("10", "formats all commands, parses all lines"),
    "parse_commands": ("10", "parses all commands: the modem's side"),
    "format_lines": ("10", "formats all lines: the modem's side"),
    "describe": ("-", "describes all commands and lines"),
    "readers": ("10", "reads a stream: `line_reader`"),
    "command_reader": ("-", "reads a stream: `command_reader`"),
    "packet_reader": ("-", "reads a stream: `packet_reader`"),
    "topics": ("-", "names, filters, and which matches which"),
    "by_hand": ("10", "one command, three lines: `snprintf`, `sscanf`"),
    "mqtt_codec": ("11", "MQTT codec, client side"),
    "mqtt_session": ("11", "codec and session: every call of `session`"),
    "link": ("-", "every call of `link`"),
    "chat": ("-", "every call of `chat`, every command"),
    "modem": ("12", "the whole modem"),
    "host": ("12", "the whole host machine"),
}
STACKS = ["stack", "stack_mqtt", "stack_machines", "stack_rest"]  # apart: what a compiler inlines depends on who else calls it
TARGETS = {"x86": "x86-64", **{board.name: board.title for board in BOARDS}}


class Gate:
    """Compares figures with ceilings.txt, if the same compilers made those, and counts what passed."""

    def __init__(self, made):
        self.passed, self.failures, self.figures, self.lines, self.goals = 0, [], {}, {}, {}
        self.made, ceilings = made, CEILINGS.read_text()
        self.is_held = f"Made by {made}" in ceilings
        for line in ceilings.splitlines():
            words = line.split("#")[0].split()
            if words:
                self.lines[words[0]] = words[1:3]

    def check(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failures.append(what)

    def row(self, name, figure, whole=None, beside=None):
        """The cells `ceiling | goal | verdict` of a figure. `whole` is what its goal is compared with. A goal like
        memcpy+70 counts from what is written `beside` it in the same run."""
        self.figures[name] = figure
        ceiling, goal = self.lines.get(name, ["none", "-"])
        past = self.is_held and (not ceiling.isdigit() or figure > int(ceiling))
        if self.is_held:
            self.check(not past, f"{name}: {figure}, ceiling {ceiling}")
        verdict = "**past its ceiling**" if past else ""
        if goal != "-":
            base, _, more = goal.rpartition("+")
            most = int(more) + (beside[base] if base else 0)
            goal = f"{goal} = {most}" if base else goal
            over = (figure if whole is None else whole) - most
            self.goals[name] = (goal, over)
            verdict = f"{tables.verdict(over)} {verdict}".strip()
        return f"{ceiling} | {goal} | {verdict}"

    def set_ceilings(self):
        """Writes ceilings.txt anew from the figures: each may grow by 3 %, sizes of objects by nothing. None is raised: that is
        done by hand. Goals, comments and order stay, and so does a line whose figure is gone."""
        if not self.is_held:
            raise Broken(f"{CEILINGS.name} was made by others than {self.made}: say so in it by hand first")
        lines, done = [], set()
        for line in CEILINGS.read_text().splitlines():
            name = (line.split("#")[0].split() or [""])[0]
            done.add(name)
            lines.append(self.line(name) if name in self.figures else line)
        lines += [self.line(name) for name in self.figures if name not in done]
        CEILINGS.write_text("\n".join(lines) + "\n")

    def line(self, name):
        before, goal = self.lines.get(name, ["none", "-"])
        exact = "/sizeof/" in name or "/lend/" in name
        ceiling = self.figures[name] * (100 if exact else 103) // 100
        if before.isdigit():
            ceiling = min(ceiling, int(before))
        return f"{name:<36}{ceiling:>8} {goal:>7}"


def instruction_table(gate, counts):
    print("\n## Instructions\n")
    print("Exact counts of one call. x86-64 at -O2: the program's own and, behind the +, libc's; the ceiling is for its")
    print("own, the goal for both. Cortex-M at -Os, newlib-nano included.\n")
    print("| row | work | target | figure | ceiling | goal | | written by hand, in the same run |")
    print("|---|---|---|---:|---:|---:|---|---|")
    for work, (row, title) in WORKS.items():
        for target, label in TARGETS.items():
            found = counts[target]
            own, libc = found[work]
            cells = gate.row(f"{target}/{work}", own, own + libc, tables.peers_of(found, work))
            print(f"| {row} | {title} | {label} | {tables.figure(found, work)} | {cells} | {tables.beside(found, work)} |")


def size_table(gate, rows):
    print("\n## Flash and RAM\n")
    print("Linked programs beyond an empty one with the same start-up code, bytes. Data and bss must be 0.\n")
    print("| row | program | target | flash | data | bss | ceiling | goal | |")
    print("|---|---|---|---:|---:|---:|---:|---:|---|")
    for program, (row, title) in PROGRAMS.items():
        for board in BOARDS:
            found = rows[board.name][program]
            cells = "- | - | " if program == "by_hand" else gate.row(f"flash/{board.name}/{program}", found["flash"])
            print(f"| {row} | {title} | {board.title} | {found['flash']} | {found['data']} | {found['bss']} | {cells} |")
            if program != "by_hand":
                impure = found["impure"] + [kind for kind in ("data", "bss") if found[kind]]
                gate.check(not impure, f"{board.name}/{program}: holds {', '.join(impure)}")


def stack_table(gate, rows):
    print("\n## Stack\n")
    print("The deepest path of a call, bytes; what it returns is the caller's.\n")
    print("| row | call | target | figure | ceiling | goal | | deepest path |")
    print("|---|---|---|---:|---:|---:|---|---|")
    for board in BOARDS:
        for call, (size, path) in rows[board.name].items():
            if size is None:
                gate.check(False, f"stack/{board.name}/{call}: {path}")
            cells = "- | - | **no bound**" if size is None else gate.row(f"stack/{board.name}/{call}", size)
            print(f"| 14 | {call} | {board.title} | {'-' if size is None else size} | {cells} | {path} |")


def object_table(gate, sizes):
    print("\n## Objects, and what to lend\n")
    print("| row | object | target | bytes | ceiling | goal | |")
    print("|---|---|---|---:|---:|---:|---|")
    for name, size in sizes["m0"].items():
        for target in ("x86", "m0") if name.startswith("sizeof") else ("m0",):
            cells = gate.row(f"{target}/{name}", sizes[target][name])
            print(f"| 13 | {name} | {TARGETS[target]} | {sizes[target][name]} | {cells} |")


def made_by():
    """The versions that figures depend on. newlib's is that of its compiler's package."""
    libc = re.search(r"[\d.]+$", run("ldd", "--version").splitlines()[0])[0]
    versions = [f"{compiler} {run(compiler, '-dumpfullversion').strip()}" for compiler in ("g++", "arm-none-eabi-g++")]
    return ", ".join([*versions, f"glibc {libc}"])


def merged(parts):
    """What several programs have counted, as one."""
    counts, sizes = {}, {}
    for found, size, *_ in parts:
        counts.update(found)
        sizes.update(size)
    return counts, sizes


class Results:
    """Everything that is measured, the longest first."""

    def __init__(self):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            scaled = {program: pool.submit(count_x86, program) for program in SCALED}
            arm = {board.name: [pool.submit(count_arm, board, program) for program in COUNTED] for board in BOARDS}
            x86 = [pool.submit(count_x86, program) for program in COUNTED]
            list(pool.map(build_start, BOARDS))
            depth = {board.name: [pool.submit(stacks, board, program) for program in STACKS] for board in BOARDS}
            flash = {board.name: {name: pool.submit(footprint, board, name) for name in ("empty", *PROGRAMS)}
                     for board in BOARDS}
        self.counts, self.sizes, self.disagreeing = {}, {}, []
        self.counts["x86"], self.sizes["x86"] = merged(part.result() for part in x86)
        for board in BOARDS:
            parts = [part.result() for part in arm[board.name]]
            self.counts[board.name], self.sizes[board.name] = merged(parts)
            self.disagreeing += [f"{board.name}/{program}" for program, part in zip(COUNTED, parts) if not part[2]]
        (self.crowd, self.sizes["scale"]), (self.growth, _) = (scaled[program].result() for program in SCALED)
        self.depth = {name: {call: row for part in parts for call, row in part.result().items()}
                      for name, parts in depth.items()}
        self.flash = {}
        for name, rows in flash.items():
            empty = rows.pop("empty").result()
            self.flash[name] = {program: beyond(row.result(), empty) for program, row in rows.items()}


def print_tables(gate, found):
    gate.check(not found.disagreeing, f"QEMU's timer and its trace count differently: {', '.join(found.disagreeing)}")
    instruction_table(gate, found.counts)
    size_table(gate, found.flash)
    stack_table(gate, found.depth)
    object_table(gate, found.sizes)
    scale.table(gate, found.crowd, found.growth, found.sizes["scale"])
    for name in gate.lines.keys() - gate.figures.keys():
        gate.check(False, f"{name}: has a ceiling, but no figure")
    print()


def main():
    wanted = set(sys.argv[1:])
    if wanted - {"--set-ceilings", "--write-tables"}:
        raise Broken("usage: bench/gate.sh [--set-ceilings] [--write-tables]")
    BUILD.mkdir(parents=True, exist_ok=True)
    found, made = Results(), made_by()
    gate = Gate(made)
    print(made)
    print_tables(gate, found)
    texts = {
        tables.SIZE: tables.size_text(made, PROGRAMS, BOARDS, found.flash, found.depth, found.sizes),
        tables.INSTRUCTIONS: tables.instructions_text(made, WORKS, found.counts, found.crowd, found.growth),
        tables.README: tables.readme_text(made, WORKS, PROGRAMS, TARGETS, gate, found),
    }
    if "--write-tables" in wanted:
        tables.write(texts)
    if "--set-ceilings" in wanted:
        gate.set_ceilings()
        print(f"{CEILINGS.relative_to(ROOT)} is written")
    if wanted:
        print("run this again, without an option, to hold them")
        return
    tables.hold(gate, made, texts)
    if not gate.is_held:
        print(f"{CEILINGS.relative_to(ROOT)} was made by others than {made}: not held")
    for failure in gate.failures:
        print("FAILED", failure)
    print(f"{gate.passed} passed, {len(gate.failures)} failed")
    sys.exit(bool(gate.failures))


if __name__ == "__main__":
    try:
        main()
    except Broken as reason:
        print(f"{reason}\n0 passed, 1 failed")
        sys.exit(1)
