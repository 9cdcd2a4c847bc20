import Testing

@testable import Forecasting

/// Exported nets in ONNX Runtime.
@Suite(.enabled(if: TensorScript.numpy.python != nil)) struct ExportTests {
    /// Two nets, so that their mean is exported too.
    private func compareExport<Net: SequenceNet>(_ type: Net.Type) throws {
        let shape = SequenceShape(inputs: 22, hidden: 64, window: 60)
        let data = RandomWindows(shape, count: 20)
        let values = [UInt64(1), 2].map { seed in
            var random = RandomGenerator(seed: seed)
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
        let answer = try TensorScript.numpy.run(
            """
            model = bytes(int(v) for v in t["model"].tolist())
            session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
            answer({"z": session.run(["z"], {"windows": t["windows"]})[0]})
            """,
            on: Artifact(
                metadata: [:],
                tensors: [
                    .init(name: "model", shape: [bytes.count], values: bytes.map(Float.init)),
                    .init(name: "windows", shape: [20, shape.window, shape.inputs], values: windows),
                ]))
        var forward = ForwardPass(PackedNets<Net>(shape, values))
        let expected = forward.meanOutputs(data.windows)
        #expect(zip(try answer.values("z", shape: [20, 21]), expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    /// From the file and the raw inputs alone: everything else is in the metadata.
    private func compareFromMetadata<Net: SequenceNet>(_ type: Net.Type) throws {
        let history = try SyntheticMarket.histories(count: 1, sessions: 200, effect: 0.5)[0]
        let names = SequenceScaling.names(history.layout)
        let shape = SequenceShape(inputs: names.count, hidden: 64, window: 60)
        var random = RandomGenerator(seed: 4)
        let net = Net(shape)
        net.initialise(&random, headBias: (0..<21).map { Double($0 % 7) / 3 - 1 })
        let model = SequenceModel<Net>(
            shape: shape,
            scaling: SequenceScaling(
                featureVersion: "synthetic", names: names, mean: [0.1, -0.2, 0.3, 0.05, -0.6, 0, 0, 0],
                deviation: [0.9, 1.3, 0.2, 1, 1.7, 1, 1, 1]),
            values: [net.parameters.values], seed: 1, cut: "2010-12-31", metrics: [:])
        let bytes = try #require(try loadModel(model.state()) as? any ONNXExportable).onnx(["model_id": "\(Net.family)-1"])
        let inputs = TabularInputs(history.layout)
        let raw = (140..<200).flatMap { inputs.values(history, row: $0) }
        let answer = try TensorScript.numpy.run(
            """
            model = bytes(int(v) for v in t["model"].tolist())
            session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
            facts = session.get_modelmeta().custom_metadata_map
            names = ["z1", "signal", "noise", "ln_s97_S", "ln_S", "earnings1", "earnings5", "earnings20"]
            assert facts["input_names"].split(",") == names, facts
            assert facts["model_id"] == facts["family"] + "-1" and facts["feature_version"] == "synthetic", facts
            assert [i.name for i in session.get_inputs()] == ["windows"] and session.get_inputs()[0].shape[1:] == [int(facts["window"]), len(names)]
            numbers = lambda key: numpy.array([float(v) for v in facts[key].split(",")], dtype=numpy.float32)
            scaled = (t["raw"] - numbers("input_mean")) / numbers("input_deviation")
            z = session.run(["z"], {"windows": numpy.clip(numpy.nan_to_num(scaled), -8, 8)[None]})[0].reshape(3, 7)
            assert len(facts["quantiles"].split(",")) == 7
            returns = numpy.sort(z, axis=1) * numpy.sqrt(numbers("horizons"))[:, None]
            answer({"returns": returns})
            """,
            on: Artifact(
                metadata: [:],
                tensors: [
                    .init(name: "model", shape: [bytes.count], values: bytes.map(Float.init)),
                    .init(name: "raw", shape: [60, names.count], values: raw),
                ]))
        let expected = try model.forecast(history, at: 199).values.map { $0 / history.blend[199] }
        let worst = zip(try answer.values("returns", shape: [3, 7]), expected).map { abs(Double($0) - $1) }.max() ?? 1
        #expect(worst < 1e-5, "\(Net.family): \(worst)")
    }

    @Test func `An exported files metadata is sufficient for forecasts`() throws {
        try compareFromMetadata(LSTMNet.self)
        try compareFromMetadata(TransformerNet.self)
    }

    @Test func `An exported model gives the same quantiles in ONNX runtime`() throws {
        try compareExport(LSTMNet.self)
        try compareExport(TransformerNet.self)
    }
}
