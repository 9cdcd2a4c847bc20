import Foundation
import Kernels
import Testing

@Suite struct ActivationTests {
    /// Applies a kernel to these values and returns what it made of them.
    private func applied(_ values: [Float], _ kernel: (UnsafeMutablePointer<Lanes>, Int) -> Void) -> [Float] {
        let buffer = LaneBuffer(floats: values.count)
        for (i, value) in values.enumerated() { buffer.floats[i] = value }
        kernel(buffer.lanes, buffer.count)
        return values.indices.map { buffer.floats[$0] }
    }

    private let grid: [Float] = (0...40_000).map { Float($0 - 20_000) / 200 } + [0, -0.0, 1e-6, -1e-6, 1e-20, 7.905, 7.906, 3e38, -3e38]

    @Test func hyperbolicTangentIsWithinThreeInTenMillion() {
        let values = applied(grid, Activation.tanh)
        let worst = zip(grid, values).map { abs(Double($1) - tanh(Double($0))) }.max() ?? 1
        #expect(worst <= 3e-7, "\(worst)")
    }

    @Test func sigmoidIsWithinTwoInTenMillion() {
        let values = applied(grid, Activation.sigmoid)
        let worst = zip(grid, values).map { abs(Double($1) - 1 / (1 + exp(-Double($0)))) }.max() ?? 1
        #expect(worst <= 2e-7, "\(worst)")
    }

    @Test func exponentialIsWithinThreeInTenMillionRelatively() {
        let inside = grid.filter { abs($0) <= 87 }
        let worst = zip(inside, applied(inside, Activation.exp)).map { abs(Double($1) / exp(Double($0)) - 1) }.max() ?? 1
        #expect(worst <= 3e-7, "\(worst)")
        #expect(applied([-100, 500], Activation.exp)[0] == 0)
        #expect(applied([-100, 500], Activation.exp)[1].isFinite)
    }

    @Test func notANumberStaysNotANumber() {
        #expect(applied([.nan], Activation.tanh)[0].isNaN)
        #expect(applied([.nan], Activation.sigmoid)[0].isNaN)
    }

    @Test func theProcessorAtHandIsSupported() throws {
        try Processor.check()
    }
}
