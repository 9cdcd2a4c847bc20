/// The scaling of a linear model's inputs: (x − mean) / deviation, missing → 0, clipped to ±8.
struct Standardisation: Sendable, Hashable {
    let mean: [Float]
    let deviation: [Float]

    static let limit: Float = 8

    /// Computes mean and deviation over the present values, in double precision; a constant input has deviation 1.
    init(_ values: [Float], inputs: Int) {
        var mean: [Float] = []
        var deviation: [Float] = []
        for column in 0..<inputs {
            var count = 0.0
            var sum = 0.0
            var squares = 0.0
            for i in stride(from: column, to: values.count, by: inputs) where values[i].isFinite {
                let value = Double(values[i])
                count += 1
                sum += value
                squares += value * value
            }
            let m = count > 0 ? sum / count : 0
            let variance = count > 0 ? squares / count - m * m : 0
            mean.append(Float(m))
            deviation.append(variance > 1e-12 ? Float(variance.squareRoot()) : 1)
        }
        self.mean = mean
        self.deviation = deviation
    }

    @inline(__always)
    func scaled(_ value: Float, column: Int) -> Float {
        let x = (value - mean[column]) / deviation[column]
        return x.isFinite ? min(max(x, -Self.limit), Self.limit) : 0
    }

    func applied(_ values: [Float]) -> [Float] { values.indices.map { scaled(values[$0], column: $0 % mean.count) } }
}

extension Standardisation {
    var tensors: [Artifact.Tensor] {
        [
            .init(name: "input.mean", shape: [mean.count], values: mean),
            .init(name: "input.deviation", shape: [deviation.count], values: deviation),
        ]
    }

    init(_ artifact: Artifact, inputs: Int) throws(ArtifactError) {
        mean = try artifact.values("input.mean", shape: [inputs])
        deviation = try artifact.values("input.deviation", shape: [inputs])
        guard deviation.allSatisfy({ $0 > 0 }) else { throw .mismatch("input.deviation is not positive") }
    }
}
