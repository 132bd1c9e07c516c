"""A private world for each test: a broker, its counterparts, and a host at a virtual module. All of it ends with the test."""
# SPDX-License-Identifier: MIT

import ctypes
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from host import DEADLINE, SILENCE, host  # noqa: F401  (for the tests)

TOOLS = ("mosquitto", "mosquitto_pub", "mosquitto_sub", "mosquitto_passwd", "openssl")
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))


def tool(name):
    return shutil.which(name, path=PATH)


def eventually(is_so, what):
    """Waits until it is so."""
    end = time.monotonic() + DEADLINE
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"it did not come to this within {DEADLINE:g} s: {what() if callable(what) else what}")
        time.sleep(0.005)


def end_with_parent():
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the test itself may be to outlive its terminal
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing outlives a test that was killed


def free_port():
    """A port that nobody is given while its broker restarts: below those that the kernel hands out."""
    while True:
        port = random.randint(10000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class process:
    """A program that was started, with what it says on standard error."""

    def __init__(self, folder, *words, **streams):
        handle, self.log = tempfile.mkstemp(prefix=os.path.basename(words[0]) + "-", suffix=".log", dir=folder)
        self.child = subprocess.Popen(words, stderr=handle, preexec_fn=end_with_parent, bufsize=0, **streams)
        os.close(handle)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def is_running(self):
        return self.child.poll() is None

    def await_saying(self, words, count=1):
        eventually(lambda: self.said().count(words) >= count or not self.is_running(),
                   lambda: f"{words!r} {count} times in: {self.said()}")
        if self.said().count(words) < count:
            raise AssertionError(f"ended with {self.child.returncode} before {words!r}: {self.said()}")

    def signal(self, which):
        self.child.send_signal(which)

    def result(self):
        """Waits for its end."""
        try:
            return self.child.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.child.args[0]} does not end: {self.said()}") from None

    def kill(self):
        if self.is_running():
            self.child.kill()
        self.child.wait()
        for stream in (self.child.stdin, self.child.stdout):
            if stream:
                stream.close()


class broker(process):
    """A mosquitto of its own, at a free port of the loopback. `lines` are of its configuration."""

    def __init__(self, folder, *lines):
        self.folder = folder
        self.lines = lines
        for _ in range(5):
            self.port = free_port()
            if self.start():
                return
        raise AssertionError(f"mosquitto does not start: {self.said()}")

    def start(self):
        where = os.path.join(self.folder, f"mosquitto-{self.port}.conf")
        with open(where, "w", encoding="utf-8") as file:
            file.write("\n".join((f"listener {self.port} 127.0.0.1", f"user {pwd.getpwuid(os.getuid()).pw_name}",
                                  "log_type all", "connection_messages true", "max_queued_messages 0", *self.lines)))
            if not any(line.startswith(("allow_anonymous", "password_file")) for line in self.lines):
                file.write("\nallow_anonymous true")
            file.write("\n")
        super().__init__(self.folder, tool("mosquitto"), "-c", where)
        eventually(lambda: " running" in self.said() or not self.is_running(), self.said)
        return self.is_running()

    def restart(self):
        """Once more at the same port; its persistence is all that it knows."""
        self.kill()
        if not self.start():
            raise AssertionError(f"mosquitto does not start again: {self.said()}")

    def stop(self):
        """Ends it as a service is ended: it keeps what it is to keep."""
        self.signal(signal.SIGTERM)
        self.result()


class subscriber(process):
    """A mosquitto_sub that is subscribed. `messages` waits for so many."""

    def __init__(self, at, topic, count, *words, name="counterpart"):
        super().__init__(at.folder, tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(at.port), "-i", name, "-q", "2",
                         "-t", topic, "-C", str(count), "-F", "%t %q %r %x", *words, stdout=subprocess.PIPE)
        at.await_saying(f"Sending SUBACK to {name}")

    def messages(self):
        """Each as topic, QoS, whether it was retained, and payload."""
        try:
            printed, _ = self.child.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"mosquitto_sub has so far: {late.stdout!r}") from None
        rows = [line.split(" ") for line in printed.decode().splitlines()]
        return [(topic, int(qos), retain == "1", bytes.fromhex(payload)) for topic, qos, retain, payload in rows]


class modem(process):
    """An atmqtt-modem, which is expected to end with `status` once it is told to."""

    def __init__(self, folder, *options, **streams):
        super().__init__(folder, os.environ["ATMQTT_MODEM"], *options, **streams)
        self.status = 0

    def end(self):
        """It disconnects, whatever it was doing; the sanitizers have found nothing."""
        try:
            if self.is_running():
                self.signal(signal.SIGTERM)
                self.result()
        finally:
            self.kill()
        found = "Sanitizer" in self.said() or "runtime error" in self.said()
        if found or self.child.returncode not in (self.status, -signal.SIGKILL):
            raise AssertionError(f"atmqtt-modem ended with {self.child.returncode}: {self.said()}")


class case(unittest.TestCase):
    """A test with a folder; what it starts is ended after it, however it goes."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="atmqtt-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def broker(self, *lines):
        made = broker(self.folder, *lines)
        self.addCleanup(made.kill)
        return made

    def subscriber(self, at, topic, count=1, *words, **names):
        made = subscriber(at, topic, count, *words, **names)
        self.addCleanup(made.kill)
        return made

    def modem(self, *options, **streams):
        made = modem(self.folder, *options, **streams)
        self.addCleanup(made.end)
        return made

    def publish(self, at, topic, payload, *words, qos=1):
        """A message of a counterpart; with `-l` among the words a message a line."""
        how = () if "-l" in words else ("-s",) if payload else ("-n",)
        subprocess.run((tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(at.port), "-t", topic, "-q", str(qos), *how,
                        *words), input=payload, check=True, timeout=DEADLINE)

    def refused_modem(self, status, *options):
        """What one says that does not even begin: one line."""
        made = self.modem(*options, stdout=subprocess.DEVNULL)
        made.status = status
        self.assertEqual(made.result(), status)
        self.assertRegex(made.said(), r"\Aatmqtt-modem: [^\n]+\n\Z")
        return made.said()

    def at_port(self, *files):
        made = host(*files)
        self.addCleanup(made.close)
        return made

    def pty(self, *options):
        """A module at a pty, and its host, who has switched the echo off."""
        link = self.path(f"ttyV{random.getrandbits(32):x}")
        made = self.modem("--pty", link, *options, stdout=subprocess.DEVNULL)
        eventually(lambda: os.path.islink(link) or not made.is_running(), lambda: f"{link}: {made.said()}")
        return made, self.at_port(os.open(link, os.O_RDWR | os.O_NOCTTY))

    def host(self, *options):
        return self.pty(*options)[1].be_quiet()

    def stdio(self, *options):
        made = self.modem("--stdio", *options, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return made, self.at_port(os.dup(made.child.stdout.fileno()), os.dup(made.child.stdin.fileno()))

    def listening(self, *options):
        made = self.modem("--listen", "unix:" + self.path("at"), *options)
        eventually(lambda: os.path.exists(self.path("at")) or not made.is_running(), made.said)
        return made

    def peer(self):
        """A host at the socket of `listening`, which is there a moment before anybody listens."""
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(DEADLINE)
        eventually(lambda: made.connect_ex(self.path("at")) == 0, "a module that listens")
        return self.at_port(made.detach())


def openssl(folder, *words):
    subprocess.run((tool("openssl"), *words), cwd=folder, check=True, timeout=DEADLINE, capture_output=True)


def make_authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    return os.path.join(folder, f"{name}.pem")


def make_certificate(folder, authority, names):
    """Of a broker; `names` as in subjectAltName. Gives the lines of its configuration."""
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=broker",
            "-keyout", "broker.key", "-out", "broker.csr")
    with open(os.path.join(folder, "names"), "w", encoding="utf-8") as file:
        file.write(f"subjectAltName={names}\n")
    openssl(folder, "x509", "-req", "-in", "broker.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "broker.pem")
    return (f"certfile {folder}/broker.pem", f"keyfile {folder}/broker.key")


def missing():
    """What cannot be done without."""
    lacks = [name for name in TOOLS if not tool(name)]
    program = os.environ.get("ATMQTT_MODEM", "")
    if not os.access(program, os.X_OK):
        lacks.append(f"atmqtt-modem (ATMQTT_MODEM={program!r} is no program)")
    return lacks


def main():
    """Runs the tests of the file that calls it. 0 only if there are some, all have passed, and none was skipped."""
    lacks = missing()
    if lacks:
        sys.exit("not there, and needed: " + ", ".join(lacks))
    made = unittest.main(module="__main__", exit=False, verbosity=2).result
    sys.exit(0 if made.testsRun > 0 and made.wasSuccessful() and not made.skipped and not made.expectedFailures else 1)
