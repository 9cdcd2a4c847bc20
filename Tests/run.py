"""Runs the built tests module by module, several modules side by side, and reports them suite by suite.

Each module is a process of its own, so that its servers, ports and folders are its own, too. A suite is one line when it ends; what failed
follows with its words, and stands once more before the summary. --verbose prints everything the tests print.
"""
import argparse, collections, json, os, re, signal, subprocess, sys, threading, time, traceback

# The longest first, so that no worker waits for one of them at the end.
LONGEST_FIRST = [
    "Acceptance", "FuzzTests", "EmulatorTests", "FeaturizeFunctionTests", "BacktestTests", "ForecastingTests", "IngestFunctionTests",
    "TrainFunctionTests", "PredictFunctionTests", "StoreTests",
]
# Ports of 127.0.0.1 for the servers of emulators and of tests: each worker has its share, because a port looks free until its server listens.
EMULATOR_PORTS, TEST_PORTS = range(20_000, 23_000), range(23_000, 32_000)

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("--tests", required=True, help="the built test program")
arguments.add_argument("--logs", required=True, help="the folder for what each module prints")
arguments.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4))
arguments.add_argument("--verbose", action="store_true")
arguments.add_argument("--limit", type=int, default=1800, help="the seconds after which a module that has not ended has failed")
arguments.add_argument("--filter", action="append", default=[])
options = arguments.parse_args()

terminal = sys.stderr.isatty()
colours = terminal and "NO_COLOR" not in os.environ
output = threading.Lock()
running = {}
totals = collections.Counter()
failures, skips = [], collections.Counter()
begun = time.monotonic()


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if colours else text


def say(*lines):
    with output:
        if terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
        print("\n".join(lines), flush=True)


def show_progress():
    """One line on a terminal: what runs, and how much has passed."""
    if terminal:
        now = ", ".join(sorted(name for name in running.values() if name))
        with output:
            sys.stderr.write(f"\r\033[K{totals['passed']} passed, {totals['failed']} failed; running {now}"[:160])
            sys.stderr.flush()


class Module:
    """One test module: its process, and what its event stream has told."""

    def __init__(self, name, tests):
        self.name, self.tests = name, tests
        self.log, self.events = f"{options.logs}/{name}.log", f"{options.logs}/{name}.events"
        self.functions, self.issues = {}, collections.defaultdict(list)
        self.suites = collections.defaultdict(lambda: collections.Counter())
        self.first, self.open, self.outcomes = {}, [], {}

    def run(self, worker):
        environment = {
            **os.environ, "BELLWETHER_PORTS": share(EMULATOR_PORTS, worker), "BELLWETHER_TEST_PORTS": share(TEST_PORTS, worker),
        }
        for old in (self.log, self.events):
            if os.path.exists(old):
                os.remove(old)
        filters = options.filter or [rf"^{re.escape(self.name)}\."]
        command = [options.tests, "--testing-library", "swift-testing", "--no-parallel", "--event-stream-version", "0",
                   "--event-stream-output-path", self.events]
        command += [word for pattern in filters for word in ("--filter", pattern)]
        if options.filter:
            command += ["--skip", rf"^(?!{re.escape(self.name)}\.)"]
        with open(self.log, "wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment)
            processes.add(process)
            self.follow(process)
        processes.discard(process)
        self.end(process.returncode)

    def follow(self, process):
        """Reads the event stream while it grows; with --verbose also what the tests print."""
        position, printed, rest, last = 0, 0, b"", time.monotonic() + options.limit
        while True:
            if time.monotonic() > last:
                self.issues["the run as a whole"].append(f"did not end within {options.limit} s, and was ended")
                process.kill()
            ended = process.poll() is not None
            if os.path.exists(self.events):
                with open(self.events, "rb") as file:
                    file.seek(position)
                    rest += file.read()
                    position = file.tell()
                *lines, rest = rest.split(b"\n")
                for line in lines:
                    self.take(line)
            if options.verbose:
                with open(self.log, "rb") as file:
                    file.seek(printed)
                    text = file.read()
                    printed = file.tell()
                if text:
                    with output:
                        sys.stdout.buffer.write(text)
                        sys.stdout.flush()
            if ended:
                return
            show_progress()
            time.sleep(0.1)

    def take(self, line):
        try:
            record = json.loads(line)
        except ValueError:
            return  # a line that a crash cut off
        payload = record["payload"]
        if record["kind"] == "test":
            self.functions[payload["id"]] = payload
            return
        kind, test = payload["kind"], payload.get("testID", "")
        now = payload.get("instant", {}).get("absolute", 0)
        described = self.functions.get(test, {})
        if kind == "testStarted":
            self.first[test] = now
            self.open.append(test)
        elif kind == "issueRecorded" and not payload["issue"].get("isKnown") and payload["issue"].get("severity", "error") != "warning":
            self.issues[test or "the run as a whole"].append("\n".join(message["text"].strip() for message in payload["messages"]))
        elif kind == "testSkipped" and described.get("kind") == "function":
            self.count("skipped", test)
            reason = next((message["text"] for message in payload.get("messages", [])), "")
            skips[reason.split(": ", 1)[-1].strip().strip('"') or "disabled"] += 1
        elif kind == "testEnded":
            if test in self.open:
                self.open.remove(test)
            if described.get("kind") == "function":
                self.count("failed" if test in self.issues else "passed", test)
            elif described.get("kind") == "suite":
                self.report_suite(test, now)

    def suite_of(self, test):
        return re.sub(r"/.*", "", test)

    def count(self, outcome, test):
        if self.outcomes.get(test) == outcome:
            return
        if test in self.outcomes:  # an issue that a task recorded after its test had ended
            self.suites[self.suite_of(test)][self.outcomes[test]] -= 1
            totals[self.outcomes[test]] -= 1
        self.outcomes[test] = outcome
        self.suites[self.suite_of(test)][outcome] += 1
        totals[outcome] += 1
        if outcome == "failed":
            failures.append((test, self.issues[test]))

    def report_suite(self, suite, now):
        counts = self.suites[suite]
        if not sum(counts.values()):
            return
        name = suite.replace(".", " · ", 1)
        parts = [f"{counts['passed']} passed"] + [f"{counts[word]} {word}" for word in ("failed", "skipped") if counts[word]]
        mark = paint("31", "✘") if counts["failed"] else paint("32", "✓") if counts["passed"] else paint("33", "–")
        lines = [f"{mark} {name:<58} {', '.join(parts):<28} {now - self.first.get(suite, now):6.1f} s"]
        for test, issues in self.issues.items():
            if self.suite_of(test) == suite:
                lines += describe(test, issues)
        say(*lines)

    def end(self, status):
        for test in self.open:
            if self.functions.get(test, {}).get("kind") == "function":
                self.issues[test].append("had not ended when its process did")
                self.count("failed", test)
                say(*describe(test, self.issues[test]))
        for test in [test for test in self.issues if test != "the run as a whole" and self.outcomes.get(test) != "failed"]:
            self.count("failed", test)
            say(*describe(test, self.issues[test]))
        known = "failed" in self.outcomes.values()
        counted = sum(self.functions.get(test, {}).get("kind") == "function" for test in self.outcomes)
        if counted < len(self.tests):
            self.issues["the run as a whole"].append(f"{len(self.tests) - counted} of {len(self.tests)} tests did not run")
        if self.issues.get("the run as a whole") or (status != 0 and not known):
            words = self.issues.get("the run as a whole", []) + [f"its process ended with status {status}; the end of {self.log}:\n{tail(self.log)}"]
            failures.append((self.name, words))
            totals["failed"] += 1
            say(*describe(self.name, words))


def share(ports, worker):
    size = len(ports) // options.workers
    return f"{ports[worker * size]}-{ports[(worker + 1) * size - 1]}"


def tail(path):
    with open(path, errors="replace") as file:
        return "".join(file.readlines()[-15:])


def describe(test, issues):
    name = re.sub(r"/[^/]+\.swift:\d+:\d+$", "", test)
    lines = [f"  {paint('31', '✘')} {name}"]
    for issue in issues:
        lines += ["      " + line for line in issue[:2000].splitlines()]
    return lines


def modules():
    listed = subprocess.run([options.tests, "--testing-library", "swift-testing", "--list-tests"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, check=True)
    tests = collections.defaultdict(list)
    for line in listed.stdout.splitlines():
        if re.match(r"^\w+\.", line) and (not options.filter or any(re.search(pattern, line) for pattern in options.filter)):
            tests[line.split(".", 1)[0]].append(line)
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    return [Module(name, tests[name]) for name in sorted(tests, key=lambda name: (order.get(name, 99), -len(tests[name])))]


processes = set()
waiting = collections.deque()


def stop(number, frame):
    failures.append(("the run as a whole", ["interrupted"]))
    waiting.clear()
    for process in list(processes):
        process.terminate()


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
os.makedirs(options.logs, exist_ok=True)
waiting.extend(modules())
if not waiting:
    sys.exit("no test matches " + ", ".join(options.filter))


def work(worker):
    while True:
        try:
            module = waiting.popleft()
        except IndexError:
            running[worker] = None
            return
        running[worker] = module.name
        try:
            module.run(worker)
        except Exception:
            failures.append((module.name, [f"the runner failed:\n{traceback.format_exc()}"]))
            totals["failed"] += 1


threads = [threading.Thread(target=work, args=(worker,)) for worker in range(options.workers)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

if skips:
    say("", "Skipped:", *[f"  {count:4} × {reason}" for reason, count in skips.most_common()])
if failures:
    say("", "Failed:", *[line for test, issues in failures for line in describe(test, issues)])
say("", f"Output of the tests: {options.logs}", f"The tests took {time.monotonic() - begun:.0f} s.")
say(f"{totals['passed']} passed, {totals['failed']} failed" + (f", {totals['skipped']} skipped" if totals["skipped"] else ""))
sys.exit(1 if failures or not totals["passed"] else 0)
