import Kernels
import Testing

@Suite struct ProductTests {
    private func filled(_ count: Int, _ seed: Float) -> LaneBuffer {
        let buffer = LaneBuffer(floats: count)
        for i in 0..<count { buffer.floats[i] = Float((i * 37 + 11) % 101) / 50 - 1 + seed }
        return buffer
    }

    @Test(arguments: [(256, 88, 4), (64, 256, 1), (22, 64, 2), (6, 1, 1), (8, 3, 3), (64, 120, 12)])
    func `A panel product is the sum of its terms`(_ rows: Int, _ depth: Int, _ panels: Int) {
        let source = filled(rows * depth, 0), b = filled(panels * depth * 16, 0.1), bias = filled(rows + 6, 0.2)
        let packed = PackedMatrix(rows: rows, depth: depth)
        packed.pack(source.floats, rowStride: depth, depthStride: 1)
        let c = LaneBuffer(count: panels * rows * 2)
        panelProduct(
            packed, bias: bias.floats, b: b.lanes, bStride: depth * 2, into: c.lanes, cStride: rows * 2, panels: panels)
        for panel in 0..<panels {
            for row in stride(from: 0, to: rows, by: 5) {
                for lane in 0..<16 {
                    let expected = (0..<depth).reduce(Double(bias.floats[row])) {
                        $0 + Double(source.floats[row * depth + $1]) * Double(b.floats[(panel * depth + $1) * 16 + lane])
                    }
                    #expect(abs(Double(c.floats[(panel * rows + row) * 16 + lane]) - expected) < 1e-4)
                }
            }
        }
    }

    @Test func `The transpose is packed from the same memory`() {
        let source = filled(64 * 256, 0)
        let straight = PackedMatrix(rows: 64, depth: 256)
        straight.pack(source.floats, rowStride: 1, depthStride: 64)
        let b = filled(256 * 16, 0), c = LaneBuffer(count: 64 * 2)
        panelProduct(straight, bias: nil, b: b.lanes, bStride: 0, into: c.lanes, cStride: 0, panels: 1)
        let expected = (0..<256).reduce(0.0) { $0 + Double(source.floats[$1 * 64 + 5]) * Double(b.floats[$1 * 16 + 3]) }
        #expect(abs(Double(c.floats[5 * 16 + 3]) - expected) < 1e-4)
    }

    @Test(arguments: [(256, 11, 4), (24, 8, 2), (32, 5, 1), (64, 15, 3), (8, 1, 2), (8, 2, 1), (8, 3, 1)])
    func `An outer product adds up over panels and lanes`(_ rows: Int, _ columns: Int, _ panels: Int) {
        let a = filled(panels * rows * 16, 0), b = filled(panels * 16 * columns * 8, 0.1), c = filled(rows * columns * 8, 0.3)
        let before = (0..<rows * columns * 8).map { Double(c.floats[$0]) }
        accumulateOuterProduct(a.lanes, aStride: rows * 2, rows: rows, b: b.lanes, columns: columns, into: c.lanes, panels: panels)
        for row in 0..<rows {
            for column in stride(from: 0, to: columns * 8, by: 3) {
                var expected = before[row * columns * 8 + column]
                for sample in 0..<panels * 16 {
                    let left = a.floats[(sample / 16 * rows + row) * 16 + sample % 16]
                    expected += Double(left) * Double(b.floats[sample * columns * 8 + column])
                }
                #expect(abs(Double(c.floats[row * columns * 8 + column]) - expected) < 1e-4)
            }
        }
    }

    @Test func `Transposing turns panels into rows and gathering back`() {
        let panel = filled(24 * 16, 0), rows = LaneBuffer(floats: 16 * 40), back = LaneBuffer(count: 24 * 2)
        transpose(panel.lanes, rows: 24, into: rows.floats, stride: 40)
        for lane in 0..<16 { #expect((0..<24).allSatisfy { rows.floats[lane * 40 + $0] == panel.floats[$0 * 16 + lane] }) }
        let samples = (0..<16).map { UnsafePointer(rows.floats + $0 * 40) }
        gather(samples[...], offset: 0, rows: 24, into: back.lanes)
        #expect((0..<24 * 16).allSatisfy { back.floats[$0] == panel.floats[$0] })
        gather(samples[3..<5], offset: 8, rows: 8, into: back.lanes)
        #expect(back.floats[5 * 16 + 1] == panel.floats[13 * 16 + 4])
        #expect((2..<16).allSatisfy { back.floats[5 * 16 + $0] == panel.floats[13 * 16 + 3] })
    }

    @Test func `A lanewise product is a matrix product in every lane`() {
        let a = filled(8 * 5 * 16, 0), b = filled(5 * 3 * 16, 0.2), c = LaneBuffer(count: 8 * 3 * 2)
        lanewiseProduct(
            LaneMatrix(a.lanes, rowStride: 2, columnStride: 16), LaneMatrix(b.lanes, rowStride: 6, columnStride: 2),
            into: LaneMatrix(c.lanes, rowStride: 6, columnStride: 2), rows: 8, columns: 3, depth: 5)
        for row in 0..<8 {
            for column in 0..<3 {
                for lane in 0..<16 {
                    let expected = (0..<5).reduce(0.0) {
                        $0 + Double(a.floats[($1 * 8 + row) * 16 + lane]) * Double(b.floats[($1 * 3 + column) * 16 + lane])
                    }
                    #expect(abs(Double(c.floats[(row * 3 + column) * 16 + lane]) - expected) < 1e-5)
                }
            }
        }
    }

    @Test func `Every part runs once on its worker`() {
        let seen = LaneBuffer(floats: 64)
        Parallel.run(parts: 7, workers: 3) { part, worker in seen.floats[part] += Float(1 + worker) }
        #expect((0..<7).map { seen.floats[$0] } == [1, 2, 3, 1, 2, 3, 1])
    }
}
