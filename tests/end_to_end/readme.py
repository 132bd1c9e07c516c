"""The README's dialogue and its commands, as printed there but for ports and paths, and its tables."""
# SPDX-License-Identifier: MIT

import os
import re
import signal
import subprocess

import world

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
README = os.path.join(ROOT, "README.md")


def block_with(words):
    with open(README, encoding="utf-8") as file:
        blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    found = [block for block in blocks if words in block]
    assert len(found) == 1, f"{len(found)} blocks of the README hold {words!r}"
    return found[0]


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


class the_readme(world.case):
    def test_its_tables_name_every_message_and_every_error_code(self):
        covered = set(re.findall(r"`(\w+)`", text_of("README.md").split("## What it covers")[1].split("\n## ")[0]))
        at = os.path.join("include", "atmqtt", "at")
        structs = [name for file in ("commands.hpp", "lines.hpp") for name in re.findall(r"^struct (\w+)", text_of(at, file), re.MULTILINE)]
        self.assertGreater(len(structs), 35)
        self.assertEqual(set(structs) - covered - {"spelled"}, set())
        codes = set(re.findall(r"\b6[0-9][0-9]\b", text_of("README.md").split("## Error codes")[1].split("\n## ")[0]))
        named = set(re.findall(r"= (6[0-9][0-9])\b", text_of(at, "types.hpp")))
        self.assertGreater(len(named), 15)
        self.assertEqual({code for code in named if code not in codes and code != "611"}, set())

    def test_the_manuals_dialogue_is_answered_as_printed(self):
        first, *lines = block_with("$ atmqtt-modem --stdio").splitlines()
        self.assertEqual(first, "$ atmqtt-modem --stdio --broker 127.0.0.1:1883")
        at = self.broker()
        _, host = self.stdio("--broker", f"127.0.0.1:{at.port}")
        starts = [number for number, line in enumerate(lines) if line.startswith("AT")]
        self.assertGreater(len(starts), 7)
        for start, end in zip(starts, starts[1:] + [len(lines)]):
            host.write(lines[start].encode() + b"\n")  # as a terminal or a pipe ends lines
            # A screen shows CR LF as a new line, and nothing of another CR. Which of a message and of PUBACK is first, is the
            # broker's choice.
            printed = [line for line in lines[start:end] if line]
            host.wait_for(lambda: b"\r\nOK\r\n" in host.held and host.held.count(b"\r\n") >= 2 * len(printed) - 2,
                          f"the answer to {lines[start]}")
            shown = [line for line in host.held.decode().replace("\r\n", "\n").replace("\r", "").splitlines() if line]
            host.held = b""
            self.assertEqual(shown[0], printed[0])
            self.assertEqual(shown[-1], printed[-1])
            self.assertEqual(sorted(shown), sorted(printed))

    def test_the_diagram_is_that_of_the_links_table(self):
        drawn = subprocess.run(os.environ["ATMQTT_STATES"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(drawn, block_with("stateDiagram-v2"))

    def test_the_commands_pasted_in_one_go_bring_a_message_through(self):
        self.assertEqual(block_with("examples/tools.sh"), "examples/tools.sh\n")  # .ci/bare-root twice runs it
        pasted = block_with("--pty /tmp/modem")
        swaps = {"build/tools/examples/atmqtt-modem": os.environ["ATMQTT_MODEM"],
                 "build/tools/examples/atmqtt ": os.environ["ATMQTT"] + " ",
                 "/tmp/modem": self.path("modem"), "18830": str(world.free_port())}
        for printed, here in swaps.items():
            self.assertIn(printed, pasted)
            pasted = pasted.replace(printed, here)
        self.assertIn("`kill %1 %2`", text_of("README.md"))
        shell = subprocess.Popen(["bash", "-c", pasted + "kill %1 %2"], stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            printed, _ = shell.communicate(timeout=world.DEADLINE)
        finally:
            if shell.returncode is None:
                os.killpg(shell.pid, signal.SIGKILL)
        self.assertEqual(printed.splitlines()[-1], '{"t":21}')
        self.assertEqual(shell.returncode, 0)


if __name__ == "__main__":
    world.main()
