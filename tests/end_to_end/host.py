"""The host's end of an AT port: lines and counted payloads, each waited for, byte for byte."""
# SPDX-License-Identifier: MIT

import os
import re
import select
import time

DEADLINE = 10.0  # seconds for what takes milliseconds, on a machine that is busy with other things
SILENCE = 0.2  # seconds in which something would have come


class host:
    """The host's end of the AT port. What was read and not taken yet is kept."""

    def __init__(self, reads, writes=None):
        self.reads = reads
        self.writes = reads if writes is None else writes
        self.held = b""
        self.pieces = 0  # reads so far
        for file in {self.reads, self.writes}:
            os.set_blocking(file, False)

    def close(self):
        for file in {self.reads, self.writes} - {-1}:
            os.close(file)
        self.reads = self.writes = -1

    def close_writing(self):
        os.close(self.writes)
        self.writes = -1

    # --- bytes ---

    def write(self, data):
        end = time.monotonic() + DEADLINE
        while data:
            self.exchange(end, [self.writes], "the port takes no bytes")
            try:
                data = data[os.write(self.writes, data):]
            except BlockingIOError:
                pass

    def write_blindly(self, data):
        """As much as the port takes from one who does not read. Gives the rest."""
        while data and select.select([], [self.writes], [], SILENCE)[1]:
            try:
                data = data[os.write(self.writes, data):]
            except BlockingIOError:
                pass
        return data

    def exchange(self, end, writes, complaint):
        """Reads what is there, waits for more, or until bytes can be written. False at the end of the input."""
        ready, free, _ = select.select([self.reads], writes, [], max(0, end - time.monotonic()))
        if not ready and not free:
            raise AssertionError(f"{complaint}; held: {self.held[-2000:]!r}")
        try:
            came = os.read(self.reads, 65536) if ready else None
        except BlockingIOError:
            came = None
        except OSError:  # a pty whose module has gone
            came = b""
        self.held += came or b""
        self.pieces += 1 if came else 0
        return came != b""

    def wait_for(self, is_there, what):
        end = time.monotonic() + DEADLINE
        while not is_there():
            if not self.exchange(end, [], f"{what} did not come"):
                raise AssertionError(f"the port was closed before {what}; held: {self.held[-2000:]!r}")

    def take_count(self, count, what="so many bytes"):
        self.wait_for(lambda: len(self.held) >= count, what)
        taken, self.held = self.held[:count], self.held[count:]
        return taken

    def expect(self, data):
        """Exactly these bytes come next."""
        self.wait_for(lambda: len(self.held) >= len(data) or not data.startswith(self.held), repr(data))
        if not self.held.startswith(data):
            raise AssertionError(f"expected {data!r}, there came {self.held[:2000]!r}")
        self.held = self.held[len(data):]

    def skip_to(self, data):
        """What comes before these bytes, which are taken too."""
        self.wait_for(lambda: data in self.held, repr(data))
        before, _, self.held = self.held.partition(data)
        return before

    def expect_silence(self, seconds=SILENCE):
        """Nothing comes; the only wait that is not for something."""
        end = time.monotonic() + seconds
        try:
            while not self.held and self.exchange(end, [], ""):
                pass
        except AssertionError:
            return
        raise AssertionError(f"there came {self.held!r}, or the end")

    def hears(self, words, seconds):
        """Whether any of these comes in time. All that has come is dropped."""
        end = time.monotonic() + seconds
        try:
            while not any(one in self.held for one in words) and self.exchange(end, [], ""):
                pass
        except AssertionError:
            pass
        found, self.held = any(one in self.held for one in words), b""
        return found

    def rest(self):
        """All that comes until the port is closed."""
        end = time.monotonic() + DEADLINE
        while self.exchange(end, [], "the port was not closed"):
            pass
        taken, self.held = self.held, b""
        return taken

    # --- lines ---

    def send(self, line):
        self.write(line.encode() + b"\r")

    def expect_lines(self, *lines):
        for line in lines:
            self.expect(b"\r\n" + line.encode() + b"\r\n")

    def command(self, line, *answers):
        self.send(line)
        self.expect_lines(*answers)

    def line(self):
        self.expect(b"\r\n")
        return self.skip_to(b"\r\n").decode()

    def message(self):
        """+MQTTPUBLISH, of either spelling: what is before the topic, the topic, and the payload by its length."""
        self.expect(b"\r\n+MQTTPUBLISH:")
        pattern = re.compile(rb' ?(\d),(\d),(\d),(\d+),("?)(.*?)\5,(\d+),')
        self.wait_for(lambda: pattern.match(self.held), "the header of a message")
        header = pattern.match(self.held)
        self.held = self.held[header.end():]
        payload = self.take_count(int(header[7]), "the payload")
        self.expect(b"\r\n")
        return tuple(int(header[at]) for at in range(1, 5)), header[6].decode(), payload

    def publish_counted(self, head, payload, *answers):
        self.send(f"AT+MQTTPUB={head},{len(payload)}")
        self.expect(b"\r\n> ")
        self.write(payload)
        self.expect_lines(*answers)

    def be_quiet(self):
        self.write(b"ATE0\r")
        self.expect(b"ATE0\r\r\nOK\r\n")
        return self

    def configure(self, at, name="ml302", keep_alive=60, user="", passwd="", clean=1, tail="", where="127.0.0.1"):
        self.command(f'AT+MQTTCFG="{where}",{at.port},"{name}",{keep_alive},"{user}","{passwd}",{clean}{tail}', "OK")

    def open(self, at, will="0,0,0,\"\",\"\"", **words):
        """Configures and opens: connected from then on."""
        self.configure(at, **words)
        flags = "1,1" if words.get("user") else "0,0"
        self.command(f"AT+MQTTOPEN={flags},{will}", "+MQTTOPEN: OK", "OK")
