import CoreMetrics
import Foundation
import Metrics
import Telemetry
import Testing

@Suite struct `Measured values` {
    private func filled() -> MetricStore {
        let store = MetricStore()
        Counter(label: "ingest.bars", dimensions: [("provider", "yahoo \"v8\"\nchart"), ("outcome", "re\\jected")], factory: store)
            .increment(by: 3)
        Counter(label: "ingest.bars", dimensions: [("outcome", "stored"), ("provider", "alphavantage")], factory: store).increment(by: 100)
        Gauge(label: "market_session_open", factory: store).record(1)
        Meter(label: "9lives", factory: store).set(12.5)
        Recorder(label: "loss", factory: store).record(0.25)
        Recorder(label: "loss", factory: store).record(0.5)
        Metrics.Timer(label: "predict_duration", dimensions: [("model", "lstm")], factory: store).recordNanoseconds(1_500_000)
        return store
    }

    @Test func `Prometheus text has one group for each family, legal names and escaped labels`() {
        let expected = """
            # TYPE _9lives gauge
            _9lives 12.5
            # TYPE ingest_bars_total counter
            ingest_bars_total{outcome="re\\\\jected",provider="yahoo \\"v8\\"\\nchart"} 3
            ingest_bars_total{outcome="stored",provider="alphavantage"} 100
            # TYPE loss summary
            loss_sum 0.75
            loss_count 2
            # TYPE market_session_open gauge
            market_session_open 1
            # TYPE predict_duration_seconds summary
            predict_duration_seconds_sum{model="lstm"} 0.0015
            predict_duration_seconds_count{model="lstm"} 1

            """
        #expect(Prometheus.text(filled()) == expected)
        #expect(Prometheus.text(MetricStore()).isEmpty)
    }

    @Test func `Values that are no numbers are spelled as Prometheus wants them`() {
        let store = MetricStore()
        Meter(label: "a", factory: store).set(Double.nan)
        Meter(label: "b", factory: store).set(-Double.infinity)
        #expect(Prometheus.text(store).contains("a NaN\n") && Prometheus.text(store).contains("b -Inf\n"))
    }

    @Test func `Each line of the embedded format names only members that it has`() throws {
        let lines = EmbeddedMetrics(namespace: "Bellwether", dimensions: [("Function", "Predict")]).lines(
            filled(), milliseconds: 1_325_629_800_000)
        #expect(lines.count == 4)
        for line in lines {
            let json = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let aws = try #require(json["_aws"] as? [String: Any])
            #expect(aws["Timestamp"] as? Int64 == 1_325_629_800_000 && !line.contains("\n"))
            let directive = try #require((aws["CloudWatchMetrics"] as? [[String: Any]])?.first)
            #expect(directive["Namespace"] as? String == "Bellwether")
            for name in try #require((directive["Dimensions"] as? [[String]])?.first) { #expect(json[name] is String) }
            for metric in try #require(directive["Metrics"] as? [[String: String]]) { #expect(json[metric["Name"] ?? ""] != nil) }
        }
        let timer = try #require(lines.first { $0.contains("predict_duration") })
        #expect(timer.contains("\"Unit\":\"Milliseconds\"") && timer.hasSuffix("\"predict_duration\":[1.5]}"))
    }

    @Test func `Only what is new is reported again, counters by their growth`() {
        let store = filled()
        let writer = EmbeddedMetrics(namespace: "n")
        _ = writer.lines(store, milliseconds: 0)
        #expect(writer.lines(store, milliseconds: 1).isEmpty)
        Counter(label: "ingest.bars", dimensions: [("outcome", "stored"), ("provider", "alphavantage")], factory: store).increment(by: 7)
        let lines = writer.lines(store, milliseconds: 2)
        #expect(lines.count == 1 && lines[0].hasSuffix("\"ingest.bars\":7}"))
        #expect(Prometheus.text(store).contains("} 107\n"))
    }

    @Test func `A line holds at most a hundred metrics and a hundred values of each`() {
        let store = MetricStore()
        for index in 0..<150 { Counter(label: "c\(index)", factory: store).increment() }
        for index in 0..<150 { Recorder(label: "values", factory: store).record(index) }
        let lines = EmbeddedMetrics(namespace: "n").lines(store, milliseconds: 0)
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.ranges(of: "\"Name\"").count <= 100 })
        #expect(lines.contains { $0.contains("98,99]") } && Prometheus.text(store).contains("values_count 150\n"))
    }

    @Test func `A destroyed series is gone`() {
        let store = MetricStore()
        let counter = Counter(label: "c", factory: store)
        counter.increment()
        counter.destroy()
        #expect(Prometheus.text(store).isEmpty)
    }
}
