import Market

/// The state of an interrupted training as bytes: tensors and numbers in an `Artifact`, every bit kept.
struct TrainingCheckpoint<Net: SequenceNet> {
    /// What training this is a part of.
    var identity: [String: String]
    var finished: [SequenceTraining<Net>.Outcome]
    var run: SequenceRun<Net>.State

    /// Threads do not count: they change no bit.
    static func identity(
        family: String, _ set: TrainingSet, _ configuration: SequenceConfiguration, _ block: SequenceSamples, seed: UInt64
    ) -> [String: String] {
        var configuration = configuration
        configuration.threads = 1
        var identity = Artifact.header(family: family, seed: seed, cut: set.cut.description)
        identity["configuration"] = "\(configuration)"
        identity["training rows"] = "\(block.training.count)"
        identity[ArtifactKey.featureVersion] = block.scaling.featureVersion
        return identity
    }

    func encoded() throws -> [UInt8] {
        var numbers = Numbers()
        for (key, value) in identity { numbers.metadata["identity." + key] = value }
        numbers.metadata["nets"] = String(finished.count)
        var tensors = [
            Self.tensor("run.parameters", run.trainer.parameters), Self.tensor("run.mean", run.trainer.mean),
            Self.tensor("run.first", run.trainer.first),
            Self.tensor("run.second", run.trainer.second), Self.tensor("run.best", run.best),
        ]
        for (i, net) in finished.enumerated() {
            tensors.append(Self.tensor("nets.\(i).best", net.best))
            numbers["nets.\(i).losses"] = net.losses.map(\.bitPattern)
            numbers["nets.\(i).kept"] = net.kept.map(\.bitPattern)
            numbers["nets.\(i).counts"] = [UInt64(net.seen), UInt64(net.restarts)]
        }
        numbers["run.losses"] = run.bestLosses.map(\.bitPattern)
        numbers["run.random"] = run.stream.random
        numbers["run.caution"] = [UInt64(run.trainer.caution.bitPattern)]
        numbers["run.counts"] = [
            run.stream.epoch, run.stream.remaining, run.seen, run.restarts, run.round, run.batch, run.idle, run.trainer.steps,
            run.trainer.updates,
        ].map { UInt64($0) }
        return try Artifact(metadata: numbers.metadata, tensors: tensors).encoded()
    }

    /// - Throws: `ArtifactError`.
    init(decoding bytes: [UInt8]) throws(ArtifactError) {
        let artifact = try Artifact(decoding: bytes)
        let numbers = Numbers(metadata: artifact.metadata)
        identity = [:]
        for (key, value) in artifact.metadata where key.hasPrefix("identity.") { identity[String(key.dropFirst(9))] = value }
        guard let nets = Int(try artifact.text("nets")), (0...64).contains(nets) else { throw .mismatch("nets is out of range") }
        finished = []
        for i in 0..<nets {
            let counts = try numbers.counts("nets.\(i).counts", 2)
            finished.append(
                SequenceTraining.Outcome(
                    best: try Self.values("nets.\(i).best", artifact),
                    losses: try numbers.words("nets.\(i).losses", Quantiles.horizons.count).map { Double(bitPattern: $0) },
                    kept: try numbers.words("nets.\(i).kept", Quantiles.horizons.count).map { Double(bitPattern: $0) },
                    seen: counts[0], restarts: counts[1]))
        }
        let counts = try numbers.counts("run.counts", 9)
        run = SequenceRun.State(
            trainer: SequenceTrainer.State(
                parameters: try Self.values("run.parameters", artifact), mean: try Self.values("run.mean", artifact),
                first: try Self.values("run.first", artifact),
                second: try Self.values("run.second", artifact), steps: counts[7], updates: counts[8],
                caution: Float(bitPattern: UInt32(truncatingIfNeeded: try numbers.words("run.caution", 1)[0]))),
            best: try Self.values("run.best", artifact),
            bestLosses: try numbers.words("run.losses", Quantiles.horizons.count).map { Double(bitPattern: $0) },
            stream: SampleStream.Position(
                random: try numbers.words("run.random", 4), epoch: counts[0], remaining: counts[1]),
            seen: counts[2], restarts: counts[3], round: counts[4], batch: counts[5], idle: counts[6])
    }

    init(identity: [String: String], finished: [SequenceTraining<Net>.Outcome], run: SequenceRun<Net>.State) {
        self.identity = identity
        self.finished = finished
        self.run = run
    }

    private static func tensor(_ name: String, _ values: [Float]) -> Artifact.Tensor {
        Artifact.Tensor(name: name, shape: [values.count], values: values)
    }

    private static func values(_ name: String, _ artifact: Artifact) throws(ArtifactError) -> [Float] {
        guard let tensor = artifact.tensors.first(where: { $0.name == name }) else { throw .missing(name) }
        return try artifact.values(name, shape: [tensor.values.count])
    }
}

/// Whole numbers as text in an artifact's metadata.
private struct Numbers {
    var metadata: [String: String] = [:]

    subscript(key: String) -> [UInt64] {
        get { (metadata[key] ?? "").split(separator: ",").compactMap { UInt64($0) } }
        set { metadata[key] = newValue.map(String.init).joined(separator: ",") }
    }

    func words(_ key: String, _ count: Int) throws(ArtifactError) -> [UInt64] {
        let words = self[key]
        guard words.count == count else { throw .mismatch("\(key) holds \(words.count) numbers instead of \(count)") }
        return words
    }

    /// Numbers that count something.
    func counts(_ key: String, _ count: Int) throws(ArtifactError) -> [Int] {
        let words = try words(key, count)
        guard words.allSatisfy({ $0 < 1 << 48 }) else { throw .mismatch("\(key) is out of range") }
        return words.map { Int($0) }
    }
}
