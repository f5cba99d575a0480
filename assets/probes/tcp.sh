# Opens a TCP connection to HOST:PORT and asks what answers whether it speaks PostgreSQL over TLS.
# The question is PostgreSQL's own SSLRequest: eight bytes, before any user or password, answered with one.
# A load balancer can accept a connection for a target that is gone, so an accepted connection alone proves little.
# Prints one JSON object: {"outcome": ..., "answer": ..., "address": IPv4, "seconds": number, "problem": text}
#   outcome  connected | refused | timed_out | unreachable | unresolved | error
#   answer   tls | no_tls | silent | closed | other     (when connected)
# Inputs: HOST, PORT, TIMEOUT (seconds).
set -eu
export LC_ALL=C HOST PORT TIMEOUT
exec python3 - <<'PY'
import errno
import json
import os
import socket
import struct
import subprocess
import time

host, port, limit = os.environ["HOST"], int(os.environ["PORT"]), float(os.environ["TIMEOUT"])
said = {"outcome": "error", "answer": "", "address": "", "seconds": 0.0, "problem": ""}


def resolve():
    answer = subprocess.run(
        ["getent", "ahostsv4", host], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=15
    )
    return [line.split()[0] for line in answer.stdout.splitlines() if line.strip()]


def ask(connection):
    try:
        connection.sendall(struct.pack("!ii", 8, 80877103))
        reply = connection.recv(1)
    except socket.timeout:
        return "silent"
    except OSError:
        return "closed"
    return {b"S": "tls", b"N": "no_tls", b"": "closed"}.get(reply, "other")


try:
    addresses = resolve()
    if addresses:
        said["address"] = addresses[0]
        began = time.monotonic()
        try:
            with socket.create_connection((addresses[0], port), timeout=limit) as connection:
                said["outcome"] = "connected"
                said["seconds"] = round(time.monotonic() - began, 4)
                said["answer"] = ask(connection)
        except socket.timeout:
            said["outcome"] = "timed_out"
        except ConnectionRefusedError:
            said["outcome"] = "refused"
        except OSError as error:
            unreachable = error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH)
            said["outcome"] = "unreachable" if unreachable else "error"
            said["outcome"] = "timed_out" if error.errno == errno.ETIMEDOUT else said["outcome"]
            said["problem"] = os.strerror(error.errno) if error.errno else type(error).__name__
        if said["outcome"] != "connected":
            said["seconds"] = round(time.monotonic() - began, 4)
    else:
        said["outcome"] = "unresolved"
except (OSError, subprocess.TimeoutExpired) as error:
    said["problem"] = type(error).__name__
print(json.dumps(said))
PY
