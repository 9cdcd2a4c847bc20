import Foundation
import Kernels
import Testing

@Suite struct AdamTests {
    @Test func `Three steps agree with the formula in double precision`() {
        let gradients: [[Double]] = [[0.5, -2, 1e-4, 0], [0.4, 1, -1e-4, 0], [-0.1, 3, 2e-4, 1]]
        var expected = [1.0, -1, 0.5, 0.25]
        var m = [Double](repeating: 0, count: 4), v = m
        let parameters = LaneBuffer(count: 1), gradient = LaneBuffer(count: 1)
        for i in 0..<4 { parameters.floats[i] = Float(expected[i]) }
        var adam = Adam(count: 1)
        for (step, g) in gradients.enumerated() {
            for i in 0..<4 {
                m[i] = 0.9 * m[i] + 0.1 * g[i]
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i]
                let update = m[i] / (1 - pow(0.9, Double(step + 1))) / ((v[i] / (1 - pow(0.999, Double(step + 1)))).squareRoot() + 1e-8)
                expected[i] = expected[i] * (1 - 1e-2 * 1e-2) - 1e-2 * update
                gradient.floats[i] = Float(g[i])
            }
            adam.update(parameters.lanes, gradient: gradient.lanes, scale: 1, rate: 1e-2, decay: 1e-2)
        }
        for i in 0..<4 { #expect(abs(Double(parameters.floats[i]) - expected[i]) < 2e-6) }
    }
}
