import Foundation
import Market
import Testing

@testable import Forecasting

@Suite struct ArtifactTests {
    private func models() throws -> [any ForecastModel] {
        let set = TrainingSet(
            histories: try SyntheticMarket.histories(count: 5, sessions: 600, effect: 0.3), cut: SyntheticMarket.date(599))
        var configuration = SyntheticMarket.small
        configuration.rounds = 1
        configuration.nets = 2
        let large = TrainingSet(
            histories: try SyntheticMarket.histories(count: 9, sessions: 900, effect: 0.3), cut: SyntheticMarket.date(899))
        return [
            try RandomWalk.fit(set), try BlendedFHS.fit(set), try LSTM.fit(set, configuration, seed: 9),
            try Transformer.fit(set, configuration, seed: 9), try Climatology.fit(set),
            try GARCHModel.fit(set), try HARModel.fit(set), try LinearQuantile.fit(large), try BoostedTrees.fit(large),
        ]
    }

    @Test func `A model read from its bytes is equal to the bit`() throws {
        let history = try SyntheticMarket.histories(count: 1, sessions: 300, effect: 0.3, seed: 8)[0]
        for model in try models() {
            let bytes = try model.state().encoded()
            let loaded = try loadModel(Artifact(decoding: bytes))
            #expect(loaded.family == model.family)
            #expect(try loaded.forecast(history, at: 250) == model.forecast(history, at: 250))
            #expect(loaded.metrics == model.metrics)
            #expect(try loaded.state().encoded() == bytes)
        }
    }

    @Test func `The metadata give the training cut and the start of calibration`() throws {
        let cut = SessionDate(year: 2010, month: 12, day: 31)
        let set = TrainingSet(histories: try SyntheticMarket.histories(count: 1, sessions: 600, effect: 0.3), cut: cut)
        let artifact = try Artifact(decoding: try BlendedFHS.fit(set).state().encoded())
        #expect(try artifact.text(ArtifactKey.cut) == "2010-12-31")
        #expect(try artifact.text(ArtifactKey.calibrationStart) == "2011-01-01")
        let weights = MemberWeights(priors: [[1, 1, 1]], scores: [[1, 1, 1]], fallback: 0)
        let member = Ensemble.Member(id: "m", family: "k", artifactKey: "a", artifactSHA256: "s")
        let ensemble = Ensemble(members: [member], weights: weights, cut: cut.description)
        #expect(try ensemble.state().text(ArtifactKey.calibrationStart) == "2011-01-01")
    }

    @Test func `Every truncation is an error`() throws {
        let bytes = try models()[2].state().encoded()
        for count in Array(stride(from: 0, to: bytes.count, by: 997)) + [7, 8, 9, bytes.count - 1] {
            #expect(throws: ArtifactError.self) { try Artifact(decoding: Array(bytes[..<count])) }
        }
        #expect(throws: ArtifactError.truncated) { try Artifact(decoding: bytes + [0]) }
    }

    @Test func `A damaged artifact is an error or harmless and never crashes`() throws {
        let bytes = try models()[2].state().encoded()
        var random = RandomGenerator(seed: 1)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(min(bytes.count, 4_000)))] = UInt8(truncatingIfNeeded: random.next())
            do { _ = try loadModel(Artifact(decoding: damaged)) } catch { #expect(error is ArtifactError) }
        }
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, #"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
    ])
    func `A shape or an offset that no file can have is an error`(_ header: String) {
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        #expect(throws: ArtifactError.self) { try Artifact(decoding: length + Array(header.utf8) + [0, 0, 0, 0]) }
    }

    @Test func `Loading a net with unknown inputs is an error`() throws {
        var artifact = try models()[2].state()
        let names = try artifact.text(ArtifactKey.inputs).split(separator: ",")
        artifact.metadata[ArtifactKey.inputs] = names.dropLast(3).joined(separator: ",")
        #expect(throws: ArtifactError.self) { try loadModel(artifact) }
    }

    @Test func `Errors name an unknown family a missing tensor and a malformed number`() throws {
        var artifact = try models()[1].state()
        artifact.metadata["family"] = "oracle"
        #expect(throws: ArtifactError.unknownFamily("oracle")) { try loadModel(artifact) }
        artifact = try models()[1].state()
        artifact.tensors = []
        #expect(throws: ArtifactError.missing("standardised_quantiles")) { try loadModel(artifact) }
        artifact.tensors = [.init(name: "standardised_quantiles", shape: [3, 7], values: [Float](repeating: .nan, count: 21))]
        #expect(throws: ArtifactError.self) { try loadModel(artifact) }
    }
}
