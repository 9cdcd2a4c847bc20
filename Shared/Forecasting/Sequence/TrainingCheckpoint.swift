import Market

/// The state of an interrupted training as bytes: tensors and integers in an `Artifact`, exact to the bit.
struct TrainingCheckpoint<Net: SequenceNet> {
    /// The properties by which a training recognises its own checkpoint.
    var identity: [String: String]
    var finished: [SequenceTraining<Net>.Outcome]
    var current: NetTraining<Net>.State

    /// The identity of a training. The number of threads is left out, because it does not change the result.
    static func identity(
        family: String, _ set: TrainingSet, _ configuration: SequenceConfiguration, _ block: SequenceSamples, seed: UInt64
    ) -> [String: String] {
        var configuration = configuration
        configuration.threads = 1
        var identity = Artifact.header(family: family, seed: seed, cut: set.cut.description)
        identity["configuration"] = "\(configuration)"
        identity["training_rows"] = "\(block.training.count)"
        identity[ArtifactKey.featureVersion] = block.scaling.featureVersion
        return identity
    }

    func encoded() throws -> [UInt8] {
        var integers = IntegerTable()
        for (key, value) in identity { integers.metadata["identity." + key] = value }
        integers.metadata["nets"] = String(finished.count)
        var tensors = [
            Self.tensor("current.parameters", current.trainer.parameters), Self.tensor("current.mean", current.trainer.mean),
            Self.tensor("current.first", current.trainer.first),
            Self.tensor("current.second", current.trainer.second), Self.tensor("current.best", current.best),
        ]
        for (i, net) in finished.enumerated() {
            tensors.append(Self.tensor("nets.\(i).best", net.best))
            integers["nets.\(i).losses"] = net.losses.map(\.bitPattern)
            integers["nets.\(i).head_weights"] = net.headWeights.map(\.bitPattern)
            integers["nets.\(i).counts"] = [UInt64(net.samplesSeen), UInt64(net.restarts)]
        }
        integers["current.losses"] = current.bestLosses.map(\.bitPattern)
        integers["current.random"] = current.order.random
        integers["current.rate_factor"] = [UInt64(current.trainer.rateFactor.bitPattern)]
        integers["current.counts"] = [
            current.order.epoch, current.order.remaining, current.samplesSeen, current.restarts, current.round, current.batch,
            current.roundsWithoutGain, current.trainer.steps,
            current.trainer.updates,
        ].map { UInt64($0) }
        return try Artifact(metadata: integers.metadata, tensors: tensors).encoded()
    }

    /// - Throws: `ArtifactError`.
    init(decoding bytes: [UInt8]) throws(ArtifactError) {
        let artifact = try Artifact(decoding: bytes)
        let integers = IntegerTable(metadata: artifact.metadata)
        identity = [:]
        for (key, value) in artifact.metadata where key.hasPrefix("identity.") { identity[String(key.dropFirst(9))] = value }
        guard let nets = Int(try artifact.text("nets")), (0...64).contains(nets) else { throw .mismatch("nets is out of range") }
        finished = []
        for i in 0..<nets {
            let counts = try integers.counts("nets.\(i).counts", 2)
            finished.append(
                SequenceTraining.Outcome(
                    best: try Self.values("nets.\(i).best", artifact),
                    losses: try integers.words("nets.\(i).losses", Quantiles.horizons.count).map { Double(bitPattern: $0) },
                    headWeights: try integers.words("nets.\(i).head_weights", Quantiles.horizons.count).map { Double(bitPattern: $0) },
                    samplesSeen: counts[0], restarts: counts[1]))
        }
        let counts = try integers.counts("current.counts", 9)
        current = NetTraining.State(
            trainer: SequenceTrainer.State(
                parameters: try Self.values("current.parameters", artifact), mean: try Self.values("current.mean", artifact),
                first: try Self.values("current.first", artifact),
                second: try Self.values("current.second", artifact), steps: counts[7], updates: counts[8],
                rateFactor: Float(bitPattern: UInt32(truncatingIfNeeded: try integers.words("current.rate_factor", 1)[0]))),
            best: try Self.values("current.best", artifact),
            bestLosses: try integers.words("current.losses", Quantiles.horizons.count).map { Double(bitPattern: $0) },
            order: SampleOrder.Position(
                random: try integers.words("current.random", 4), epoch: counts[0], remaining: counts[1]),
            samplesSeen: counts[2], restarts: counts[3], round: counts[4], batch: counts[5], roundsWithoutGain: counts[6])
    }

    init(identity: [String: String], finished: [SequenceTraining<Net>.Outcome], current: NetTraining<Net>.State) {
        self.identity = identity
        self.finished = finished
        self.current = current
    }

    private static func tensor(_ name: String, _ values: [Float]) -> Artifact.Tensor {
        Artifact.Tensor(name: name, shape: [values.count], values: values)
    }

    private static func values(_ name: String, _ artifact: Artifact) throws(ArtifactError) -> [Float] {
        guard let tensor = artifact.tensors.first(where: { $0.name == name }) else { throw .missing(name) }
        return try artifact.values(name, shape: [tensor.values.count])
    }
}

/// Integers as text in an artifact's metadata.
private struct IntegerTable {
    var metadata: [String: String] = [:]

    subscript(key: String) -> [UInt64] {
        get { (metadata[key] ?? "").split(separator: ",").compactMap { UInt64($0) } }
        set { metadata[key] = newValue.map(String.init).joined(separator: ",") }
    }

    func words(_ key: String, _ count: Int) throws(ArtifactError) -> [UInt64] {
        let words = self[key]
        guard words.count == count else { throw .mismatch("\(key) holds \(words.count) integers instead of \(count)") }
        return words
    }

    /// Words that are counts.
    func counts(_ key: String, _ count: Int) throws(ArtifactError) -> [Int] {
        let words = try words(key, count)
        guard words.allSatisfy({ $0 < 1 << 48 }) else { throw .mismatch("\(key) is out of range") }
        return words.map { Int($0) }
    }
}
