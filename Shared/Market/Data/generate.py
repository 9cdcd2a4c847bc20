#!/usr/bin/env python3
"""Makes ExchangeTable.swift and TimeZoneData.swift, which stand beside this script.

    python3 Shared/Market/Data/generate.py [--check] [tzdata.zi]

ExchangeTable.swift holds the text of exchanges.txt. TimeZoneData.swift holds the time zones of these exchanges and the further ones named
below, compiled by zic from the IANA release named below: from /usr/share/zoneinfo/tzdata.zi (Debian's package tzdata), or from another file
of that release. With --check nothing is written, and the exit status is 1 where a file differs. A system with another release of the
time zones checks the exchange table only.
"""
import base64
import pathlib
import subprocess
import sys
import tempfile

RELEASE = "2025b"
FOLDER = pathlib.Path(__file__).resolve().parent

# Zones beside those of the exchanges: neighbours, and other names that providers use.
FURTHER = """Africa/Cairo America/Bogota America/Buenos_Aires America/Halifax America/Los_Angeles Asia/Calcutta Asia/Dubai Asia/Istanbul
Asia/Jerusalem Asia/Kuwait Asia/Qatar Australia/Perth Etc/UTC Europe/Nicosia US/Central US/Eastern US/Pacific""".split()
# Zones with their changes before 1950: price histories of New York go further back.
WITH_EARLY_CHANGES = {"America/New_York", "US/Eastern"}
EARLIEST = "@-631152000"  # 1950-01-01


def exchange_lines():
    lines = (FOLDER / "exchanges.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def exchange_table(lines):
    body = "\n".join("        " + line for line in lines)
    return f'''/// The trading rules of every exchange that has a calendar (see `ExchangeRules`).
///
/// Generated from `exchanges.txt`: edit that file, then run `python3 Shared/Market/Data/generate.py`.
enum ExchangeTable {{
    static let text = """
{body}
        """
}}
'''


def compiled(names, source, options):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["zic", "-b", "slim", *options, "-d", folder, source], check=True)
        return {name: (pathlib.Path(folder) / name).read_bytes() for name in names}


def literal(data):
    """A multi-line string literal of base64 text in lines of at most 140 columns."""
    text = base64.b64encode(data).decode()
    width = 140 - 16 - 1
    rows = [text[start:start + width] for start in range(0, len(text), width)]
    return "\\\n".join(" " * 16 + row for row in rows)


def time_zone_data(names, source):
    zones = compiled(names - WITH_EARLY_CHANGES, source, ["-r", EARLIEST]) | compiled(names & WITH_EARLY_CHANGES, source, [])
    groups = {}
    for name in sorted(zones):
        groups.setdefault(zones[name], []).append(name)
    cases = []
    for data, group in groups.items():
        patterns = ", ".join(f'"{name}"' for name in group)
        cases.append(f'        case {patterns}:\n            return """\n{literal(data)}\n                """\n')
    return f'''/// Compiled time zones of the IANA release {RELEASE} (TZif of RFC 8536, version 2, slim) in base64. FoundationEssentials has no time zone data,
/// and a deployed function's system may lack it. Changes before 1950 are left out, except New York's.
///
/// Generated: run `python3 Shared/Market/Data/generate.py`.
enum TimeZoneData {{
    /// The data of an IANA name; nil for a zone that is not embedded.
    static func base64(_ name: String) -> String? {{
        switch name {{
{"".join(cases)}        default: return nil
        }}
    }}
}}
'''


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    lines = exchange_lines()
    files = {"ExchangeTable.swift": exchange_table(lines)}
    source = pathlib.Path(arguments[0] if arguments else "/usr/share/zoneinfo/tzdata.zi")
    release = source.read_text().split("\n", 1)[0].removeprefix("# version ") if source.exists() else "none"
    if release == RELEASE:
        names = {line.split()[1] for line in lines if line[0] != " "} | set(FURTHER)
        files["TimeZoneData.swift"] = time_zone_data(names, str(source))
    else:
        print(f"The time zones stay as they are: {source} is of the release {release}, not {RELEASE}.", file=sys.stderr)
    differing = [name for name, text in files.items() if not (FOLDER / name).exists() or (FOLDER / name).read_text() != text]
    if "--check" in sys.argv:
        for name in differing:
            print(f"{name} is not what this script makes: run python3 Shared/Market/Data/generate.py")
        return 1 if differing else 0
    for name in differing:
        (FOLDER / name).write_text(files[name])
    print(f"Written: {', '.join(differing) or 'nothing, both files are current'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
