package import Market
package import Postgres

extension SessionDate: PostgresElement, PostgresDecodable, PostgresLiteral {
    package static var postgresType: PostgresType { .date }
    package static var postgresArrayType: PostgresType { .dateArray }
    package func encode(into bytes: inout [UInt8]) -> Bool { PostgresDate(days: day).encode(into: &bytes) }
    package init(postgres cell: Cell) throws(PostgresError) { self.init(day: try PostgresDate(postgres: cell).days) }
    package var postgresLiteral: Literal { PostgresDate(days: day).postgresLiteral }
}

extension Instant: PostgresElement, PostgresDecodable, PostgresLiteral {
    package static var postgresType: PostgresType { .timestamptz }
    package static var postgresArrayType: PostgresType { .timestamptzArray }
    package func encode(into bytes: inout [UInt8]) -> Bool { PostgresInstant(microseconds: microseconds).encode(into: &bytes) }
    package init(postgres cell: Cell) throws(PostgresError) { self.init(microseconds: try PostgresInstant(postgres: cell).microseconds) }
    package var postgresLiteral: Literal { PostgresInstant(microseconds: microseconds).postgresLiteral }
}

extension Price: PostgresElement, PostgresDecodable {
    package static var postgresType: PostgresType { .float8 }
    package static var postgresArrayType: PostgresType { .float8Array }
    package func encode(into bytes: inout [UInt8]) -> Bool { double.encode(into: &bytes) }
    package static func encodeElements(_ values: [Price], into bytes: inout [UInt8]) -> Bool {
        Double.encodeElements(values.map(\.double), into: &bytes)
    }
    package init(postgres cell: Cell) throws(PostgresError) {
        let value = try Double(postgres: cell)
        guard let price = Price(value) else { throw PostgresError(.decoding, "\(value) is no price") }
        self = price
    }
}
