#!/usr/bin/env python3
"""A slow link between this network namespace and another, for kernels without sch_netem.

  slow-link.py NAMESPACE ROUND_TRIP_MS MBIT [QUEUE_BYTES]

Two tun devices, every packet from one to the other held back for half the round trip and paced to the rate, each way
by itself, with a drop-tail queue. TCP is the kernel's own on both sides, slow start included. This side is 10.99.0.1,
the namespace's side 10.99.0.2. Prints "ready" when packets flow; ends with its standard input.
"""
import collections, fcntl, os, select, struct, subprocess, sys, time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000


def tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def run(*command):
    subprocess.run(command, check=True)


def main():
    namespace, delay, rate = sys.argv[1], float(sys.argv[2]) / 2000, float(sys.argv[3]) * 125000
    room = int(sys.argv[4]) if len(sys.argv) > 4 else 8 << 20
    here, there = f"obdl{os.getpid() % 100000}", f"obdr{os.getpid() % 100000}"
    fds = [tun(here), tun(there)]
    run("ip", "link", "set", there, "netns", namespace)
    run("ip", "addr", "add", "10.99.0.1", "peer", "10.99.0.2", "dev", here)
    run("ip", "link", "set", here, "mtu", "1500", "txqueuelen", "10000", "up")
    inside = ("ip", "netns", "exec", namespace, "ip")
    run(*inside, "addr", "add", "10.99.0.2", "peer", "10.99.0.1", "dev", there)
    run(*inside, "link", "set", there, "mtu", "1500", "txqueuelen", "10000", "up")
    run(*inside, "link", "set", "lo", "up")
    print("ready", flush=True)

    clock = time.monotonic
    queues = [collections.deque(), collections.deque()]
    free = [0.0, 0.0]  # when the last packet of each way will have left the sender
    waiting = [0, 0]
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    poll.register(0, select.POLLHUP)
    while True:
        due = min((q[0][0] for q in queues if q), default=None)
        timeout = 200 if due is None else max(0.0, (due - clock()) * 1000)
        for fd, event in poll.poll(timeout):
            if fd == 0:
                return
            way = fds.index(fd)
            for _ in range(64):
                try:
                    packet = os.read(fd, 2048)
                except BlockingIOError:
                    break
                if waiting[way] + len(packet) > room:
                    continue
                start = max(clock(), free[way])
                free[way] = start + len(packet) / rate
                waiting[way] += len(packet)
                queues[way].append((free[way] + delay, packet))
        now = clock()
        for way, queue in enumerate(queues):
            while queue and queue[0][0] <= now:
                packet = queue.popleft()[1]
                waiting[way] -= len(packet)
                try:
                    os.write(fds[1 - way], packet)
                except (BlockingIOError, OSError):
                    pass


main()
