"""Describes the dashboard's picture: which champion and session it shows, and the hash of the page it was taken of.

describe_picture.py PAGE ADDRESS: PAGE is the folder of the page, ADDRESS the dashboard's with #key=…. Without ADDRESS only the hash is printed.
"""
import hashlib, json, pathlib, sys, urllib.request


def page_hash(folder):
    files = sorted(file for file in pathlib.Path(folder).iterdir() if file.suffix in (".html", ".css", ".js", ".svg"))
    return hashlib.sha256(b"".join(file.name.encode() + b"\0" + file.read_bytes() + b"\0" for file in files)).hexdigest()


description = {"page_sha256": page_hash(sys.argv[1])}
if len(sys.argv) > 2:
    server, key = sys.argv[2].split("/#key=")
    request = urllib.request.Request(f"{server}/v1/forecasts/AAPL", headers={"x-api-key": key})
    forecast = json.load(urllib.request.urlopen(request, timeout=30))
    champion = next(entry for entry in forecast["entries"] if entry["role"] == "champion")
    description |= {"champion": champion["model"]["family"], "session": forecast["session"]}
print(json.dumps(description, indent=2, sort_keys=True))
