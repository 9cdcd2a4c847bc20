import Forecasting
import Formats
import LambdaEvents
import Market

/// The document as JSON, members in the order of their names. It is not encoded by `JSONEncoder`, which takes many times
/// longer for its 200 numbers: this is the most frequent response.
extension ForecastDocument {
    func json() -> String {
        var writer = JSONWriter(capacity: 8192)
        writer.object { document in
            document.member("close", close)
            document.member("currency", currency)
            document.member("disclaimer", disclaimer)
            document.list("entries", entries) { $1.write(to: &$0) }
            document.list("expected_sessions", expectedSessions) { $0.string($1.description) }
            document.member("instrument", instrument)
            document.member("name", name)
            document.member("session", session.description)
            document.member("symbol", symbol)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension ForecastDocument.ModelForecast {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { entry in
            entry.member("as_of", asOf.description)
            if let baselineModel { entry.member("baseline_model", baselineModel) }
            entry.member("data_version", dataVersion)
            if let explanation { entry.object("explanation") { explanation.write(to: &$0) } }
            entry.member("feature_version", featureVersion)
            entry.list("forecasts", forecasts) { $1.write(to: &$0) }
            if isHindsight { entry.member("hindsight", true) }
            entry.object("model") {
                $0.member("as_of", model.asOf.description)
                $0.member("family", model.family)
                $0.member("id", model.id)
            }
            entry.member("role", role)
        }
    }
}

extension ForecastDocument.Horizon {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { forecast in
            forecast.member("calibration_factor", calibrationFactor)
            if let evidence {
                forecast.object("evidence") {
                    $0.member("coverage_80", evidence.coverage80)
                    $0.member("forecasts", evidence.forecasts)
                    $0.member("pinball_skill", evidence.pinballSkill)
                }
            }
            if let expectedSession { forecast.member("expected_session", expectedSession.description) }
            forecast.member("horizon", horizon)
            forecast.member("probability_of_loss", probabilityOfLoss)
            forecast.list("quantiles", quantiles) { $1.write(to: &$0) }
            forecast.list("random_walk", randomWalk) { $1.write(to: &$0) }
        }
    }
}

extension ForecastDocument.Quantile {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("level", level)
            $0.member("log_return", logReturn)
            $0.member("price", price)
        }
    }
}

extension Explanation {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.list("groups", effects) { writer, effect in
            writer.object {
                $0.member("group", effect.group.rawValue)
                $0.list("horizons", zip(Quantiles.horizons, zip(effect.median, effect.width)).map { ($0, $1.0, $1.1) }) { writer, shift in
                    writer.object {
                        $0.member("horizon", shift.0)
                        $0.member("median_shift", shift.1)
                        $0.member("width_change", shift.2)
                    }
                }
            }
        }
        writer.member("summary", summary)
    }
}
