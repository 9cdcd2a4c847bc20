import Foundation
import Testing

@testable import Forecasting

/// Another implementation in Python: it reads tensors, and answers with tensors of its own.
struct TensorScript {
    /// The interpreter that the environment names; tests that need it are skipped loudly without it.
    let python: String?
    private let prelude: String

    /// With PyTorch; `t` holds its tensors.
    static let torch = TensorScript("BELLWETHER_TORCH_PYTHON", "no net is compared with PyTorch", prelude: torchPrelude)
    /// With NumPy and ONNX Runtime; `t` holds arrays.
    static let numpy = TensorScript("BELLWETHER_ORACLE_PYTHON", "no exported net runs in ONNX Runtime", prelude: numpyPrelude)

    private init(_ variable: String, _ consequence: String, prelude: String) {
        python = ProcessInfo.processInfo.environment[variable]
        if python == nil { print("SKIPPED: \(variable) is not set, so \(consequence)") }
        self.prelude = prelude
    }

    func run(_ script: String, on artifact: Artifact) throws -> Artifact {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bellwether-tensors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "in"), output = folder.appending(path: "out")
        try Data(artifact.encoded()).write(to: input)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = ["-c", Self.reader + prelude + script, input.path, output.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try Artifact(decoding: [UInt8](Data(contentsOf: output)))
    }

    private static let reader = """
        import json, struct, sys
        raw = open(sys.argv[1], "rb").read()
        size = struct.unpack("<Q", raw[:8])[0]
        header = json.loads(raw[8:8 + size])
        meta = header.pop("__metadata__")

        def part(entry):
            a, b = entry["data_offsets"]
            return bytearray(raw[8 + size + a:8 + size + b])

        def write(tensors):
            header, data = {"__metadata__": {}}, b""
            for name, (shape, values) in tensors.items():
                bytes_ = struct.pack("<%df" % len(values), *values)
                header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(bytes_)]}
                data += bytes_
            text = json.dumps(header).encode()
            open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + data)

        """

    private static let torchPrelude = """
        import torch
        from torch import nn
        torch.set_num_threads(1)
        t = {name: torch.frombuffer(part(entry), dtype=torch.float32).reshape(entry["shape"]).clone() for name, entry in header.items()}

        def answer(tensors):
            write({name: (list(value.shape), value.detach().flatten().tolist()) for name, value in tensors.items()})

        def pinball(outputs):
            level = torch.tensor([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] * 3)
            d = t["targets"].repeat_interleave(7, 1) - outputs
            return torch.maximum(level * d, (level - 1) * d).mean()

        """

    private static let numpyPrelude = """
        import numpy, onnxruntime
        t = {name: numpy.frombuffer(part(entry), dtype="<f4").reshape(entry["shape"]) for name, entry in header.items()}

        def answer(arrays):
            write({name: (list(value.shape), value.flatten().tolist()) for name, value in arrays.items()})

        """
}
