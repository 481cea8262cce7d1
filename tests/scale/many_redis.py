"""Real servers on loopback: a Cluster of six, and a primary with a replica and three Sentinels."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis
from served import free_port, until

from skill.household.embedded import find_server

SLOTS = 16384


@dataclass
class Servers:
    """Servers by their ports."""

    folder: Path
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *options: str, mode: str = "") -> int:
        """Start one and wait until it answers; `mode` names a file that makes it a Sentinel."""
        port = free_port()
        while port > 55000:  # a node's bus listens ten thousand ports above
            port = free_port()
        home = self.folder / str(port)
        home.mkdir()
        command: list[str | Path] = [find_server()]
        if mode:
            (home / "sentinel.conf").write_text(mode)
            command += [home / "sentinel.conf", "--sentinel"]
        told = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), *options]
        self.running[port] = subprocess.Popen([*command, *told], stdout=subprocess.DEVNULL)
        until(lambda: self.answers(port))
        return port

    def answers(self, port: int) -> bool:
        try:
            with self.client(port) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    @staticmethod
    def client(port: int) -> redis.Redis:
        return redis.Redis(port=port, decode_responses=True, protocol=2)

    def kill(self, port: int) -> None:
        """End one at once, as a power cut would."""
        server = self.running.pop(port)
        server.send_signal(signal.SIGKILL)
        server.wait()

    def kill_all(self) -> None:
        for port in list(self.running):
            self.kill(port)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, Servers]]:
    """Yield the address and the servers of a Cluster: three primaries, a replica for each."""
    servers = Servers(folder)
    try:
        nodes = ("--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--save", "")
        kept = ("--appendonly", "yes", "--appendfsync", "always")
        ports = [servers.start(*nodes, *kept) for _ in range(6)]
        clients = [servers.client(port) for port in ports]
        for number, client in enumerate(clients[:3]):
            slots = range(SLOTS * number // 3, SLOTS * (number + 1) // 3)
            client.execute_command("CLUSTER", "ADDSLOTS", *slots)
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for port in ports[1:]:
            clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port)
        until(lambda: all(knows(client, 6) for client in clients))
        for primary, replica in zip(clients[:3], clients[3:], strict=True):
            name = primary.execute_command("CLUSTER", "MYID")
            replica.execute_command("CLUSTER", "REPLICATE", name)
        until(lambda: all(fine(client) for client in clients))
        until(lambda: all(follows(client) for client in clients[3:]))
        yield "redis+cluster://" + ",".join(f"127.0.0.1:{port}" for port in ports), servers
    finally:
        servers.kill_all()


def knows(client: redis.Redis, nodes: int) -> bool:
    told = client.execute_command("CLUSTER INFO")
    return str(told["cluster_known_nodes"]) == str(nodes)


def fine(client: redis.Redis) -> bool:
    told = client.execute_command("CLUSTER INFO")
    return str(told["cluster_state"]) == "ok"


def follows(client: redis.Redis) -> bool:
    return client.info("replication").get("master_link_status") == "up"


@contextmanager
def watched(folder: Path) -> Iterator[tuple[str, Servers, int]]:
    """Yield the address of a primary by its name, the servers, and the primary's port."""
    servers = Servers(folder)
    try:
        kept = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
        primary = servers.start(*kept)
        replica = servers.start(*kept, "--replicaof", "127.0.0.1", str(primary))
        until(lambda: follows(servers.client(replica)))
        mode = (
            f"sentinel monitor lantern 127.0.0.1 {primary} 2\n"
            "sentinel down-after-milliseconds lantern 1000\n"
            "sentinel failover-timeout lantern 5000\n"
        )
        sentinels = [servers.start(mode=mode) for _ in range(3)]
        until(lambda: all(sees(servers.client(port)) for port in sentinels))
        hosts = ",".join(f"127.0.0.1:{port}" for port in sentinels)
        yield f"redis+sentinel://{hosts}/lantern", servers, primary
    finally:
        servers.kill_all()


def sees(sentinel: redis.Redis) -> bool:
    told = sentinel.sentinel_masters()["lantern"]
    return (told["num-slaves"], told["num-other-sentinels"]) == (1, 2)
