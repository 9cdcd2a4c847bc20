/// One row of a tile of accumulators that stay in registers: one, two or three registers wide.
protocol TileRow {
    static var width: Int { get }
    init(repeating value: Float)
    init(_ source: UnsafePointer<Float8>)
    mutating func addProduct(_ factor: Float8, _ b: Self)
    func store(_ target: UnsafeMutablePointer<Float8>)
}

struct SingleRow: TileRow {
    static let width = 1
    var c0: Float8

    @inline(__always) init(repeating value: Float) { c0 = Float8(repeating: value) }
    @inline(__always) init(_ source: UnsafePointer<Float8>) { c0 = source[0] }
    @inline(__always) mutating func addProduct(_ factor: Float8, _ b: Self) { c0.addProduct(factor, b.c0) }
    @inline(__always) func store(_ target: UnsafeMutablePointer<Float8>) { target[0] = c0 }
}

struct DoubleRow: TileRow {
    static let width = 2
    var c0, c1: Float8

    @inline(__always) init(repeating value: Float) { (c0, c1) = (Float8(repeating: value), Float8(repeating: value)) }
    @inline(__always) init(_ source: UnsafePointer<Float8>) { (c0, c1) = (source[0], source[1]) }
    @inline(__always) mutating func addProduct(_ factor: Float8, _ b: Self) {
        c0.addProduct(factor, b.c0)
        c1.addProduct(factor, b.c1)
    }
    @inline(__always) func store(_ target: UnsafeMutablePointer<Float8>) { (target[0], target[1]) = (c0, c1) }
}

struct TripleRow: TileRow {
    static let width = 3
    var c0, c1, c2: Float8

    @inline(__always) init(repeating value: Float) {
        (c0, c1, c2) = (Float8(repeating: value), Float8(repeating: value), Float8(repeating: value))
    }
    @inline(__always) init(_ source: UnsafePointer<Float8>) { (c0, c1, c2) = (source[0], source[1], source[2]) }
    @inline(__always) mutating func addProduct(_ factor: Float8, _ b: Self) {
        c0.addProduct(factor, b.c0)
        c1.addProduct(factor, b.c1)
        c2.addProduct(factor, b.c2)
    }
    @inline(__always) func store(_ target: UnsafeMutablePointer<Float8>) { (target[0], target[1], target[2]) = (c0, c1, c2) }
}

/// Two, four or six rows of accumulators: at most twelve registers, enough to use both multipliers of a core.
protocol Tile {
    associatedtype Row: TileRow
    static var rows: Int { get }
    /// Makes each row from its index, in order.
    init(_ row: (Int) -> Row)
    mutating func forEachRow(_ body: (Int, inout Row) -> Void)
}

extension Tile {
    /// row[i] += a[i · aStride] · b, the same registers `b` for every row.
    @inline(__always)
    mutating func addProduct(_ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float8>) {
        let b = Row(b)
        forEachRow { $1.addProduct(Float8(repeating: a[$0 * aStride]), b) }
    }

    /// row[i] += a[i · aStride] · b lane by lane.
    @inline(__always)
    mutating func addProduct(_ a: UnsafePointer<Float8>, _ aStride: Int, lanewise b: UnsafePointer<Float8>) {
        let b = Row(b)
        forEachRow { $1.addProduct(a[$0 * aStride], b) }
    }

    @inline(__always)
    mutating func store(_ target: UnsafeMutablePointer<Float8>, _ stride: Int) { forEachRow { $1.store(target + $0 * stride) } }
}

struct TwoRows<Row: TileRow>: Tile {
    static var rows: Int { 2 }
    var r0, r1: Row

    @inline(__always) init(_ row: (Int) -> Row) { (r0, r1) = (row(0), row(1)) }
    @inline(__always) mutating func forEachRow(_ body: (Int, inout Row) -> Void) {
        body(0, &r0)
        body(1, &r1)
    }
}

struct FourRows<Row: TileRow>: Tile {
    static var rows: Int { 4 }
    var r0, r1, r2, r3: Row

    @inline(__always) init(_ row: (Int) -> Row) { (r0, r1, r2, r3) = (row(0), row(1), row(2), row(3)) }
    @inline(__always) mutating func forEachRow(_ body: (Int, inout Row) -> Void) {
        body(0, &r0)
        body(1, &r1)
        body(2, &r2)
        body(3, &r3)
    }
}

struct SixRows<Row: TileRow>: Tile {
    static var rows: Int { 6 }
    var r0, r1, r2, r3, r4, r5: Row

    @inline(__always) init(_ row: (Int) -> Row) { (r0, r1, r2, r3, r4, r5) = (row(0), row(1), row(2), row(3), row(4), row(5)) }
    @inline(__always) mutating func forEachRow(_ body: (Int, inout Row) -> Void) {
        body(0, &r0)
        body(1, &r1)
        body(2, &r2)
        body(3, &r3)
        body(4, &r4)
        body(5, &r5)
    }
}
