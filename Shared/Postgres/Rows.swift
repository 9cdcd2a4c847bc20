import CPostgres

/// The rows of one result, in memory that libpq allocated.
package final class Rows: Sendable, RandomAccessCollection {
    /// `PGresult *`. Libpq never changes a finished result, so that any thread may read it; `deinit` is its only writer.
    private nonisolated(unsafe) let raw: OpaquePointer

    init(adopting raw: OpaquePointer) { self.raw = raw }
    deinit { PQclear(raw) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { Int(PQntuples(raw)) }
    package subscript(position: Int) -> Row {
        precondition(position >= 0 && position < endIndex, "row \(position) of \(endIndex)")
        return Row(rows: self, index: Int32(position))
    }

    /// The number of rows that the statement changed or read, by its command tag.
    package var affected: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }
    var commandTag: String { String(cString: PQcmdStatus(raw)) }

    /// The first column of a name; names are as in the statement, in lower case.
    fileprivate func column(named name: String) throws(PostgresError) -> Int32 {
        let column = PQfnumber(raw, name)
        guard column >= 0 else { throw PostgresError(.decoding, "the result has no column \(name)") }
        return column
    }

    fileprivate func cell(_ row: Int32, _ column: Int32) -> Cell {
        precondition(column >= 0 && column < PQnfields(raw), "column \(column) of \(PQnfields(raw))")
        let isNull = PQgetisnull(raw, row, column) != 0
        let bytes = isNull ? nil : UnsafeRawBufferPointer(start: PQgetvalue(raw, row, column), count: Int(PQgetlength(raw, row, column)))
        return Cell(bytes: bytes, type: PostgresType(PQftype(raw, column)), column: Int(column))
    }

    /// Reads every row. `try rows.all { row throws(PostgresError) in Thing(name: try row[0], size: try row[1]) }`
    package func all<T>(_ body: (Row) throws(PostgresError) -> T) throws(PostgresError) -> [T] {
        var values: [T] = []
        values.reserveCapacity(count)
        for row in self { values.append(try body(row)) }
        return values
    }

    /// Reads the first row, nil when there is none.
    package func one<T>(_ body: (Row) throws(PostgresError) -> T) throws(PostgresError) -> T? {
        guard let first else { return nil }
        return try body(first)
    }
}

/// One row of a result.
package struct Row {
    fileprivate let rows: Rows
    fileprivate let index: Int32

    package func cell(_ column: Int) -> Cell { rows.cell(index, Int32(column)) }

    /// The field as the type of the place that reads it: `let session: SessionDate = try row[0]`. NULL reads as an optional's nil only.
    package subscript<T: PostgresDecodable>(column: Int) -> T {
        get throws(PostgresError) {
            defer { withExtendedLifetime(rows) {} }
            return try T(postgres: cell(column))
        }
    }

    /// The field of a column by its name: `let session: SessionDate = try row["session"]`.
    package subscript<T: PostgresDecodable>(name: String) -> T {
        get throws(PostgresError) {
            defer { withExtendedLifetime(rows) {} }
            return try T(postgres: rows.cell(index, rows.column(named: name)))
        }
    }
}
