import Foundation
import Market
import Testing

@testable import PredictFunction

@Suite struct ForecastDocumentTests {
    private let session = SessionDate(year: 2013, month: 3, day: 1)

    private func document(_ evidence: PerformanceSummary?) -> ForecastDocument {
        let quantile = ForecastDocument.Quantile(level: 0.05, logReturn: -0.0125, price: 425.12)
        let forecast = ForecastDocument.Horizon(
            horizon: 1, expectedSession: evidence.map { _ in session.advanced(by: 3) }, quantiles: [quantile], randomWalk: [],
            probabilityOfLoss: 0.5, calibrationFactor: 1.25, evidence: evidence)
        let entry = ForecastDocument.ModelForecast(
            role: "champion", model: .init(id: "m", family: "blended-fhs", asOf: Instant(seconds: 0)),
            baselineModel: evidence.map { _ in "w" },
            featureVersion: "f1", dataVersion: "d", asOf: Instant(microseconds: 1), forecasts: [forecast])
        return ForecastDocument(
            symbol: "AAPL", instrument: "AAPL.XNAS", name: "Apple \"Inc.\"", currency: "USD", session: session, close: 430.0,
            expectedSessions: [session.advanced(by: 3)], entries: [entry])
    }

    @Test func `Every member is written in order`() {
        let json = document(PerformanceSummary(forecasts: 280, coverage80: 0.8, pinballSkill: 0.015)).json()
        #expect(
            json
                == #"{"close":430,"currency":"USD","disclaimer":"\#(document(nil).disclaimer)","entries":[{"as_of":"1970-01-01T00:00:00.000001Z","#
                + #""baseline_model":"w","data_version":"d","feature_version":"f1","forecasts":[{"calibration_factor":1.25,"evidence":{"#
                + #""coverage_80":0.8,"forecasts":280,"pinball_skill":0.015},"expected_session":"2013-03-04","horizon":1,"#
                + #""probability_of_loss":0.5,"quantiles":[{"level":0.05,"log_return":-0.0125,"price":425.12}],"random_walk":[]}],"#
                + #""model":{"as_of":"1970-01-01T00:00:00Z","family":"blended-fhs","id":"m"},"role":"champion"}],"#
                + #""expected_sessions":["2013-03-04"],"instrument":"AAPL.XNAS","name":"Apple \"Inc.\"","session":"2013-03-01","#
                + #""symbol":"AAPL"}"#)
    }

    @Test func `Unknown members are absent`() throws {
        let object = try #require(JSONSerialization.jsonObject(with: Data(document(nil).json().utf8)) as? [String: Any])
        let entry = try #require((object["entries"] as? [[String: Any]])?.first)
        let forecast = try #require((entry["forecasts"] as? [[String: Any]])?.first)
        #expect(entry["baseline_model"] == nil && forecast["evidence"] == nil && forecast["expected_session"] == nil)
        #expect(forecast["probability_of_loss"] as? Double == 0.5)
    }
}
