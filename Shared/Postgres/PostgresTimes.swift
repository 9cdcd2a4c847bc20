/// A `date`: days since 1970-01-01.
package struct PostgresDate: Hashable, Sendable {
    package let days: Int32
    package init(days: Int32) { self.days = days }
}

/// A `timestamptz`: microseconds since 1970-01-01T00:00:00Z.
package struct PostgresInstant: Hashable, Sendable {
    package let microseconds: Int64
    package init(microseconds: Int64) { self.microseconds = microseconds }
}

/// The time between 1970-01-01 and 2000-01-01, from which Postgres counts.
private let epochDays: Int32 = 10957
private let epochMicroseconds: Int64 = 946_684_800_000_000

extension PostgresDate: PostgresElement, PostgresDecodable {
    package static var postgresType: PostgresType { .date }
    package static var postgresArrayType: PostgresType { .dateArray }
    package func encode(into bytes: inout [UInt8]) -> Bool { (days - epochDays).encode(into: &bytes) }
    package init(postgres cell: Cell) throws(PostgresError) {
        let days: Int32 = try cell.integer(of: .date)
        let (sum, overflow) = days.addingReportingOverflow(epochDays)
        guard !overflow else { throw cell.mismatch("a finite date") }
        self.init(days: sum)
    }
}

extension PostgresInstant: PostgresElement, PostgresDecodable {
    package static var postgresType: PostgresType { .timestamptz }
    package static var postgresArrayType: PostgresType { .timestamptzArray }
    package func encode(into bytes: inout [UInt8]) -> Bool { (microseconds - epochMicroseconds).encode(into: &bytes) }
    package init(postgres cell: Cell) throws(PostgresError) {
        let microseconds: Int64 = try cell.integer(of: .timestamptz)
        let (sum, overflow) = microseconds.addingReportingOverflow(epochMicroseconds)
        guard !overflow, microseconds != .min else { throw cell.mismatch("a finite timestamptz") }
        self.init(microseconds: sum)
    }
}

/// A `bytea`. (`[UInt8]` itself would read as an array of bytes.)
package struct PostgresBytes: Hashable, Sendable {
    package let bytes: [UInt8]
    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
}

extension PostgresBytes: PostgresElement, PostgresDecodable {
    package static var postgresType: PostgresType { .bytea }
    package static var postgresArrayType: PostgresType { .byteaArray }
    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: self.bytes)
        return true
    }
    package init(postgres cell: Cell) throws(PostgresError) { self.init(try cell.bytes(of: .bytea)) }
}
