/// What went wrong, safe to log: never the password, never parameters, never the server's DETAIL (which quotes values).
package struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// The server rejected the statement; `sqlState` has the reason.
        case server
        /// No connection could be made: wrong address, password, certificate …
        case connect
        /// The connection broke; whether the statement took effect is unknown.
        case connectionLost
        /// The deadline came first. The statement was cancelled and the connection thrown away.
        case deadlineExceeded
        /// The task was cancelled. The statement was cancelled and the connection thrown away.
        case cancelled
        /// A column has another type than the code reads.
        case decoding
        /// The connection settings cannot be used.
        case settings
        /// A statement was made in the name of a transaction that has ended.
        case transactionEnded
        /// The connection check rejected the connection, or the statement is of a kind that this module does not run.
        case rejected
        case outOfMemory
    }

    package let kind: Kind
    package let sqlState: SQLState?
    package let detail: String
    /// The violated constraint's name, where the server named one.
    package let constraint: String?
    /// The beginning of the statement's text.
    package private(set) var statement: String?

    package init(_ kind: Kind, _ detail: String, sqlState: SQLState? = nil, constraint: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.sqlState = sqlState
        self.constraint = constraint
    }

    /// Whether the same call can succeed later without any change: lost or refused connections, full servers, lost races.
    package var isTransient: Bool {
        switch (kind, sqlState) {
        case (.connectionLost, _), (.deadlineExceeded, _): true
        case (_, let state?):
            switch state {
            case .transactionRollback, .insufficientResources, .connectionFailure, .adminShutdown, .crashShutdown, .cannotConnectNow: true
            default: false
            }
        case (.connect, nil): PostgresError.passing.contains { detail.contains($0) }
        default: false
        }
    }

    /// Passing reasons of a failed connect that come without a SQLSTATE, in the texts of libpq and the C library.
    private static let passing = [
        "Connection refused", "Connection reset", "Connection timed out", "closed the connection", "timeout expired",
        "No such file or directory\n\tIs the server running", "Temporary failure in name resolution", "Broken pipe",
        "Network is unreachable",
        "No route to host",
    ]

    package var description: String {
        var text = "postgres \(kind)"
        if let sqlState { text += " \(sqlState)" }
        text += ": \(detail)"
        if let constraint { text += " (constraint \(constraint))" }
        if let statement { text += " in: \(statement)" }
        return text
    }

    /// The same error with the beginning of the statement that met it.
    func during(_ sql: String) -> PostgresError {
        var error = self
        error.statement = error.statement ?? String(sql.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(120))
        return error
    }
}
