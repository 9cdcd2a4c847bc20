package import Market
package import Postgres

/// A look at a model family that could have changed what is served, and what came of it.
package struct ModelEvaluation: Hashable, Sendable {
    package enum Subject: String, Sendable, Hashable {
        /// The champion held against every challenger: a row of each.
        case review
        /// A fit that did not come to its end.
        case training
    }

    package let subject: Subject
    package let family: String
    package let asOf: Instant
    /// Of a challenger `promoted` or `kept`, of the champion `replaced` or `confirmed`, of a training `failed`.
    package let verdict: String
    /// JSON text, as Postgres writes it.
    package let evidence: String

    package init(_ subject: Subject, family: String, asOf: Instant, verdict: String, evidence: String) {
        self.subject = subject
        self.family = family
        self.asOf = asOf
        self.verdict = verdict
        self.evidence = evidence
    }
}

/// Looks at models. Append-only.
package struct Evaluations: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Records a look; the first word on a subject, family and instant stays.
    package func record(_ evaluation: ModelEvaluation) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO evaluations (subject, kind, as_of, verdict, evidence) VALUES ($1, $2, $3, $4, $5::text::jsonb) ON CONFLICT DO NOTHING",
            [evaluation.subject.rawValue, evaluation.family, evaluation.asOf, evaluation.verdict, evaluation.evidence])
    }

    /// Whether a review as of this very instant was made.
    package func isReviewed(asOf: Instant) async throws(PostgresError) -> Bool {
        try await database.query("SELECT 1 FROM evaluations WHERE subject = 'review' AND as_of = $1 LIMIT 1", [asOf]).first != nil
    }

    /// The looks up to an instant, latest first.
    package func list(asOf: Instant, limit: Int = 100) async throws(PostgresError) -> [ModelEvaluation] {
        try await database.query(
            """
            SELECT subject, kind, as_of, verdict, evidence FROM evaluations WHERE as_of <= $1
            ORDER BY as_of DESC, kind, subject LIMIT $2
            """, [asOf, limit]
        ).all { row throws(PostgresError) in
            ModelEvaluation(
                ModelEvaluation.Subject(rawValue: try row[0]) ?? .review, family: try row[1], asOf: try row[2], verdict: try row[3],
                evidence: try row[4])
        }
    }
}
