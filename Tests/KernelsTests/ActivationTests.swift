import Foundation
import Testing

@testable import Kernels

@Suite struct ActivationTests {
    /// Applies a kernel to values and returns the results.
    private func applied(_ values: [Float], _ kernel: (UnsafeMutablePointer<Float8>, Int) -> Void) -> [Float] {
        let buffer = LaneBuffer(floats: values.count)
        for (i, value) in values.enumerated() { buffer.floats[i] = value }
        kernel(buffer.lanes, buffer.count)
        return values.indices.map { buffer.floats[$0] }
    }

    /// Applies an elementwise function to values.
    private func applied(_ values: [Float], _ function: (Float8) -> Float8) -> [Float] {
        applied(values) { registers, count in
            for i in 0..<count { registers[i] = function(registers[i]) }
        }
    }

    private let grid: [Float] = (0...40_000).map { Float($0 - 20_000) / 200 } + [0, -0.0, 1e-6, -1e-6, 1e-20, 7.905, 7.906, 3e38, -3e38]

    @Test func `Hyperbolic tangent is within four in ten million`() {
        let values = applied(grid, Activation.tanh)
        let worst = zip(grid, values).map { abs(Double($1) - tanh(Double($0))) }.max() ?? 1
        #expect(worst <= 4e-7, "\(worst)")
    }

    @Test func `Sigmoid is within two in ten million`() {
        let values = applied(grid, Activation.sigmoid)
        let worst = zip(grid, values).map { abs(Double($1) - 1 / (1 + exp(-Double($0)))) }.max() ?? 1
        #expect(worst <= 2e-7, "\(worst)")
    }

    @Test func `Exponential is within three in ten million relatively`() {
        let inside = grid.filter { abs($0) <= 87 }
        let worst = zip(inside, applied(inside, Activation.exp)).map { abs(Double($1) / exp(Double($0)) - 1) }.max() ?? 1
        #expect(worst <= 3e-7, "\(worst)")
        #expect(applied([-100, 500], Activation.exp)[0] == 0)
        #expect(applied([-100, 500], Activation.exp)[1].isFinite)
    }

    @Test func `Gelu and its slope are within one in a million`() {
        let inside = grid.filter { abs($0) <= 10 }
        let slopes = LaneBuffer(floats: inside.count)
        let values = applied(inside) { Activation.gelu($0, slopes: slopes.lanes, count: $1) }
        for (i, x) in inside.map(Double.init).enumerated() {
            let phi: Double = 0.5 * erfc(-x * 0.5.squareRoot())
            let bell: Double = exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
            let value = Double(values[i]), slope = Double(slopes.floats[i])
            #expect(abs(value - x * phi) <= 1e-6, "\(x)")
            #expect(abs(slope - phi - x * bell) <= 1e-6, "\(x)")
        }
    }

    @Test func `Softmax sums to one and its gradient is that of the formula`() {
        func score(_ j: Int, _ lane: Int) -> Double { Double((j * 31 + lane * 17) % 23) / 3 - 4 }
        let s = LaneBuffer(count: 5), g = LaneBuffer(count: 5)
        for j in 0..<5 {
            for lane in 0..<8 {
                s.floats[j * 8 + lane] = Float(score(j, lane))
                g.floats[j * 8 + lane] = Float(j + lane)
            }
        }
        Softmax.forward(s.lanes, count: 5, stride: 1, scale: 0.5)
        Softmax.backward(g.lanes, probabilities: s.lanes, count: 5, stride: 1, scale: 0.5)
        for lane in 0..<8 {
            let e: [Double] = (0..<5).map { exp(0.5 * score($0, lane)) }
            let total: Double = e.reduce(0, +)
            let p: [Double] = e.map { $0 / total }
            let mean: Double = (0..<5).reduce(0.0) { $0 + p[$1] * Double($1 + lane) }
            for j in 0..<5 {
                let found = Double(s.floats[j * 8 + lane]), gradient = Double(g.floats[j * 8 + lane])
                let expected: Double = 0.5 * p[j] * (Double(j + lane) - mean)
                #expect(abs(found / p[j] - 1) < 1e-6)
                #expect(abs(gradient - expected) < 1e-6)
            }
        }
    }

    @Test func `Layer normalisation gives mean zero and variance one`() {
        let x = LaneBuffer(count: 48), normed = LaneBuffer(count: 48), output = LaneBuffer(count: 48), inverse = LaneBuffer(count: 2)
        let gamma = LaneBuffer(floats: 24), beta = LaneBuffer(floats: 24)
        for i in 0..<24 * 16 { x.floats[i] = Float((i * 37 + 11) % 101) / 10 + 3 }
        for i in 0..<24 { (gamma.floats[i], beta.floats[i]) = (1 + Float(i) / 8, Float(i) / 4) }
        LayerNorm.forward(
            x.lanes, gamma: gamma.floats, beta: beta.floats, normed: normed.lanes, inverse: inverse.lanes, output: output.lanes, rows: 24)
        for lane in 0..<16 {
            let column: [Double] = (0..<24).map { Double(x.floats[$0 * 16 + lane]) }
            let mean: Double = column.reduce(0, +) / 24
            let squares: Double = column.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = (squares / 24 + Double(LayerNorm.epsilon)).squareRoot()
            for row in 0..<24 {
                let z: Double = (column[row] - mean) / deviation
                let scaled: Double = z * Double(gamma.floats[row]) + Double(beta.floats[row])
                #expect(abs(Double(normed.floats[row * 16 + lane]) - z) < 2e-6)
                #expect(abs(Double(output.floats[row * 16 + lane]) - scaled) < 1e-5)
            }
        }
    }

    @Test func `Dropout keeps the mean and draws the same mask again`() {
        let dropout = Dropout(rate: 0.2, seed: 7, update: 3, part: 1)
        func mask(_ dropout: Dropout, _ site: Int) -> [Float] {
            applied([Float](repeating: 1, count: 80_000)) { dropout.apply($0, site: site, into: $0, count: $1) }
        }
        let first = mask(dropout, 4)
        #expect(Set(first) == [0, 1.25])
        #expect(abs(first.reduce(0, +) / 80_000 - 1) < 0.01)
        #expect(mask(dropout, 4) == first)
        for other in [mask(dropout, 5), mask(Dropout(rate: 0.2, seed: 7, update: 4, part: 1), 4)] {
            let together = zip(first, other).filter { $0 == 0 && $1 == 0 }.count
            #expect(abs(Double(together) / 80_000 - 0.04) < 0.005)
        }
    }

    @Test func `NaN stays NaN`() {
        #expect(applied([.nan], Activation.tanh)[0].isNaN)
        #expect(applied([.nan], Activation.sigmoid)[0].isNaN)
    }

    @Test func `This processor is supported`() throws {
        try Processor.check()
    }
}
