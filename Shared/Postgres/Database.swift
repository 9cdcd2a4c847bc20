import Threads

/// Reads the password of a database anew; nil if it cannot be read.
package typealias PasswordRenewal = @Sendable (DatabaseSettings) async -> String?

/// One Postgres connection with a thread of its own. The first call connects, and a call that finds the connection closed reconnects.
///
/// A call ends at its deadline: the call's own, else the task's (`withDeadline`), else the settings' time-out. When the deadline passes or
/// the task is cancelled, the statement is cancelled on the server and the connection is closed.
package actor Database {
    /// The deadline of this task's calls that have no deadline of their own.
    @TaskLocal static var taskDeadline: ContinuousClock.Instant?
    /// The transactions that this task is part of, at most one for each database.
    @TaskLocal static var transactions: [TransactionToken] = []

    package nonisolated let settings: DatabaseSettings
    private let renewedPassword: PasswordRenewal?
    /// The password of the next login, and when it was read.
    private var password: (text: String?, readAt: ContinuousClock.Instant)
    private nonisolated let executor = ThreadExecutor()
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let check: ConnectionCheck?
    private var connection: Connection?
    private var lastUsed = ContinuousClock.now
    var owner: TransactionToken?
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastWaiting = 0

    /// Creates neither a thread nor a connection. `check` runs once on each new connection.
    ///
    /// - Parameter renewedPassword: reads the password anew when a login was refused; then the login is tried once more, so that a password can
    ///   be changed while functions run. nil, and a nil result, leave the login refused.
    package init(_ settings: DatabaseSettings, check: ConnectionCheck? = nil, renewedPassword: PasswordRenewal? = nil) {
        self.settings = settings
        self.check = check
        self.renewedPassword = renewedPassword
        password = (settings.password, .now)
    }

    /// Runs `body` with a deadline for its calls that have no deadline of their own.
    package nonisolated(nonsending) func withDeadline<T>(
        _ deadline: ContinuousClock.Instant, _ body: () async throws -> T
    ) async rethrows -> T {
        try await Database.$taskDeadline.withValue(deadline) { try await body() }
    }

    /// Runs one statement with parameters `$1` …, and returns its rows.
    ///
    /// Outside of a transaction, a statement whose connection breaks is sent once more on a new connection. So it must have the same effect
    /// when it runs twice, as insert-only statements have, or set `once`.
    @discardableResult
    package nonisolated func query(
        _ sql: String, _ parameters: [any PostgresEncodable] = [], deadline: ContinuousClock.Instant? = nil, once: Bool = false
    ) async throws(PostgresError) -> Rows {
        await observe(sql, parameters)
        let statement = Statement(sql, parameters)
        return try await run(deadline, once: once) { connection, limit throws(PostgresError) in try connection.run(statement, limit) }
    }

    /// Runs one statement and returns the number of rows it changed. See `query` about `once`.
    @discardableResult
    package nonisolated func execute(
        _ sql: String, _ parameters: [any PostgresEncodable] = [], deadline: ContinuousClock.Instant? = nil, once: Bool = false
    ) async throws(PostgresError) -> Int {
        try await query(sql, parameters, deadline: deadline, once: once).affected
    }

    /// Runs several statements in one text without parameters, as one implicit transaction.
    package nonisolated func script(_ sql: String, deadline: ContinuousClock.Instant? = nil) async throws(PostgresError) {
        try await run(deadline, once: true) { connection, limit throws(PostgresError) in try connection.runScript(sql, limit) }
    }

    /// Closes the connection; the next call opens a new one.
    package func close() { connection = nil }

    /// Runs `body` on a live connection when no other task's transaction holds it.
    nonisolated func run<T: Sendable>(
        _ deadline: ContinuousClock.Instant?, once: Bool = false,
        _ body: @Sendable (borrowing Connection, CallDeadline) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        let deadline = deadline ?? Database.taskDeadline ?? .now + settings.timeout
        let limit = CallDeadline(deadline: deadline, cancellation: CancellationHandle())
        let outcome = await withTaskCancellationHandler {
            await attempt(limit, once: once, body)
        } onCancel: {
            limit.cancellation?.cancel()
        }
        return try outcome.get()
    }

    private func attempt<T: Sendable>(
        _ limit: CallDeadline, once: Bool, _ body: @Sendable (borrowing Connection, CallDeadline) throws(PostgresError) -> T
    ) async -> Result<T, PostgresError> {
        do throws(PostgresError) {
            return .success(
                try await withRenewedLogin { () async throws(PostgresError) in
                    try await waitUntilFree(limit)
                    return try perform(limit, retrying: !once, body)
                })
        } catch {
            return .failure(error)
        }
    }

    /// Runs `body`; if its login is refused, reads the password anew and runs `body` once more.
    func withRenewedLogin<T: Sendable>(_ body: () async throws(PostgresError) -> T) async throws(PostgresError) -> T {
        let refused = password
        do throws(PostgresError) { return try await body() } catch {
            guard error.isRefusedLogin, try await hasOtherPassword(than: refused) else { throw error }
            return try await body()
        }
    }

    /// Whether there is another password than a refused one. Reads it unless another task has just done so.
    private func hasOtherPassword(than refused: (text: String?, readAt: ContinuousClock.Instant)) async throws(PostgresError) -> Bool {
        if password.text == refused.text, password.readAt == refused.readAt {
            guard let renewedPassword, let text = await renewedPassword(settings) else { return false }
            password = (text, .now)
        }
        return password.text != refused.text
    }

    /// Runs `body` now. After an error other than the server's, the state of the connection is unknown and it is closed.
    func perform<T>(
        _ limit: CallDeadline, retrying: Bool, _ body: (borrowing Connection, CallDeadline) throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        try connect(limit)
        do throws(PostgresError) {
            return try use(limit, body)
        } catch {
            guard error.kind == .connectionLost, retrying, owner == nil else { throw error }
            try connect(limit)
            return try use(limit, body)
        }
    }

    private func use<T>(
        _ limit: CallDeadline, _ body: (borrowing Connection, CallDeadline) throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        let outcome: Result<T, PostgresError>
        switch connection {
        case .some(let connection):
            do throws(PostgresError) {
                outcome = .success(try body(connection, limit))
            } catch {
                if error.kind == .deadlineExceeded || error.kind == .cancelled { connection.cancel() }
                outcome = .failure(error)
            }
        case .none: outcome = .failure(PostgresError(.connectionLost, "the connection of this transaction is gone"))
        }
        lastUsed = .now
        if case .failure(let error) = outcome, error.kind != .server { connection = nil }
        return try outcome.get()
    }

    /// Ensures a live connection: finds out whether the server closed it, runs a query after an idle time, reconnects until the deadline.
    private func connect(_ limit: CallDeadline) throws(PostgresError) {
        guard owner == nil else { return }  // a transaction must not move to another connection
        let isHungUp =
            switch connection {
            case .some(let connection): connection.isHungUp();
            case .none: true
            }
        if isHungUp {
            connection = nil
        } else if ContinuousClock.now - lastUsed > settings.idleBeforeCheck {
            let ping = Statement("SELECT 1", [])
            let patience = limit.capped(to: .seconds(2))
            do throws(PostgresError) {
                _ = try use(patience) { connection, limit throws(PostgresError) in try connection.run(ping, limit) }
            } catch {
                guard error.kind != .cancelled else { throw error }
                connection = nil
            }
        }
        guard hasNoConnection else { return }
        var backoff = Backoff()
        while true {
            do throws(PostgresError) {
                var settings = settings
                settings.password = password.text
                let fresh = try Connection.open(settings, limit.capped(to: .seconds(10)))
                if let check { try check.run(on: fresh, limit) }
                connection = consume fresh
                lastUsed = .now
                return
            } catch {
                guard error.isTransient, backoff.pause(within: limit) else { throw error }
            }
        }
    }

    private var hasNoConnection: Bool {
        switch connection {
        case .some: false;
        case .none: true
        }
    }
}
