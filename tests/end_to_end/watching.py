"""atmqtt-decode, fed by a socat between atmqtt and its module."""
# SPDX-License-Identifier: MIT

import os
import re
import subprocess

import world


class watching(world.case):
    def test_a_driver_is_watched_while_it_publishes(self):
        self.assertTrue(world.tool("socat"), "not there, and needed: socat")
        at = self.broker()
        outer, inner = self.path("ttyV0"), self.path("ttyV1")
        self.modem("--pty", inner, "--broker", f"127.0.0.1:{at.port}", stdout=subprocess.DEVNULL)
        world.eventually(lambda: os.path.islink(inner), "a module")
        between = world.process(self.folder, world.tool("socat"), "-x", f"PTY,link={outer},raw,echo=0", f"{inner},raw,echo=0")
        self.addCleanup(between.kill)
        world.eventually(lambda: os.path.islink(outer), between.said)
        made = world.process(self.folder, os.environ["ATMQTT"], "pub", "--device", outer, "-h", "b", "-u", "me", "-P",
                             "xyzzy", "-t", "t", "-q", "1", "-m", 'a \\ "b"')
        self.addCleanup(made.kill)
        self.assertEqual(made.result(), 0, made.said())
        between.signal(15)
        between.child.wait()
        told = subprocess.run((os.environ["ATMQTT_DECODE"], "--socat", between.log), check=True, capture_output=True,
                              text=True).stdout
        columns = r"\A\d\d:\d\d:\d\d\.\d{6}  (..) +\d+ +\d+  (\w+) +"
        lines = [re.sub(columns, r"\1 \2 ", line) for line in told.splitlines()]
        publishing = lines.index('-> command MQTTPUB set topic="t" qos=1 retain=0 dup=0 length=7')
        self.assertEqual(lines[publishing + 1:],
                         ["<- prompt ", r'-> data "a \\ \"b\""', "<- line MQTTPUBACK dup=0 packId=1", "<- final OK",
                          "-> command MQTTDISC", "<- line MQTTDISC status=OK", "<- final OK"])
        self.assertIn('-> command MQTTCFG set host="b"', "\n".join(lines))
        self.assertNotIn("xyzzy", told)


if __name__ == "__main__":
    world.main()
