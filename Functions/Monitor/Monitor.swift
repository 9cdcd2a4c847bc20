import Clients
import Features
import Forecasting
import FoundationEssentials
package import LambdaRuntime
import Logging
import Market
import Postgres
import Store
import Telemetry

/// Scores matured forecasts, updates the calibration factors, and decides promotions and rollbacks.
///
/// Scores and factors are derived from forecasts and features, and do not depend on the order of events. A decision is in force from its
/// event's time; a repeated event changes nothing.
package struct Monitor: Function {
    let database: Database
    let metrics = InvocationMetrics(function: "Monitor")

    package init(_ environment: [String: String]) async throws {
        self.init(try await FunctionClients(environment).database)
    }

    init(_ database: Database) { self.database = database }

    package func handle(_ event: MonitorEvent, _ context: Context) async throws -> MonitorSummary {
        try EventTime.check(event.time, now: Instant(microseconds: WallClock.microseconds()))
        return try await database.withDeadline(context.cutOff.instant) {
            let decisions = ChampionDecisions(database: database, logger: context.logger)
            switch event {
            case .daily(let time, let from):
                let counts = try await Scoring(database: database).run(asOf: time, from: from)
                var summary = try await decisions.checkRollback(asOf: time)
                summary.scored = counts.scored
                summary.factors = counts.factors
                metrics.report(
                    ["ForecastsScored": counts.scored, "Rollbacks": summary.isChanged == true ? 1 : 0],
                    milliseconds: WallClock.microseconds() / 1000)
                context.logger.info(
                    "Scored forecasts", metadata: ["as_of": "\(time)", "scored": "\(counts.scored)", "factors": "\(counts.factors)"])
                return summary
            case .review(let time): return try await decisions.review(asOf: time)
            case .compare(let family, let other, let time): return try await decisions.compare(family, with: other, asOf: time)
            case .promote(let model, let reason, let time): return try await decisions.promote(model, reason: reason, asOf: time)
            case .rollback(let reason, let time): return try await decisions.rollback(reason: reason, asOf: time)
            }
        }
    }
}
