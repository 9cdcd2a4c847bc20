"""PyTorch trains the same network on the same shapes; `bellwether bench train` runs this.

Arguments: the network (lstm or transformer), updates a round, threads.
"""
import os
import sys

net, batches, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.environ["OMP_NUM_THREADS"] = str(threads)

import torch  # noqa: E402: the threads must be set before
from rounds import serve  # noqa: E402

BATCH, WINDOW, INPUTS, HIDDEN = 256, 60, 24, 64
PATCH, HEADS, LAYERS = 5, 4, 2
HORIZONS, LEVELS = 3, (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


class Lstm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(INPUTS, HIDDEN, batch_first=True)
        self.head = torch.nn.Linear(HIDDEN, HORIZONS * len(LEVELS))

    def forward(self, windows):
        states, _ = self.lstm(windows)
        return self.head(states[:, -1]).view(-1, HORIZONS, len(LEVELS))


class Transformer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Linear(PATCH * INPUTS, HIDDEN)
        self.position = torch.nn.Parameter(0.02 * torch.randn(WINDOW // PATCH, HIDDEN))
        layer = torch.nn.TransformerEncoderLayer(
            HIDDEN, HEADS, 2 * HIDDEN, dropout=0.2, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = torch.nn.TransformerEncoder(layer, LAYERS, norm=torch.nn.LayerNorm(HIDDEN), enable_nested_tensor=False)
        self.head = torch.nn.Linear(HIDDEN, HORIZONS * len(LEVELS))

    def forward(self, windows):
        patches = windows.reshape(len(windows), WINDOW // PATCH, PATCH * INPUTS)
        states = self.encoder(self.embed(patches) + self.position)
        return self.head(states[:, -1]).view(-1, HORIZONS, len(LEVELS))


def pinball(quantiles, targets, levels):
    error = targets.unsqueeze(-1) - quantiles
    return torch.maximum(levels * error, (levels - 1) * error).mean()


torch.set_num_threads(threads)
torch.manual_seed(1)
model = {"lstm": Lstm, "transformer": Transformer}[net]()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
levels = torch.tensor(LEVELS)
windows = torch.randn(BATCH, WINDOW, INPUTS)
targets = torch.randn(BATCH, HORIZONS)


def updates(count):
    for _ in range(count):
        optimizer.zero_grad(set_to_none=True)
        loss = pinball(model(windows), targets, levels)
        loss.backward()
        optimizer.step()


updates(5)
serve(
    f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}, AdamW",
    batches * BATCH, lambda: updates(batches))
