/// The error of a database call. It is safe to log: it contains no password, no parameters, and not the server's DETAIL, which has values.
package struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// The server rejected the statement; `sqlState` has the reason.
        case server
        /// No connection could be made, for example because of a wrong address, password or certificate.
        case connect
        /// The connection broke; whether the statement took effect is unknown.
        case connectionLost
        /// The deadline passed. The statement was cancelled and the connection closed.
        case deadlineExceeded
        /// The task was cancelled. The statement was cancelled and the connection closed.
        case cancelled
        /// A column has another type than the code reads.
        case decoding
        /// The connection settings cannot be used.
        case settings
        /// A statement belongs to a transaction that has ended.
        case transactionEnded
        /// The connection check rejected the connection, or the statement is of a kind that this module does not run.
        case rejected
        case outOfMemory
    }

    package let kind: Kind
    package let sqlState: SQLState?
    package let detail: String
    /// The name of the violated constraint, if the server reports one.
    package let constraint: String?
    /// The beginning of the statement's text.
    package private(set) var statement: String?

    package init(_ kind: Kind, _ detail: String, sqlState: SQLState? = nil, constraint: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.sqlState = sqlState
        self.constraint = constraint
    }

    /// Whether the same call can succeed later without any change: after a lost or refused connection, on a full server, or after a
    /// conflict between transactions.
    package var isTransient: Bool {
        switch (kind, sqlState) {
        case (.connectionLost, _), (.deadlineExceeded, _): true
        case (_, let state?):
            switch state {
            case .transactionRollback, .insufficientResources, .connectionFailure, .adminShutdown, .crashShutdown, .cannotConnectNow: true
            default: false
            }
        case (.connect, nil): PostgresError.transientReasons.contains { detail.contains($0) }
        default: false
        }
    }

    /// Whether the server rejected the statement because of its values, such as a NUL in a text. The same values are always rejected.
    package var isCausedByValues: Bool {
        guard kind == .server, let sqlState else { return false }
        return switch sqlState {
        case .dataException, .integrityViolation, .limitExceeded: true
        default: false
        }
    }

    /// Whether the server refused the login: a wrong or expired password.
    var isRefusedLogin: Bool { kind == .connect && (.wrongPassword ~= sqlState || .invalidAuthorization ~= sqlState) }

    /// Transient reasons of a failed connection attempt without a SQLSTATE, in the texts of libpq and the C library.
    private static let transientReasons = [
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

    /// This error with the beginning of the statement that failed.
    func during(_ sql: String) -> PostgresError {
        var error = self
        error.statement = error.statement ?? String(sql.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(120))
        return error
    }
}
