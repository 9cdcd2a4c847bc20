"""PyTorch trains the same network on the same shapes; `bellwether bench train` runs this.

Arguments: the network, updates a round, threads. Says what it is in one line, then answers each line of input with one round's
figures as JSON: samples, seconds, processor_seconds.
"""
import json
import os
import sys
import time

net, batches, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.environ["OMP_NUM_THREADS"] = str(threads)

import torch  # noqa: E402: the threads must be set before

BATCH, WINDOW, INPUTS, HIDDEN = 256, 60, 24, 64
HORIZONS, LEVELS = 3, (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


class Lstm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(INPUTS, HIDDEN, batch_first=True)
        self.head = torch.nn.Linear(HIDDEN, HORIZONS * len(LEVELS))

    def forward(self, windows):
        states, _ = self.lstm(windows)
        return self.head(states[:, -1]).view(-1, HORIZONS, len(LEVELS))


def pinball(quantiles, targets, levels):
    error = targets.unsqueeze(-1) - quantiles
    return torch.maximum(levels * error, (levels - 1) * error).mean()


NETS = {"lstm": Lstm}


def main():
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = NETS[net]()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    levels = torch.tensor(LEVELS)
    windows = torch.randn(BATCH, WINDOW, INPUTS)
    targets = torch.randn(BATCH, HORIZONS)

    def update():
        optimizer.zero_grad(set_to_none=True)
        loss = pinball(model(windows), targets, levels)
        loss.backward()
        optimizer.step()

    for _ in range(5):
        update()
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}, AdamW, Python {sys.version.split()[0]}", flush=True)
    for _ in sys.stdin:
        clock, processor = time.perf_counter(), time.process_time()
        for _ in range(batches):
            update()
        figures = {
            "samples": batches * BATCH,
            "seconds": time.perf_counter() - clock,
            "processor_seconds": time.process_time() - processor,
        }
        print(json.dumps(figures), flush=True)


main()
