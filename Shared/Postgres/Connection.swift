import CPostgres
import Glibc

/// One libpq connection, closed when this value is destroyed. Every wait ends at the call's limit.
struct Connection: ~Copyable {
    let raw: OpaquePointer
    private let settings: DatabaseSettings
    private let notices: Notices?

    private init(adopting raw: OpaquePointer, _ settings: DatabaseSettings) {
        self.raw = raw
        self.settings = settings
        notices = settings.onNotice.map(Notices.init)
    }
    deinit { PQfinish(raw) }

    /// Connects. Name resolution is the one step that libpq does without a limit.
    static func open(_ settings: DatabaseSettings, _ limit: CallDeadline) throws(PostgresError) -> Connection {
        let names = settings.keywords.map { strdup($0.0) } + [nil]
        let values = settings.keywords.map { strdup($0.1) } + [nil]
        defer { for pointer in names + values { free(pointer) } }
        guard let raw = PQconnectStartParams(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1) else {
            throw PostgresError(.outOfMemory, "no memory for a connection")
        }
        let connection = Connection(adopting: raw, settings)
        _ = PQsetErrorVerbosity(raw, PQERRORS_VERBOSE)  // the SQLSTATE of a refused connection is in its text only
        connection.quietNotices()
        var state = PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else { throw connection.connectError() }
            try connection.wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, limit, "connecting to \(settings)")
            state = PQconnectPoll(raw)
        }
        _ = PQsetErrorVerbosity(raw, PQERRORS_DEFAULT)
        guard PQsetnonblocking(raw, 1) == 0 else { throw connection.lost() }
        return connection
    }

    private borrowing func quietNotices() {
        PQsetNoticeReceiver(
            raw,
            { context, result in
                guard let context, let result, let message = postgres_message(result) else { return }
                Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().receive(String(cString: message))
            }, notices.map { Unmanaged.passUnretained($0).toOpaque() })
    }

    /// Whether the server has closed the connection since the last call. It is one call of `poll`.
    borrowing func isHungUp() -> Bool {
        var watched = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
        guard PQstatus(raw) == CONNECTION_OK else { return true }
        guard poll(&watched, 1, 0) > 0 else { return false }
        return PQconsumeInput(raw) == 0 || PQstatus(raw) != CONNECTION_OK || (watched.revents & Int16(POLLHUP | POLLERR)) != 0
    }

    var isBroken: Bool { PQstatus(raw) != CONNECTION_OK }

    /// Runs one statement and returns its rows.
    borrowing func run(_ statement: Statement, _ limit: CallDeadline) throws(PostgresError) -> Rows {
        guard statement.send(to: raw) else { throw lost().during(statement.sql) }
        do throws(PostgresError) { return try results(limit) } catch { throw error.during(statement.sql) }
    }

    /// Runs several statements in one text, without parameters.
    borrowing func runScript(_ sql: String, _ limit: CallDeadline) throws(PostgresError) {
        guard PQsendQuery(raw, sql) == 1 else { throw lost().during(sql) }
        do throws(PostgresError) { _ = try results(limit) } catch { throw error.during(sql) }
    }

    /// Reads results to the end of the command, so that the connection is free again even after an error.
    borrowing func results(_ limit: CallDeadline) throws(PostgresError) -> Rows {
        var last: Rows?
        var failure: PostgresError?
        try flush(limit)
        while let result = try nextResult(limit) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = Rows(adopting: result)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                throw PostgresError(.rejected, "COPY goes through copyIn and copyOut")
            default:
                failure = failure ?? error(of: result)
                PQclear(result)
            }
        }
        if let failure { throw failure }
        guard let last else { throw lost() }
        return last
    }

    /// The next `PGresult`, owned by the caller; nil at the end of the command.
    borrowing func nextResult(_ limit: CallDeadline) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(raw) == 1 {
            try wait(POLLIN, limit, "waiting for the response")
            guard PQconsumeInput(raw) == 1 else { throw lost() }
        }
        return PQgetResult(raw)
    }

    /// Sends the bytes in libpq's buffer, and reads the bytes that the server sends meanwhile.
    borrowing func flush(_ limit: CallDeadline) throws(PostgresError) {
        while true {
            switch PQflush(raw) {
            case 0: return
            case 1:
                try wait(POLLIN | POLLOUT, limit, "sending")
                guard PQconsumeInput(raw) == 1 else { throw lost() }
            default: throw lost()
            }
        }
    }

    borrowing func wait(_ events: Int32, _ limit: CallDeadline, _ doing: String) throws(PostgresError) {
        switch limit.wait(for: PQsocket(raw), events) {
        case .ready: return
        case .deadline: throw PostgresError(.deadlineExceeded, "the deadline came while \(doing)")
        case .cancelled: throw PostgresError(.cancelled, "the task was cancelled while \(doing)")
        }
    }

    borrowing func error(of result: OpaquePointer) -> PostgresError {
        let state = postgres_sqlstate(result).map { SQLState(String(cString: $0)) }
        let message = postgres_message(result).map { String(cString: $0) } ?? String(cString: PQresultErrorMessage(result))
        let kind: PostgresError.Kind = isBroken || state == .adminShutdown || state == .crashShutdown ? .connectionLost : .server
        return PostgresError(
            kind, settings.redacted(message), sqlState: state, constraint: postgres_constraint(result).map { String(cString: $0) })
    }

    borrowing func lost() -> PostgresError {
        PostgresError(.connectionLost, settings.redacted(trimmed(String(cString: PQerrorMessage(raw)))))
    }

    /// The error of a failed connection attempt. libpq's message is `…: FATAL:  57P03: the database system is starting up`, or has no
    /// SQLSTATE.
    private borrowing func connectError() -> PostgresError {
        let message = settings.redacted(trimmed(String(cString: PQerrorMessage(raw))))
        for (index, part) in message.split(separator: ":", omittingEmptySubsequences: false).enumerated() where index > 0 {
            let code = part.drop { $0 == " " }
            if code.utf8.count == 5, part.hasPrefix("  "), code.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }) {
                return PostgresError(.connect, String(message.prefix { $0 != "\n" }), sqlState: SQLState(String(code)))
            }
        }
        return PostgresError(.connect, message)
    }

    private func trimmed(_ message: String) -> String {
        let end = message.lastIndex { !$0.isWhitespace }.map { message.index(after: $0) } ?? message.startIndex
        return end == message.startIndex ? "the server closed the connection" : String(message[..<end])
    }
}

/// The notice handler, which must live as long as the connection that refers to it.
private final class Notices: Sendable {
    let receive: @Sendable (String) -> Void
    init(_ receive: @escaping @Sendable (String) -> Void) { self.receive = receive }
}
