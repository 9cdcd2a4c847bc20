import Testing

@testable import Forecasting

/// The nets beside PyTorch's own layers.
@Suite(.enabled(if: TensorScript.torch.python != nil)) struct TorchTests {
    /// Loads the named tensors into PyTorch's own layers, and compares outputs and every gradient.
    private func compare<Net: SequenceNet>(_ type: Net.Type, _ script: String) throws {
        var configuration = SequenceConfiguration()
        configuration.batch = 64
        configuration.threads = 1
        let shape = SequenceShape(inputs: 22, hidden: 64, window: 60)
        let data = RandomWindows(shape, count: configuration.batch)
        var random = RandomGenerator(seed: 5)
        let targets = (0..<configuration.batch * 3).map { _ in random.symmetric(2) }
        let trainer = SequenceTrainer<Net>(shape, configuration, headBias: (0..<21).map { Double($0 % 7) / 3 - 1 }, seed: 3)
        let block = trainer.net.parameters
        _ = trainer.gradient(data.windows, targets: targets, drops: false)
        let windows = data.windows.flatMap { window in
            (0..<shape.window).flatMap { step in (0..<shape.inputs).map { window[step * shape.paddedInputs + $0] } }
        }
        let given = Artifact(
            metadata: [:],
            tensors: block.named(block.values, prefix: "") + [
                .init(name: "windows", shape: [configuration.batch, shape.window, shape.inputs], values: windows),
                .init(name: "targets", shape: [configuration.batch, 3], values: targets),
            ])
        let answer = try TensorScript.torch.run(script, on: given)
        var forward = ForwardPass(PackedNets<Net>(shape, [block.values]))
        let outputs = forward.meanOutputs(data.windows)
        let expected = try answer.values("outputs", shape: [configuration.batch, shape.outputs])
        #expect(zip(outputs, expected).allSatisfy { abs($0 - Double($1)) < 1e-5 })
        for gradient in block.named(trainer.gradientValues, prefix: "") {
            let expected = try answer.values("gradient." + gradient.name, shape: gradient.shape)
            let worst = zip(gradient.values, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-5, "\(Net.family) \(gradient.name): \(worst)")
            #expect(gradient.values.contains { abs($0) > 1e-6 })
        }
    }

    @Test func `The LSTMs outputs and gradients are those of PyTorch`() throws {
        try compare(
            LSTMNet.self,
            """
            lstm, head = nn.LSTM(22, 64, batch_first=True), nn.Linear(64, 21)
            with torch.no_grad():
                lstm.weight_ih_l0.copy_(t["lstm.weight_ih_l0"])
                lstm.weight_hh_l0.copy_(t["lstm.weight_hh_l0"])
                lstm.bias_ih_l0.copy_(t["lstm.bias_l0"])
                lstm.bias_hh_l0.zero_()
                head.weight.copy_(t["head.weight"])
                head.bias.copy_(t["head.bias"])
            outputs = head(lstm(t["windows"])[0][:, -1])
            pinball(outputs).backward()
            answer({
                "outputs": outputs, "gradient.lstm.weight_ih_l0": lstm.weight_ih_l0.grad,
                "gradient.lstm.weight_hh_l0": lstm.weight_hh_l0.grad, "gradient.lstm.bias_l0": lstm.bias_ih_l0.grad,
                "gradient.head.weight": head.weight.grad, "gradient.head.bias": head.bias.grad,
            })
            """)
    }

    @Test func `The transformers outputs and gradients are those of PyTorch`() throws {
        try compare(
            TransformerNet.self,
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.patch = nn.Linear(110, 64)
                    self.position = nn.Parameter(torch.zeros(12, 64))
                    layer = lambda: nn.TransformerEncoderLayer(64, 4, 128, 0, "gelu", batch_first=True, norm_first=True)
                    self.layers = nn.ModuleList([layer(), layer()])
                    self.norm = nn.LayerNorm(64)
                    self.head = nn.Linear(64, 21)
                def forward(self, x):
                    x = self.patch(x.reshape(-1, 12, 110)) + self.position
                    for layer in self.layers:
                        x = layer(x)
                    return self.head(self.norm(x)[:, -1])
            net = Net()
            with torch.no_grad():
                for name, p in net.named_parameters():
                    p.copy_(t[name].reshape(p.shape))
            outputs = net(t["windows"])
            pinball(outputs).backward()
            answer({"outputs": outputs} | {"gradient." + name: p.grad.reshape(t[name].shape) for name, p in net.named_parameters()})
            """)
    }
}
