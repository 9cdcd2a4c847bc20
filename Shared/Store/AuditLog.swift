package import Market
package import Postgres

/// One act of a person, as it is logged.
package struct AuditEntry: Hashable, Sendable {
    /// The kinds of acts. The raw value is stored.
    package enum Action: String, Hashable, Sendable, CaseIterable {
        case registerKey = "key.register"
        case revokeKey = "key.revoke"
        case recordReferenceData = "reference_data.record"
        case importFile = "file.import"
        case releaseQuarantine = "quarantine.release"
        case promoteModel = "model.promote"
        case rollBackModel = "model.roll_back"
    }

    /// The actor of an event that an operator sends by Lambda invoke: AWS's own log says who that was.
    package static let operatorActor = "operator"

    /// The business time of the act's event; nil if the act has none.
    package let time: Instant?
    /// An owner's id, or `operatorActor`.
    package let actor: String
    package let action: Action
    /// What the act was about: a key's hash, an object's key, a model version's id …
    package let subject: String
    /// Further facts as JSON text, an object. It must not contain secrets.
    package let details: String

    /// - Parameter details: the text of a JSON object; the table accepts nothing else.
    package init(_ action: Action, subject: String, actor: String = operatorActor, time: Instant?, details: String = "{}") {
        self.time = time
        self.actor = actor
        self.action = action
        self.subject = subject
        self.details = details
    }
}

/// The append-only log of every person's acts. Everybody appends through this one type, in the transaction of the act.
package struct AuditLog: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Appends an act. An act with a business time that is logged already is not logged again, because its event may be handled twice.
    package func append(_ entry: AuditEntry) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO audit_log (time, actor, action, subject, details) VALUES ($1, $2, $3, $4, $5::text::jsonb) ON CONFLICT DO NOTHING
            """, [entry.time, entry.actor, entry.action.rawValue, entry.subject, entry.details])
    }
}
