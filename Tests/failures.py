"""Prints what failed in a run of tests, and what was running when it ended before its time, from its event stream."""
import json, sys

running = {}
for line in open(sys.argv[1], encoding="utf-8", errors="replace"):
    try:
        record = json.loads(line)
    except ValueError:
        continue  # the line that a crash cut off
    event = record["payload"]
    test = event.get("testID", "the run as a whole")
    if record["kind"] != "event":
        continue
    if event["kind"] == "testStarted":
        running[test] = True
    elif event["kind"] in ("testEnded", "testSkipped"):
        running.pop(test, None)
    elif event["kind"] == "issueRecorded" and not event["issue"].get("isKnown"):
        print("  ✘", test)
        for message in event["messages"]:
            print("     ", message["text"].strip().replace("\n", "\n      ")[:2000])
for test in running:
    print("  ✘", test, "had not ended")
