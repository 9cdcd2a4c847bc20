/// Rows encoded in the binary format of COPY, to be sent with `Database.copyIn`.
package struct CopyRows: Sendable {
    /// The length of the format's header in bytes: the signature, the flags and the length of an extension.
    static let headerLength = 19

    private var bytes: [UInt8] = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    /// The bytes at the start of every row: its number of fields, set by `append`, and the constant first fields.
    private var start: [UInt8] = [0, 0]
    private let constants: Int
    package private(set) var count = 0

    /// - Parameter first: the constant fields at the start of every row. They are encoded once.
    package init<each Value: PostgresEncodable>(first: repeat each Value) {
        var constants = 0
        for value in repeat each first {
            start.appendField(value)
            constants += 1
        }
        self.constants = constants
    }

    /// Reserves memory for a number of rows of about `bytesEach` bytes.
    package mutating func reserve(_ rows: Int, of bytesEach: Int) { bytes.reserveCapacity(bytes.count + rows * bytesEach) }

    /// Appends a row: the constant first fields and `values`.
    package mutating func append<each Value: PostgresEncodable>(_ values: repeat each Value) {
        let begin = bytes.count
        bytes.append(contentsOf: start)
        var fields = constants
        for value in repeat each values {
            bytes.appendField(value)
            fields += 1
        }
        bytes[begin] = UInt8(truncatingIfNeeded: fields >> 8)
        bytes[begin + 1] = UInt8(truncatingIfNeeded: fields)
        count += 1
    }

    /// All rows with the format's trailer.
    var finished: [UInt8] { bytes + [0xFF, 0xFF] }
}

/// One row that COPY sent, valid only while the closure that receives it runs. Fields are read by column number.
package struct CopiedRow {
    private let bytes: UnsafeRawBufferPointer
    private let fields: [(offset: Int, length: Int)]

    /// Parses a row; nil for the format's trailer.
    init?(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        let count = Int16(bigEndian: bytes.loadUnaligned(as: Int16.self))
        guard count >= 0 else { return nil }
        var fields: [(offset: Int, length: Int)] = []
        fields.reserveCapacity(Int(count))
        var offset = 2
        for _ in 0..<count {
            guard offset + 4 <= bytes.count else { throw PostgresError(.decoding, "a copied row is cut off") }
            let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
            fields.append((offset + 4, length))
            offset += 4 + max(length, 0)
        }
        guard offset == bytes.count else { throw PostgresError(.decoding, "a copied row is cut off") }
        self.bytes = bytes
        self.fields = fields
    }

    /// The bytes of a field.
    package func cell(_ column: Int) -> Cell {
        let (offset, length) = fields[column]
        return Cell(
            bytes: length < 0 ? nil : UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]), type: nil, column: column)
    }

    /// The field as the type of the place that reads it.
    package subscript<T: PostgresDecodable>(column: Int) -> T {
        get throws(PostgresError) { try T(postgres: cell(column)) }
    }
}
