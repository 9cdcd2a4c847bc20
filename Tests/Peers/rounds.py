"""Common code of the peers' scripts: print the versions in one line, then answer each line of input with the figures of one round."""
import json
import sys
import time


def serve(version, samples, body):
    """Runs `body` once per line of input; one run processes `samples` samples."""
    print(f"{version}, Python {sys.version.split()[0]}", flush=True)
    for _ in sys.stdin:
        clock, processor = time.perf_counter(), time.process_time()
        body()
        figures = {
            "samples": samples,
            "seconds": time.perf_counter() - clock,
            "processor_seconds": time.process_time() - processor,
        }
        print(json.dumps(figures), flush=True)
