"""What the peers' scripts share: they say what they are in one line, then answer each line of input with one round's figures."""
import json
import sys
import time


def serve(greeting, samples, body):
    """Runs `body` once a line of input; `samples` is what one run of it does."""
    print(f"{greeting}, Python {sys.version.split()[0]}", flush=True)
    for _ in sys.stdin:
        clock, processor = time.perf_counter(), time.process_time()
        body()
        figures = {
            "samples": samples,
            "seconds": time.perf_counter() - clock,
            "processor_seconds": time.process_time() - processor,
        }
        print(json.dumps(figures), flush=True)
