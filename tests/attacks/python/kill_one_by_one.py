# attack: kill each process by its number
# tries: Sends SIGSTOP, SIGKILL and others to process 1, its parent and
#   everything in /proc, one by one, by kill and by pidfd.
# wall: namespace
# without: Without its watcher a program lives on; stopped, it answers nobody.
# expect: ok

import os
import signal

SIGNALS = (signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD,
           signal.SIGALRM, signal.SIGUSR1, signal.SIGRTMIN, signal.SIGRTMAX,
           signal.SIGKILL)

targets = {1, os.getppid(), os.getpgid(0)} | {
    int(name) for name in os.listdir("/proc") if name.isdigit()}
for pid in sorted(targets - {0, os.getpid()}):
    for number in SIGNALS:
        try:
            os.kill(pid, number)
            signal.pidfd_send_signal(os.pidfd_open(pid), number)
        except OSError as error:
            print("stopped: %s to %d: %s" % (number, pid, error.strerror))
        else:
            print("stopped: %s to %d: sent, and I have a result" % (
                number, pid))
if targets - {0, 1, os.getpid(), os.getppid(), os.getpgid(0)}:
    print("ESCAPED: other processes are in sight: %s" % sorted(targets))
