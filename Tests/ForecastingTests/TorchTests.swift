import Foundation
import Testing

@testable import Forecasting

/// A Python with PyTorch, NumPy and ONNX Runtime, named by `BELLWETHER_TORCH_PYTHON`. Tests that need it are skipped loudly without it.
enum TorchPython {
    static let path: String? = {
        let path = ProcessInfo.processInfo.environment["BELLWETHER_TORCH_PYTHON"]
        if path == nil { print("SKIPPED: BELLWETHER_TORCH_PYTHON is not set, so no net is compared with PyTorch and ONNX Runtime") }
        return path
    }()

    /// Runs the script on these tensors; it answers with tensors of its own.
    static func run(_ script: String, on artifact: Artifact) throws -> Artifact {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bellwether-torch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "in"), output = folder.appending(path: "out")
        try Data(artifact.encoded()).write(to: input)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["-c", prelude + script, input.path, output.path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try Artifact(decoding: [UInt8](Data(contentsOf: output)))
    }

    private static let prelude = """
        import json, struct, sys
        import torch
        from torch import nn
        torch.set_num_threads(1)
        raw = open(sys.argv[1], "rb").read()
        size = struct.unpack("<Q", raw[:8])[0]
        header = json.loads(raw[8:8 + size])
        meta = header.pop("__metadata__")
        t = {}
        for name, entry in header.items():
            a, b = entry["data_offsets"]
            t[name] = torch.frombuffer(bytearray(raw[8 + size + a:8 + size + b]), dtype=torch.float32).reshape(entry["shape"]).clone()

        def answer(tensors):
            header, data = {"__metadata__": {}}, b""
            for name, value in tensors.items():
                bytes_ = struct.pack("<%df" % value.numel(), *value.detach().flatten().tolist())
                header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(bytes_)]}
                data += bytes_
            text = json.dumps(header).encode()
            open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + data)

        def pinball(outputs):
            level = torch.tensor([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] * 3)
            d = t["targets"].repeat_interleave(7, 1) - outputs
            return torch.maximum(level * d, (level - 1) * d).mean()

        """
}

@Suite(.enabled(if: TorchPython.path != nil)) struct TorchTests {
    /// Loads the named tensors into PyTorch's own layers, and compares outputs and every gradient.
    private func compare<Net: SequenceNet>(_ type: Net.Type, _ script: String) throws {
        var configuration = SequenceConfiguration()
        configuration.batch = 64
        configuration.threads = 1
        let shape = SequenceShape(inputs: 22, hidden: 64, window: 60)
        let data = RandomWindows(shape, count: configuration.batch)
        var random = RandomStream(seed: 5)
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
        let answer = try TorchPython.run(script, on: given)
        var forward = ForwardPass(ReadyNets<Net>(shape, [block.values]))
        let outputs = forward.meanOutputs(data.windows)
        let expected = try answer.values("outputs", shape: [configuration.batch, shape.outputs])
        #expect(zip(outputs, expected).allSatisfy { abs($0 - Double($1)) < 1e-5 })
        for gradient in block.named(trainer.gradientValues, prefix: "") {
            let expected = try answer.values("gradient." + gradient.name, shape: gradient.shape)
            let worst = zip(gradient.values, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-5, "\(Net.kind) \(gradient.name): \(worst)")
            #expect(gradient.values.contains { abs($0) > 1e-6 })
        }
    }

    @Test func theLSTMsOutputsAndGradientsAreThoseOfPyTorch() throws {
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

    @Test func theTransformersOutputsAndGradientsAreThoseOfPyTorch() throws {
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

    /// Two nets, so that their mean is exported too.
    private func compareExport<Net: SequenceNet>(_ type: Net.Type) throws {
        let shape = SequenceShape(inputs: 22, hidden: 64, window: 60)
        let data = RandomWindows(shape, count: 20)
        let values = [UInt64(1), 2].map { seed in
            var random = RandomStream(seed: seed)
            let net = Net(shape)
            net.initialise(&random, headBias: (0..<21).map { Double($0 % 7) / 3 - 1 })
            return net.parameters.values
        }
        let names = (0..<22).map { "x\($0)" }, ones = [Float](repeating: 1, count: 22)
        let model = SequenceModel<Net>(
            shape: shape, scaling: SequenceScaling(featureVersion: "v", names: names, mean: ones, deviation: ones), values: values, seed: 1,
            cut: "", metrics: [:])
        let windows = data.windows.flatMap { window in
            (0..<shape.window).flatMap { step in (0..<shape.inputs).map { window[step * shape.paddedInputs + $0] } }
        }
        let bytes = model.onnx()
        #expect(bytes == model.onnx())
        let answer = try TorchPython.run(
            """
            import onnxruntime
            model = bytes(int(v) for v in t["model"].tolist())
            session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
            answer({"z": torch.from_numpy(session.run(["z"], {"windows": t["windows"].numpy()})[0])})
            """,
            on: Artifact(
                metadata: [:],
                tensors: [
                    .init(name: "model", shape: [bytes.count], values: bytes.map(Float.init)),
                    .init(name: "windows", shape: [20, shape.window, shape.inputs], values: windows),
                ]))
        var forward = ForwardPass(ReadyNets<Net>(shape, values))
        let expected = forward.meanOutputs(data.windows)
        #expect(zip(try answer.values("z", shape: [20, 21]), expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    /// From the file and the raw inputs alone: everything else stands in the metadata.
    private func compareFromMetadata<Net: SequenceNet>(_ type: Net.Type) throws {
        let history = try SyntheticMarket.histories(count: 1, sessions: 200, effect: 0.5)[0]
        let names = SequenceScaling.names(history.layout)
        let shape = SequenceShape(inputs: names.count, hidden: 64, window: 60)
        var random = RandomStream(seed: 4)
        let net = Net(shape)
        net.initialise(&random, headBias: (0..<21).map { Double($0 % 7) / 3 - 1 })
        let model = SequenceModel<Net>(
            shape: shape,
            scaling: SequenceScaling(
                featureVersion: "synthetic", names: names, mean: [0.1, -0.2, 0.3, 0.05, -0.6, 0, 0, 0],
                deviation: [0.9, 1.3, 0.2, 1, 1.7, 1, 1, 1]),
            values: [net.parameters.values], seed: 1, cut: "2010-12-31", metrics: [:])
        let bytes = try #require(try loadModel(model.state()) as? any ONNXExportable).onnx(["model_id": "\(Net.kind)-1"])
        let inputs = TabularInputs(history.layout)
        let raw = (140..<200).flatMap { inputs.values(history, row: $0) }
        let answer = try TorchPython.run(
            """
            import numpy, onnxruntime
            model = bytes(int(v) for v in t["model"].tolist())
            session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
            facts = session.get_modelmeta().custom_metadata_map
            names = ["z1", "signal", "noise", "ln_s97_S", "ln_S", "echo1", "echo5", "echo20"]
            assert facts["input_names"].split(",") == names, facts
            assert facts["model_id"] == facts["kind"] + "-1" and facts["feature_version"] == "synthetic", facts
            assert [i.name for i in session.get_inputs()] == ["windows"] and session.get_inputs()[0].shape[1:] == [int(facts["window"]), len(names)]
            numbers = lambda key: numpy.array([float(v) for v in facts[key].split(",")], dtype=numpy.float32)
            scaled = (t["raw"].numpy() - numbers("input_mean")) / numbers("input_deviation")
            z = session.run(["z"], {"windows": numpy.clip(numpy.nan_to_num(scaled), -8, 8)[None]})[0].reshape(3, 7)
            assert len(facts["quantiles"].split(",")) == 7
            returns = numpy.sort(z, axis=1) * numpy.sqrt(numbers("horizons"))[:, None]
            answer({"returns": torch.from_numpy(returns)})
            """,
            on: Artifact(
                metadata: [:],
                tensors: [
                    .init(name: "model", shape: [bytes.count], values: bytes.map(Float.init)),
                    .init(name: "raw", shape: [60, names.count], values: raw),
                ]))
        let expected = try model.forecast(history, at: 199).values.map { $0 / history.blend[199] }
        let worst = zip(try answer.values("returns", shape: [3, 7]), expected).map { abs(Double($0) - $1) }.max() ?? 1
        #expect(worst < 1e-5, "\(Net.kind): \(worst)")
    }

    @Test func anExportedFilesMetadataIsEnoughToForecastWithIt() throws {
        try compareFromMetadata(LSTMNet.self)
        try compareFromMetadata(TransformerNet.self)
    }

    @Test func anExportedModelGivesTheSameQuantilesInONNXRuntime() throws {
        try compareExport(LSTMNet.self)
        try compareExport(TransformerNet.self)
    }
}
