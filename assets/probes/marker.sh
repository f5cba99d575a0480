# Reads the boot marker that the node's boot script leaves when it has finished.
# Prints one JSON object: {"found": bool, "marker": object or null, "problem": text, "uptime": seconds or null}
# Inputs: none.
set -eu
export LC_ALL=C
exec python3 - <<'PY'
import json
import os
import pathlib

path = pathlib.Path(os.environ.get("PLANEWRIGHT_ROOT", "") + "/var/lib/planewright/boot.json")
said = {"found": False, "marker": None, "problem": "", "uptime": None}
try:
    said["uptime"] = float(pathlib.Path("/proc/uptime").read_text().split()[0])
except (OSError, ValueError):
    pass
try:
    text = path.read_text(encoding="utf-8")
    said["found"] = True
    said["marker"] = json.loads(text)
except FileNotFoundError:
    pass
except (OSError, ValueError) as error:
    said["found"] = True
    said["problem"] = f"{type(error).__name__}: {error}"[:300]
print(json.dumps(said))
PY
