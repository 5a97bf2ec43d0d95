"""Runs inside a lab's network: a UDP server that echoes what begins with `e` and counts the rest, and a client that asks it."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import suppress
from time import perf_counter_ns, sleep

PORT = 7007
SO_RCVBUFFORCE = 33  # socket(7); Python has no name for it
WAITING_BYTES = 1 << 26  # 50,000 packets: what is lost is lost on the link, not here while another program has the core


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(address: str) -> None:
    count = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with suppress(PermissionError):  # then it has what sysctl net.core.rmem_max allows
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, WAITING_BYTES)
        sock.bind((address, PORT))
        tell("up")
        while True:
            data, client = sock.recvfrom(2048)
            if data[:1] == b"e":
                sock.sendto(data, client)
            elif data[:1] == b"?":
                sock.sendto(str(count).encode(), client)
            else:
                count += 1


def ask(address: str, pings: int, packets: int, size: int, rate_per_s: float) -> dict[str, object]:
    """Round trips in ms, and how many of so many packets of that size, sent at that rate, went through in how long."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.connect((address, PORT))
        round_trips = []
        for _ in range(pings):
            started_ns = perf_counter_ns()
            sock.send(b"e")
            sock.recv(2048)
            round_trips.append((perf_counter_ns() - started_ns) / 1e6)
        started_ns = perf_counter_ns()
        for number in range(packets):
            while perf_counter_ns() - started_ns < number / rate_per_s * 1e9:
                pass
            sock.send(b"x" * size)
        sent_s = (perf_counter_ns() - started_ns) / 1e9
        sleep(0.3 if packets else 0)
        sock.send(b"?")
        return {"round_trips_ms": round_trips, "arrived": int(sock.recv(64)), "sent_s": sent_s}


if __name__ == "__main__":
    role, address, *numbers = sys.argv[1:]
    if role == "serve":
        serve(address)
    else:
        tell(json.dumps(ask(address, int(numbers[0]), int(numbers[1]), int(numbers[2]), float(numbers[3]))))
