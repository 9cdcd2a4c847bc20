/// Identifies a running transaction, so that calls by the tasks of its closure belong to it.
final class TransactionToken: Sendable {
    let database: ObjectIdentifier
    init(_ database: Database) { self.database = ObjectIdentifier(database) }
}

extension Database {
    package enum IsolationLevel: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Calls on this database by `body` and its child tasks belong to the transaction; other tasks wait until it ends. A transaction inside
    /// of a transaction is part of the outer one. With `attempts` above one, `body` runs again after a serialization failure or a deadlock,
    /// so it must have the same effect when it is repeated.
    @discardableResult
    package nonisolated func transaction<T: Sendable>(
        _ level: IsolationLevel = .readCommitted, attempts: Int = 1, deadline: ContinuousClock.Instant? = nil,
        _ body: @Sendable () async throws -> T
    ) async throws -> T {
        if Database.transactions.contains(where: { $0.database == ObjectIdentifier(self) }) { return try await body() }
        let deadline = deadline ?? Database.taskDeadline ?? .now + settings.timeout
        var left = attempts
        while true {
            left -= 1
            do {
                return try await transactOnce(level, deadline, body)
            } catch let error as PostgresError where left > 0 && .transactionRollback ~= error.sqlState {
                try await Task.sleep(for: .microseconds(Int64.random(in: 0...20_000)))
            }
        }
    }

    private nonisolated func transactOnce<T: Sendable>(
        _ level: IsolationLevel, _ deadline: ContinuousClock.Instant, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        let token = TransactionToken(self)
        try await begin(level, token, deadline)
        do {
            let value = try await Database.$transactions.withValue(Database.transactions + [token]) {
                try await withDeadline(deadline) { try await body() }
            }
            try await end(token, "COMMIT", deadline)
            return value
        } catch {
            try? await end(token, "ROLLBACK", .now + .seconds(1))
            throw error
        }
    }

    private func begin(_ level: IsolationLevel, _ token: TransactionToken, _ deadline: ContinuousClock.Instant) async throws(PostgresError)
    {
        let limit = CallDeadline(deadline: deadline, cancellation: nil)
        let statement = Statement("BEGIN ISOLATION LEVEL \(level.rawValue)", [])
        try await withRenewedLogin { () async throws(PostgresError) in
            try await waitUntilFree(limit)
            _ = try perform(limit, retrying: true) { connection, limit throws(PostgresError) in try connection.run(statement, limit) }
            owner = token
        }
    }

    /// Ends the transaction and resumes the tasks that wait for its end. Does nothing when it has ended already.
    private func end(_ token: TransactionToken, _ command: String, _ deadline: ContinuousClock.Instant) throws(PostgresError) {
        guard owner === token else { return }
        let statement = Statement(command, [])
        let outcome: Result<Rows, PostgresError>
        do throws(PostgresError) {
            let limit = CallDeadline(deadline: deadline, cancellation: nil)
            outcome = .success(
                try perform(limit, retrying: false) { connection, limit throws(PostgresError) in try connection.run(statement, limit) })
        } catch {
            outcome = .failure(error)
        }
        owner = nil
        if case .failure = outcome { close() }
        for waiter in waiting.values { waiter.resume() }
        waiting = [:]
        guard try outcome.get().commandTag == command else {
            throw PostgresError(.server, "the transaction was rolled back: a statement in it had failed", sqlState: "25P02")
        }
    }

    /// Waits until no other task's transaction holds the connection.
    func waitUntilFree(_ limit: CallDeadline) async throws(PostgresError) {
        let token = Database.transactions.first { $0.database == ObjectIdentifier(self) }
        if let token, token !== owner { throw PostgresError(.transactionEnded, "the transaction of this task has ended") }
        while owner !== token {
            guard !Task.isCancelled else {
                throw PostgresError(.cancelled, "the task was cancelled while waiting for a transaction to end")
            }
            guard limit.deadline > .now else {
                throw PostgresError(.deadlineExceeded, "the deadline came while waiting for a transaction to end")
            }
            await wait(until: limit.deadline)
        }
        guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled") }
    }

    private func wait(until deadline: ContinuousClock.Instant) async {
        lastWaiting += 1
        let number = lastWaiting
        let timer = Task {
            try? await ContinuousClock().sleep(until: deadline)
            self.wake(number)
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiting[number] = $0 }
        } onCancel: {
            Task { await self.wake(number) }
        }
    }

    private func wake(_ number: Int) { waiting.removeValue(forKey: number)?.resume() }
}
