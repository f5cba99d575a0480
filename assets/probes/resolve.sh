# Resolves HOST as programs on this node do.
# Prints one JSON object: {"addresses": [IPv4, ...]}
# Inputs: HOST.
set -eu
export LC_ALL=C HOST
exec python3 - <<'PY'
import json
import os
import subprocess

host = os.environ["HOST"]
try:
    # getent follows nsswitch.conf, so this is what every program on the node would be told.
    answer = subprocess.run(
        ["getent", "ahostsv4", host], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=15
    )
    addresses = list(dict.fromkeys(line.split()[0] for line in answer.stdout.splitlines() if line.strip()))
    problem = ""
except (OSError, subprocess.TimeoutExpired) as error:
    addresses, problem = [], type(error).__name__
print(json.dumps({"addresses": addresses, "problem": problem}))
PY
