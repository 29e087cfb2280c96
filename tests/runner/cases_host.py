"""What the host says, and whether it listens."""

import os
import signal
import struct
import subprocess
import time

import frames
from box import Box, is_sanitized, joined, processes_of_user, wait_until


def version_is_one_line(runner):
    said = subprocess.check_output([runner, "--version"]).decode()
    assert said == "runner, frames version %d\n" % frames.VERSION, said


def unknown_command_is_refused(runner):
    for argv in ([], ["dance"], ["serve", "now"]):
        done = subprocess.run([runner] + argv, stderr=subprocess.PIPE)
        assert done.returncode == 2 and b"usage" in done.stderr, done


def serve_refuses_a_machine_that_is_no_container(runner):
    if os.stat("/proc/self/ns/pid").st_ino != 0xEFFFFFFC:
        return  # these tests are in a container themselves
    done = subprocess.run(["setpriv", "--reuid=61235", "--clear-groups",
                           runner, "serve", "1", "100"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 1 and not done.stdout, done
    assert b"not a container" in done.stderr, done


def hello_then_ready(runner):
    with Box(runner) as box:
        box.start()


def idle_runner_is_small(runner):
    if is_sanitized(runner):
        return
    with Box(runner) as box:
        rss_kb = box.start().rss_kb()
        print("# idle serve: %d kB resident" % rss_kb)
        assert rss_kb < 400, rss_kb


def run_may_come_byte_by_byte(runner):
    with Box(runner) as box:
        box.start()
        body = frames.run_body(["/bin/echo", "hi"])
        for byte in frames.frame(frames.RUN, body):
            box.send(bytes([byte]))
        out, err, end = box.result()
        assert (out, err, end.value) == (b"hi\n", b"", 0)


def run_of_the_largest_size_is_taken(runner):
    with Box(runner) as box:
        box.start()
        empty = len(frames.run_body(["/usr/bin/wc", "-c"]))
        n = frames.TO_RUNNER_MAX - empty
        box.run(["/usr/bin/wc", "-c"], stdin=bytes(n))
        out, _, end = box.result()
        assert int(out) == n and end.value == 0, out


def second_run_without_a_wall_ends_everything(runner):
    for argv in (["/bin/true"], ["/no/such/file"]):
        with Box(runner, immortal=True, walled=False) as box:
            box.start().run(argv)
            box.read_until(frames.EXIT, frames.FAIL)
            box.run(["/bin/true"])
            words = box.last_words()
            assert "type 1 is not due" in words, words


def run_before_ready_ends_everything(runner):
    with Box(runner, immortal=True) as box:
        run = frames.frame(frames.RUN, frames.run_body(["/bin/true"]))
        box.start().send(run + run)
        words = box.last_words()
        assert "type 1 is not due" in words, words


def kill_without_a_program_is_ignored(runner):
    with Box(runner) as box:
        box.start().kill()
        box.shell("echo alive")
        assert box.result()[0] == b"alive\n"
        box.kill()
        box.wait_ready()


def kill_ends_the_program(runner):
    with Box(runner) as box:
        box.start().shell("echo begun; sleep 100")
        box.wait_for_output(b"begun\n")
        box.kill()
        out, _, end = box.result()
        assert (end.how, end.value) == (frames.SIGNALLED, signal.SIGKILL)
        assert (out, end.cause, end.cut) == (b"", frames.KILLED, 0), end
        assert end.wall_us < 5e6


def kill_may_follow_run_in_one_write(runner):
    with Box(runner) as box:
        box.start()
        body = frames.run_body(["/bin/sleep", "100"])
        box.send(frames.frame(frames.RUN, body) + frames.frame(frames.KILL))
        end = box.result()[2]
        assert (end.value, end.cause) == (signal.SIGKILL, frames.KILLED), end


def kill_is_obeyed_while_output_is_blocked(runner):
    with Box(runner) as box:
        box.start().shell("exec cat /dev/zero", output_bytes=1 << 30)
        serve = box.serve_pid()
        time.sleep(0.3)
        box.kill()
        wait_until(lambda: not open("/proc/%d/task/%d/children" % (
            serve, serve)).read(), "the program dies, nobody reading")
        out, _, end = box.result()
        assert len(out) >= 65536 and not out.strip(b"\0")
        assert (end.cause, end.cut) == (frames.KILLED, 0), end


def host_that_does_not_read_costs_no_memory(runner):
    total = 20 << 20
    with Box(runner) as box:
        box.start().shell("exec head -c %d /dev/zero" % total,
                          output_bytes=1 << 30)
        time.sleep(0.5)
        if not is_sanitized(runner):
            assert box.rss_kb() < 1500, box.rss_kb()
        out, _, end = box.result()
        assert (len(out), end.value, end.cut) == (total, 0, 0)


def host_that_reads_in_drips_gets_everything(runner):
    text = bytes(range(256)) * 2000
    code = "import os, sys\nfor i in range(40):\n" \
        " os.write(1 + i % 2, sys.stdin.buffer.read(12800))"
    with Box(runner) as box:
        box.start().python(code, stdin=text)
        while len(box.pending) < len(text):
            box.pending += os.read(box.serve.stdout.fileno(), 7001)
            time.sleep(0.0005)
        output, _ = box.read_until(frames.EXIT)
        chunks = [text[i:i + 12800] for i in range(0, len(text), 12800)]
        assert joined(output, frames.OUT) == b"".join(chunks[0::2])
        assert joined(output, frames.ERR) == b"".join(chunks[1::2])


def end_of_stream_ends_everything(runner):
    with Box(runner) as box:
        box.start().shell("setsid sleep 100 & sleep 100 & echo up; wait")
        box.wait_for_output(b"up\n")
        box.end()
        assert box.unshare.wait(5) == 0, "pid 1 did not end well"
        assert processes_of_user() == 0


def end_of_stream_is_seen_while_output_is_blocked(runner):
    with Box(runner) as box:
        box.start().shell("exec cat /dev/zero", output_bytes=1 << 30)
        time.sleep(0.3)
        box.serve.stdin.close()
        assert box.unshare.wait(5) == 0
        assert processes_of_user() == 0


def host_that_stops_listening_ends_everything(runner):
    with Box(runner, immortal=True) as box:
        box.start().run(["/bin/sleep", "100"])
        box.serve.stdout.close()
        assert box.serve.wait(5) == 1
        assert processes_of_user() == 0


def end_of_stream_is_exit_code_1_without_a_word(runner):
    with Box(runner, immortal=True) as box:
        assert box.start().end() == 1
        assert box.last_words() == ""


def refused(runner, data, why, before=None):
    with Box(runner, immortal=True) as box:
        box.start()
        if before:
            box.run(before)
        box.send(data)
        words = box.last_words()
        assert words == "runner: malformed frame: %s\n" % why, words
        assert box.serve.returncode == 1
        assert processes_of_user() == 0


def malformed_frames_end_everything(runner):
    too_long = struct.pack("<IB", frames.TO_RUNNER_MAX + 1, frames.RUN)
    large = "too large, or no memory for it"
    refused(runner, too_long, large)
    refused(runner, b"\xff\xff\xff\xff\x01", large)
    refused(runner, frames.frame(0), "type 0 is unknown")
    refused(runner, frames.frame(frames.HELLO), "type 64 is unknown")
    refused(runner, frames.frame(3, b"x"), "type 3 is unknown",
            ["/bin/sleep", "100"])
    refused(runner, frames.frame(frames.KILL, b"x"), "KILL has a body")


def run_beside_a_program_ends_everything(runner):
    body = frames.run_body(["/bin/true"])
    refused(runner, frames.frame(frames.RUN, body), "type 1 is not due",
            ["/bin/sleep", "100"])


def init_ends_on_sigterm_only(runner):
    with Box(runner) as box:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                       signal.SIGUSR1, signal.SIGALRM, signal.SIGPIPE,
                       signal.SIGCHLD, signal.SIGCONT, signal.SIGRTMIN):
            box.enter(["kill", "-%d" % number, "1"]).wait()
            os.kill(box.pid1, number)
        time.sleep(0.1)
        assert box.unshare.poll() is None, "pid 1 ended"
        box.enter(["kill", "-TERM", "1"]).wait()
        assert box.unshare.wait(5) == 0


def init_reaps_orphans(runner):
    with Box(runner) as box:
        box.enter(["sh", "-c", "sleep 0.1 & sleep 0.1 &"]).wait()
        wait_until(lambda: processes_of_user() == 1, "orphans are reaped")


CASES = [
    version_is_one_line,
    unknown_command_is_refused,
    serve_refuses_a_machine_that_is_no_container,
    hello_then_ready,
    idle_runner_is_small,
    run_may_come_byte_by_byte,
    run_of_the_largest_size_is_taken,
    second_run_without_a_wall_ends_everything,
    run_before_ready_ends_everything,
    kill_without_a_program_is_ignored,
    kill_ends_the_program,
    kill_may_follow_run_in_one_write,
    kill_is_obeyed_while_output_is_blocked,
    host_that_does_not_read_costs_no_memory,
    host_that_reads_in_drips_gets_everything,
    end_of_stream_ends_everything,
    end_of_stream_is_seen_while_output_is_blocked,
    host_that_stops_listening_ends_everything,
    end_of_stream_is_exit_code_1_without_a_word,
    malformed_frames_end_everything,
    run_beside_a_program_ends_everything,
    init_ends_on_sigterm_only,
    init_reaps_orphans,
]
