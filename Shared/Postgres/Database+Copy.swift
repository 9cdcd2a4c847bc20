import CPostgres
import Glibc

extension Database {
    /// Copies rows into a table in binary form, all or none. Returns their number.
    ///
    /// The encoded types must equal the columns' types: `Int32` for `integer`, `Float` for `real`.
    @discardableResult
    package nonisolated func copyIn(
        _ table: String, _ columns: [String], _ rows: CopyRows, deadline: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) -> Int {
        guard rows.count > 0 else { return 0 }
        let sql = "COPY \(table) (\(columns.joined(separator: ", "))) FROM STDIN (FORMAT binary)"
        await observe(sql, [], isCopyIn: true)
        return try await run(deadline, once: true) { connection, limit throws(PostgresError) in
            do throws(PostgresError) {
                try connection.beginCopy(sql, PGRES_COPY_IN, limit)
                try connection.send(rows.finished, limit)
                return try connection.results(limit).affected
            } catch {
                throw error.during(sql)
            }
        }
    }

    /// Reads a query's rows by binary COPY: `body` adds each row to the result, on the database's thread, and no row is stored.
    ///
    /// COPY takes no parameters, so `$1` … are replaced by quoted literals.
    package nonisolated func copyOut<T: Sendable>(
        _ query: String, _ parameters: [any PostgresLiteral] = [], into initial: T, deadline: ContinuousClock.Instant? = nil,
        _ body: @Sendable (inout T, CopiedRow) throws(PostgresError) -> Void
    ) async throws(PostgresError) -> T {
        await observe(query, parameters.compactMap { $0 as? any PostgresEncodable })
        return try await run(deadline) { connection, limit throws(PostgresError) in
            var result = initial
            do throws(PostgresError) {
                try connection.beginCopy("COPY (\(connection.filled(query, parameters))) TO STDOUT (FORMAT binary)", PGRES_COPY_OUT, limit)
                try connection.receive(limit) { row throws(PostgresError) in try body(&result, row) }
                _ = try connection.results(limit)
            } catch {
                throw error.during(query)
            }
            return result
        }
    }
}

extension Connection {
    fileprivate borrowing func beginCopy(_ sql: String, _ status: ExecStatusType, _ limit: CallDeadline) throws(PostgresError) {
        guard PQsendQuery(raw, sql) == 1 else { throw lost() }
        try flush(limit)
        guard let result = try nextResult(limit) else { throw lost() }
        defer { PQclear(result) }
        guard PQresultStatus(result) == status else {
            let failure = error(of: result)
            while let rest = try nextResult(limit) { PQclear(rest) }
            throw failure
        }
    }

    fileprivate borrowing func send(_ bytes: [UInt8], _ limit: CallDeadline) throws(PostgresError) {
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + 1 << 18, bytes.count)
            let sent = bytes[offset..<end].withUnsafeBytes {
                PQputCopyData(raw, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
            }
            guard sent >= 0 else { throw lost() }
            if sent == 1 { offset = end }
            try flush(limit)
        }
        while true {
            let ended = PQputCopyEnd(raw, nil)
            guard ended >= 0 else { throw lost() }
            try flush(limit)
            if ended == 1 { return }
        }
    }

    fileprivate borrowing func receive(_ limit: CallDeadline, _ body: (CopiedRow) throws(PostgresError) -> Void) throws(PostgresError) {
        var isFirst = true
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(raw, &buffer, 1)
            guard length != 0 else {
                try wait(POLLIN, limit, "copying")
                guard PQconsumeInput(raw) == 1 else { throw lost() }
                continue
            }
            guard length > 0, let buffer else {
                if length == -1 { return }
                throw lost()
            }
            defer { PQfreemem(buffer) }
            let bytes = UnsafeRawBufferPointer(start: buffer, count: Int(length)).dropFirst(isFirst ? CopyRows.headerLength : 0)
            isFirst = false
            guard bytes.count >= 2, let row = try CopiedRow(UnsafeRawBufferPointer(rebasing: bytes)) else { continue }
            try body(row)
        }
    }

    /// `query` with every `$n` replaced by its literal.
    fileprivate borrowing func filled(_ query: String, _ parameters: [any PostgresLiteral]) throws(PostgresError) -> String {
        let parts = query.split(separator: "$", omittingEmptySubsequences: false)
        var text = String(parts[0])
        for part in parts.dropFirst() {
            let digits = part.prefix { $0.isNumber }
            guard let number = Int(digits), parameters.indices.contains(number - 1) else {
                throw PostgresError(.server, "parameter $\(digits) was not given", sqlState: "08P01")
            }
            switch parameters[number - 1].postgresLiteral {
            case .expression(let expression): text += expression
            case .quoted(let value, let type):
                guard let quoted = value.withCString({ PQescapeLiteral(raw, $0, strlen($0)) }) else { throw lost() }
                defer { PQfreemem(quoted) }
                text += "\(String(cString: quoted))::\(type)"
            }
            text += part.dropFirst(digits.count)
        }
        return text
    }
}
