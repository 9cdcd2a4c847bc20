import Emulator
import Foundation

/// The tables at the end of the demonstration, from the API as any client gets them.
struct DemoReport: Sendable {
    let deployment: LocalDeployment

    func print() async throws {
        let evaluation = try await get(EvaluationAnswer.self, "/v1/evaluation")
        Console.output("")
        Console.output(Console.bold("How the forecasts did, against the random walk"))
        var table = TextTable(header: ["model", "horizon", "pinball skill", "inside the 80 % range", "uncalibrated", "forecasts"])
        for row in evaluation.results {
            table.rows.append(
                [
                    "\(row.model) (\(row.role))", row.horizon == 1 ? "1 session" : "\(row.horizon) sessions",
                    Console.percent(row.pinballSkill, sign: true),
                    Console.percent(row.coverage80), Console.percent(row.rawCoverage80), "\(row.forecasts)",
                ])
        }
        for line in table.lines { Console.output(line) }
        try await printDecisions()
        try await printLatest()
    }

    private func printDecisions() async throws {
        let answer = try await get(ModelsAnswer.self, "/v1/models")
        Console.output("")
        Console.output(Console.bold("Who was the champion"))
        var table = TextTable(header: ["champion", "from", "why"])
        for decision in answer.promotions.reversed() where decision.reason != "newer fit of the same family" {
            table.rows.append([decision.family, String(decision.decidedAsOf.prefix(10)), decision.reason])
        }
        for line in table.lines { Console.output(line) }
    }

    private func printLatest() async throws {
        var table = TextTable(header: ["symbol", "close", "horizon", "10 %", "median", "90 %", "random walk 10–90 %", "chance of a fall"])
        var session = ""
        for symbol in DemoPlan.symbols {
            let answer = try await get(ForecastAnswer.self, "/v1/forecasts/\(symbol)")
            guard let entry = answer.entries.first(where: { $0.role == "champion" }) ?? answer.entries.first else { continue }
            session = max(session, answer.session)
            for forecast in entry.forecasts {
                func price(_ quantiles: [ForecastAnswer.Quantile], _ level: Double) -> String {
                    quantiles.first { abs($0.level - level) < 1e-9 }.map { Console.fixed($0.price, 2) } ?? "–"
                }
                let isFirst = forecast.horizon == entry.forecasts.first?.horizon
                table.rows.append(
                    [
                        isFirst ? symbol : "", isFirst ? Console.fixed(answer.close, 2) : "", "\(forecast.horizon)",
                        price(forecast.quantiles, 0.1), price(forecast.quantiles, 0.5), price(forecast.quantiles, 0.9),
                        "\(price(forecast.randomWalk, 0.1))–\(price(forecast.randomWalk, 0.9))",
                        Console.percent(forecast.probabilityOfLoss),
                    ])
            }
        }
        Console.output("")
        Console.output(Console.bold("The forecasts of \(session), the champion's (USD)"))
        for line in table.lines { Console.output(line) }
        Console.output("")
        Console.output("Model-generated from past prices; not investment advice.")
    }

    private func get<Answer: Decodable>(_ type: Answer.Type, _ path: String) async throws -> Answer {
        let answer = try await LoopbackHTTP.send("GET", deployment.url + path, headers: ["x-api-key": deployment.secrets.apiKey])
        guard answer.status == 200 else { throw CommandError("GET \(path) answered \(answer.status): \(answer.problem)") }
        do { return try JSONDecoder().decode(type, from: answer.body) } catch {
            throw CommandError("GET \(path) has an unexpected shape: \(error)")
        }
    }
}

/// What the tables need of `GET /v1/evaluation`.
struct EvaluationAnswer: Decodable {
    struct Row: Decodable {
        let role, model: String
        let horizon, forecasts: Int
        let pinballSkill, coverage80, rawCoverage80: Double?

        private enum CodingKeys: String, CodingKey {
            case role, model, horizon, forecasts, pinballSkill = "pinball_skill", coverage80 = "coverage_80", rawCoverage80 =
                "raw_coverage_80"
        }
    }

    let results: [Row]
}

/// What the tables need of `GET /v1/forecasts/{symbol}`.
struct ForecastAnswer: Decodable {
    struct Quantile: Decodable { let level, price: Double }

    struct Horizon: Decodable {
        let horizon: Int
        let quantiles, randomWalk: [Quantile]
        let probabilityOfLoss: Double

        private enum CodingKeys: String, CodingKey {
            case horizon, quantiles, randomWalk = "random_walk", probabilityOfLoss = "probability_of_fall"
        }
    }

    struct Entry: Decodable {
        let role: String
        let forecasts: [Horizon]
    }

    let session: String
    let close: Double
    let entries: [Entry]
}

/// What the tables need of `GET /v1/models`.
struct ModelsAnswer: Decodable {
    struct Decision: Decodable {
        let family, decidedAsOf, reason: String

        private enum CodingKeys: String, CodingKey { case family = "kind", decidedAsOf = "decided_as_of", reason }
    }

    let promotions: [Decision]
}
