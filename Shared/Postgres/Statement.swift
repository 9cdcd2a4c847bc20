import CPostgres

/// A statement's text and its parameters in binary form, ready to be sent.
struct Statement: Sendable {
    let sql: String
    private let types: [Oid]
    private let storage: [UInt8]
    private let fields: [Range<Int>?]

    init(_ sql: String, _ parameters: [any PostgresEncodable]) {
        self.sql = sql
        var types: [Oid] = []
        var storage: [UInt8] = []
        var fields: [Range<Int>?] = []
        for parameter in parameters {
            let start = storage.count
            types.append(type(of: parameter).postgresType.rawValue)
            fields.append(parameter.encode(into: &storage) ? start..<storage.count : nil)
        }
        storage.append(0)
        self.types = types
        self.storage = storage
        self.fields = fields
    }

    /// Passes the statement to libpq, which copies it, and requests the results in binary form.
    func send(to connection: OpaquePointer) -> Bool {
        storage.withUnsafeBytes { storage in
            let start = storage.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = fields.map { field in field.flatMap { start?.advanced(by: $0.lowerBound) } }
            let lengths = fields.map { Int32($0?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: fields.count)
            return PQsendQueryParams(connection, sql, Int32(fields.count), types, values, lengths, formats, 1) == 1
        }
    }
}
