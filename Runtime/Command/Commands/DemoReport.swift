import Emulator
import Foundation
import HTTP

/// The tables at the end of the demonstration, from the public API.
struct DemoReport: Sendable {
    let deployment: LocalDeployment

    func print() async throws {
        let evaluation = try await get(EvaluationResponse.self, "/v1/evaluation")
        Console.output("")
        Console.output("Performance of the forecasts against the random walk", isBold: true)
        var table = TextTable(header: ["model", "horizon", "pinball skill", "coverage of the 80 % interval", "uncalibrated", "forecasts"])
        for row in evaluation.results {
            table.rows.append(
                [
                    "\(row.family) (\(row.role))", row.horizon == 1 ? "1 session" : "\(row.horizon) sessions",
                    Console.percent(row.pinballSkill, sign: true),
                    Console.percent(row.coverage80), Console.percent(row.uncalibratedCoverage80), "\(row.forecasts)",
                ])
        }
        for line in table.lines { Console.output(line) }
        try await printPromotions()
        try await printLatest()
    }

    private func printPromotions() async throws {
        let response = try await get(ModelsResponse.self, "/v1/models")
        Console.output("")
        Console.output("Champions", isBold: true)
        var table = TextTable(header: ["champion", "from", "reason"])
        var family: String?
        for promotion in response.promotions.reversed() where promotion.family != family {
            table.rows.append([promotion.family, String(promotion.decidedAsOf.prefix(10)), promotion.reason])
            family = promotion.family
        }
        for line in table.lines { Console.output(line) }
    }

    private func printLatest() async throws {
        var table = TextTable(header: ["symbol", "close", "horizon", "10 %", "median", "90 %", "random walk 10–90 %", "P(return < 0)"])
        var session = ""
        for symbol in DemoPlan.symbols {
            let response = try await get(ForecastResponse.self, "/v1/forecasts/\(symbol)")
            guard let entry = response.entries.first(where: { $0.role == "champion" }) ?? response.entries.first else { continue }
            session = max(session, response.session)
            for forecast in entry.forecasts {
                func price(_ quantiles: [ForecastResponse.Quantile], _ level: Double) -> String {
                    quantiles.first { abs($0.level - level) < 1e-9 }.map { Console.price($0.price, near: response.close) } ?? "–"
                }
                let isFirst = forecast.horizon == entry.forecasts.first?.horizon
                table.rows.append(
                    [
                        isFirst ? symbol : "", isFirst ? Console.close(response.close) : "", "\(forecast.horizon)",
                        price(forecast.quantiles, 0.1), price(forecast.quantiles, 0.5), price(forecast.quantiles, 0.9),
                        "\(price(forecast.randomWalk, 0.1))–\(price(forecast.randomWalk, 0.9))",
                        Console.percent(forecast.probabilityOfLoss),
                    ])
            }
        }
        Console.output("")
        Console.output("The forecasts of \(session), the champion's (USD)", isBold: true)
        for line in table.lines { Console.output(line) }
        Console.output("")
        Console.output("Model-generated from past prices; not investment advice.")
    }

    private func get<Response: Decodable>(_ type: Response.Type, _ path: String) async throws -> Response {
        let response = try await LoopbackHTTP.send("GET", deployment.url + path, headers: ["x-api-key": deployment.secrets.apiKey])
        guard response.status == 200 else { throw CommandError("GET \(path) responded \(response.status): \(response.problem)") }
        do { return try response.decoded(as: type) } catch {
            throw CommandError("GET \(path) has an unexpected shape: \(error)")
        }
    }
}

/// The fields of `GET /v1/evaluation` that the tables show.
struct EvaluationResponse: Decodable {
    struct Row: Decodable {
        let role, family: String
        let horizon, forecasts: Int
        let pinballSkill, coverage80, uncalibratedCoverage80: Double?

        private enum CodingKeys: String, CodingKey {
            case role, family, horizon, forecasts, pinballSkill = "pinball_skill", coverage80 = "coverage_80"
            case uncalibratedCoverage80 = "uncalibrated_coverage_80"
        }
    }

    let results: [Row]
}

/// The fields of `GET /v1/forecasts/{symbol}` that the tables show.
struct ForecastResponse: Decodable {
    struct Quantile: Decodable { let level, price: Double }

    struct Horizon: Decodable {
        let horizon: Int
        let quantiles, randomWalk: [Quantile]
        let probabilityOfLoss: Double

        private enum CodingKeys: String, CodingKey {
            case horizon, quantiles, randomWalk = "random_walk", probabilityOfLoss = "probability_of_loss"
        }
    }

    struct ModelForecast: Decodable {
        let role: String
        let forecasts: [Horizon]
    }

    let session: String
    let close: Double
    let entries: [ModelForecast]
}

/// The fields of `GET /v1/models` that the tables show.
struct ModelsResponse: Decodable {
    struct Promotion: Decodable {
        let family, decidedAsOf, reason: String

        private enum CodingKeys: String, CodingKey { case family, decidedAsOf = "decided_as_of", reason }
    }

    let promotions: [Promotion]
}
