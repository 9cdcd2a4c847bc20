/// The object identifier of a built-in type. A type without a constant here keeps its number.
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ rawValue: UInt32) { self.rawValue = rawValue }

    package static let bool = Self(16), bytea = Self(17), int8 = Self(20), int2 = Self(21), int4 = Self(23), text = Self(25)
    package static let float4 = Self(700), float8 = Self(701), date = Self(1082), timestamptz = Self(1184), numeric = Self(1700)
    package static let boolArray = Self(1000), byteaArray = Self(1001), int2Array = Self(1005), int4Array = Self(1007)
    package static let textArray = Self(1009), int8Array = Self(1016), float4Array = Self(1021), float8Array = Self(1022)
    package static let dateArray = Self(1182), timestamptzArray = Self(1185)
}

/// A value that can be a statement's parameter or a field of a copied row, in Postgres's binary form.
package protocol PostgresEncodable: Sendable {
    static var postgresType: PostgresType { get }
    /// Appends the value's bytes and returns true; appends nothing and returns false for NULL.
    func encode(into bytes: inout [UInt8]) -> Bool
}

/// A type that can be an array's element.
package protocol PostgresElement: PostgresEncodable {
    static var postgresArrayType: PostgresType { get }
    /// Appends values, each after its length. Returns whether one of them is NULL.
    static func encodeElements(_ values: [Self], into bytes: inout [UInt8]) -> Bool
}

extension PostgresElement {
    package static func encodeElements(_ values: [Self], into bytes: inout [UInt8]) -> Bool {
        var hasNull = false
        for value in values where !bytes.appendField(value) { hasNull = true }
        return hasNull
    }
}

extension [UInt8] {
    mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension Bool: PostgresElement {
    package static var postgresType: PostgresType { .bool }
    package static var postgresArrayType: PostgresType { .boolArray }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(self ? 1 : 0)
        return true
    }
}

extension Int16: PostgresElement {
    package static var postgresType: PostgresType { .int2 }
    package static var postgresArrayType: PostgresType { .int2Array }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Int32: PostgresElement {
    package static var postgresType: PostgresType { .int4 }
    package static var postgresArrayType: PostgresType { .int4Array }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Int64: PostgresElement {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Int: PostgresElement {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package func encode(into bytes: inout [UInt8]) -> Bool { Int64(self).encode(into: &bytes) }
}

extension Float: PostgresElement {
    package static var postgresType: PostgresType { .float4 }
    package static var postgresArrayType: PostgresType { .float4Array }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: bitPattern)
        return true
    }
    package static func encodeElements(_ values: [Float], into bytes: inout [UInt8]) -> Bool {
        bytes.appendFields(of: values.count) { values[$0].bitPattern }
        return false
    }
}

extension Double: PostgresElement {
    package static var postgresType: PostgresType { .float8 }
    package static var postgresArrayType: PostgresType { .float8Array }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: bitPattern)
        return true
    }
    package static func encodeElements(_ values: [Double], into bytes: inout [UInt8]) -> Bool {
        bytes.appendFields(of: values.count) { values[$0].bitPattern }
        return false
    }
}

extension String: PostgresElement {
    package static var postgresType: PostgresType { .text }
    package static var postgresArrayType: PostgresType { .textArray }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: utf8)
        return true
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package func encode(into bytes: inout [UInt8]) -> Bool { self?.encode(into: &bytes) ?? false }
}

extension Optional: PostgresElement where Wrapped: PostgresElement {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

/// A one-dimensional array, starting at 1. Elements may be NULL (`[Double?]`).
extension Array: PostgresEncodable where Element: PostgresElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        let start = bytes.count
        bytes.append(bigEndian: Int32(isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: Element.postgresType.rawValue)
        guard !isEmpty else { return true }
        bytes.append(bigEndian: Int32(count))
        bytes.append(bigEndian: Int32(1))
        if Element.encodeElements(self, into: &bytes) { bytes[start + 7] = 1 }
        return true
    }
}

extension [UInt8] {
    /// Appends a value after its length, or the length -1 for NULL. Returns whether the value is not NULL.
    @discardableResult
    mutating func appendField(_ value: some PostgresEncodable) -> Bool {
        let start = count
        append(bigEndian: Int32(-1))
        guard value.encode(into: &self) else { return false }
        let length = Int32(count - start - 4)
        for byte in 0..<4 { self[start + byte] = UInt8(truncatingIfNeeded: length >> Int32(24 - 8 * byte)) }
        return true
    }

    /// Appends `count` numbers, each after its length.
    mutating func appendFields<T: FixedWidthInteger>(of count: Int, _ number: (Int) -> T) {
        let (start, size) = (self.count, MemoryLayout<T>.size)
        append(contentsOf: repeatElement(0, count: count * (4 + size)))
        withUnsafeMutableBytes { bytes in
            for index in 0..<count {
                let offset = start + index * (4 + size)
                bytes.storeBytes(of: Int32(size).bigEndian, toByteOffset: offset, as: Int32.self)
                bytes.storeBytes(of: number(index).bigEndian, toByteOffset: offset + 4, as: T.self)
            }
        }
    }
}
