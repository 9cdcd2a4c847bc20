/// One field of a row, valid as long as the row.
package struct Cell {
    /// Nil for NULL.
    let bytes: UnsafeRawBufferPointer?
    /// The column's type; nil in a copied row, which has no types, so that only the length is checked.
    let type: PostgresType?
    let column: Int

    package var isNull: Bool { bytes == nil }

    func mismatch(_ wanted: String) -> PostgresError {
        let found = bytes == nil ? "NULL" : "type \(type.map { "\($0.rawValue)" } ?? "?") of \(bytes?.count ?? 0) bytes"
        return PostgresError(.decoding, "column \(column) holds \(found), not \(wanted)")
    }

    func bytes(of types: PostgresType...) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard let bytes, type.map({ types.contains($0) }) ?? true else { throw mismatch("type \(types[0].rawValue)") }
        return bytes
    }

    func integer<T: FixedWidthInteger>(of type: PostgresType) throws(PostgresError) -> T {
        let bytes = try bytes(of: type)
        guard bytes.count == MemoryLayout<T>.size else { throw mismatch("\(MemoryLayout<T>.size) bytes") }
        return T(bigEndian: bytes.loadUnaligned(as: T.self))
    }
}

/// A value that can be read from a field in Postgres's binary form.
package protocol PostgresDecodable: Sendable {
    init(postgres cell: Cell) throws(PostgresError)
}

extension Bool: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) { self = try (cell.integer(of: .bool) as UInt8) != 0 }
}

extension Int16: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) { self = try cell.integer(of: .int2) }
}

extension Int32: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) { self = try cell.integer(of: .int4) }
}

extension Int64: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) { self = try cell.integer(of: .int8) }
}

/// Reads `int2`, `int4` and `int8`.
extension Int: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) {
        switch cell.bytes?.count {
        case 2: self = Int(try cell.integer(of: .int2) as Int16)
        case 4: self = Int(try cell.integer(of: .int4) as Int32)
        default: self = Int(try cell.integer(of: .int8) as Int64)
        }
    }
}

extension Float: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) { self.init(bitPattern: try cell.integer(of: .float4)) }
}

/// Reads `float8`, `float4` and `numeric`; a `numeric` becomes the nearest double.
extension Double: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) {
        switch cell.type {
        case .numeric?: self = try Double(numeric: cell)
        case .float4?: self = Double(Float(bitPattern: try cell.integer(of: .float4)))
        default: self.init(bitPattern: try cell.integer(of: .float8))
        }
    }

    /// Digits in base 10,000: count, weight of the first, sign, scale, digits.
    private init(numeric cell: Cell) throws(PostgresError) {
        let bytes = try cell.bytes(of: .numeric)
        func word(_ index: Int) -> Int { Int(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: Int16.self))) }
        guard bytes.count >= 8, bytes.count == 8 + 2 * word(0) else { throw cell.mismatch("a numeric") }
        switch UInt16(truncatingIfNeeded: word(2)) {
        case 0xC000: self = .nan
        case 0xD000: self = .infinity
        case 0xF000: self = -.infinity
        case let sign:
            var digits = ""
            for index in 0..<word(0) {
                let group = String(word(4 + index))
                digits += String(repeating: "0", count: 4 - group.count) + group
            }
            let text = (sign == 0x4000 ? "-" : "") + (digits.isEmpty ? "0" : digits) + "e\((word(1) - word(0) + 1) * 4)"
            guard let value = Double(text) else { throw cell.mismatch("a numeric") }
            self = value
        }
    }
}

/// Reads `text`, `varchar`, `name`, `char(n)`, `json` and `jsonb` (as JSON text).
extension String: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) {
        let jsonb = PostgresType(3802)
        let bytes = try cell.bytes(of: .text, PostgresType(1043), PostgresType(19), PostgresType(1042), PostgresType(114), jsonb)
        self.init(decoding: cell.type == jsonb ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) : bytes, as: UTF8.self)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package init(postgres cell: Cell) throws(PostgresError) { self = cell.isNull ? nil : try Wrapped(postgres: cell) }
}

/// Reads an array of at most one dimension.
extension Array: PostgresDecodable where Element: PostgresDecodable & PostgresElement {
    package init(postgres cell: Cell) throws(PostgresError) {
        self = []
        try cell.forEachElement(of: Element.self) { count in
            reserveCapacity(count)
        } _: { element throws(PostgresError) in
            append(try Element(postgres: element))
        }
    }
}

extension Cell {
    /// Passes the number of elements of a one-dimensional array to one closure, then each element to the other. Returns the number.
    @discardableResult
    package func forEachElement<T: PostgresElement>(
        of: T.Type, _ begin: (Int) -> Void, _ body: (Cell) throws(PostgresError) -> Void
    ) throws(PostgresError) -> Int {
        let bytes = try bytes(of: T.postgresArrayType)
        func word(_ offset: Int) throws(PostgresError) -> Int {
            guard offset + 4 <= bytes.count else { throw mismatch("a whole array") }
            return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        }
        let dimensions = try word(0)
        guard dimensions > 0 else {
            begin(0)
            return 0
        }
        guard dimensions == 1 else { throw mismatch("an array of one dimension") }
        let element = PostgresType(UInt32(truncatingIfNeeded: try word(8)))
        let count = try word(12)
        var offset = 20
        begin(count)
        for _ in 0..<count {
            let length = try word(offset)
            offset += 4
            guard length >= 0 else {
                try body(Cell(bytes: nil, type: element, column: column))
                continue
            }
            guard offset + length <= bytes.count else { throw mismatch("a whole array") }
            try body(Cell(bytes: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]), type: element, column: column))
            offset += length
        }
        return count
    }
}
