"""Writes the bundle's CycloneDX manifest from what was bundled, and names packages of which a newer version is offered.

bill_of_materials.py PROJECT OUTPUT [name=version=purl …] < list of library paths, one a line
The network is not used: versions come from dpkg, Package.resolved and the pins of Runtime/bellwether; offers from apt's stored lists.
"""

import hashlib
import json
import os
import subprocess
import sys
from urllib.parse import quote


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}).stdout
    except FileNotFoundError:
        return ""


def package_of(path):
    """The Debian package that owns a file; /lib and /usr/lib may be one folder, and dpkg knows a file by one of the two names."""
    real = os.path.realpath(path)
    for name in (path, real, real.removeprefix("/usr"), "/usr" + real):
        line = output("dpkg-query", "-S", name).split("\n")[0]
        if ": " in line:
            return line.split(": ")[0].split(", ")[0]
    return None


def library(path):
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    entry = {"type": "library", "name": os.path.basename(path), "hashes": [{"alg": "SHA-256", "content": digest}]}
    package = package_of(path)
    if package:
        fields = output("dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}", package)
        name, version, architecture, source, source_version = fields.split("\t")
        purl = f"pkg:deb/debian/{quote(name)}@{quote(version, safe='')}?arch={architecture}"
        entry |= {"name": name, "version": version, "purl": purl, "bom-ref": f"{purl}#{os.path.basename(path)}"}
        entry["properties"] = [
            {"name": "bellwether:file", "value": "lib/" + os.path.basename(path)},
            {"name": "bellwether:source", "value": f"{source} {source_version}"},
        ]
    else:
        entry |= {"version": "unknown", "bom-ref": path}
    return entry, package


# The Swift packages that the functions link. The others in Package.resolved are for the command, the emulator and the tests.
LINKED = {"swift-log", "swift-metrics"}


def swift_packages(project):
    with open(os.path.join(project, "Package.resolved"), encoding="utf-8") as file:
        pins = json.load(file)["pins"]
    for pin in sorted((pin for pin in pins if pin["identity"] in LINKED), key=lambda pin: pin["identity"]):
        version = pin["state"].get("version") or pin["state"]["revision"]
        place = pin["location"].removeprefix("https://").removesuffix(".git")
        purl = f"pkg:swift/{place}@{quote(version, safe='')}"
        yield {"type": "library", "name": pin["identity"], "version": version, "purl": purl, "bom-ref": purl}


def newer(package):
    """The installed and the offered version of a package, if they differ and the offered one is newer."""
    lines = [line.strip() for line in output("apt-cache", "policy", package).split("\n")]
    versions = {line.split(": ")[0]: line.split(": ")[1] for line in lines if ": " in line}
    installed, offered = versions.get("Installed"), versions.get("Candidate")
    if not installed or not offered or "(none)" in (installed, offered):
        return None
    is_newer = subprocess.run(["dpkg", "--compare-versions", offered, "gt", installed], check=False).returncode == 0
    return (installed, offered) if is_newer else None


def main():
    project, target, *pins = sys.argv[1:]
    found = [library(path) for path in sys.stdin.read().split("\n") if path]
    components = [entry for entry, _ in found] + list(swift_packages(project))
    for pin in pins:
        name, version, purl = pin.split("=", 2)
        components.append({"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl})
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "bellwether", "bom-ref": "bellwether"}},
        "components": components,
    }
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    for package in sorted({package for _, package in found if package}):
        versions = newer(package)
        if versions:
            print(f"{package} {versions[0]} is bundled, and {versions[1]} is offered")


main()
