import ArgumentParser
import Backtest
import Emulator
import Foundation
import Kernels
import SampleMarket

struct BenchIngest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Measure the processing of a provider's responses to bars and features.",
        discussion: """
            First in memory on one thread: responses are parsed, validated and turned into features. Then in a local system, in a folder that \
            is deleted afterwards: Ingest fetches the prices to 2011-12-30 and Featurize processes them; the time is measured until all data \
            are in Postgres and the clock could advance. The prices are the sample market's, or synthetic.

              bellwether bench ingest --symbols 505 --loads 1
            """)

    @Option(help: "Synthetic symbols of five years each, at most 99999. Default: the sample market.") var symbols: Int?

    @Option(help: "Rounds in memory.") var rounds = 11
    @Option(help: "Rounds through the local system; each starts from nothing.") var loads = 3
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, loads >= 0 else { throw ValidationError("Give at least one round in memory.") }
        guard (1...99_999).contains(symbols ?? 1) else { throw ValidationError("Give one to 99999 symbols.") }
    }

    func run() async throws {
        try Processor.check()
        let paths = try ProjectPaths.find()
        let responses = ChartResponses(try SampleCatalog(folder: paths.samplePrices), made: symbols)
        let size = responses.size()
        var report = BenchReport("ingest")
        report.conditions["responses"] = "\(responses.symbols.count) symbols, \(size.rows) rows, \(size.bytes) bytes of Yahoo's chart JSON"
        report.conditions["rounds"] = "\(rounds) in memory, 1 thread; \(loads) through the local system"
        report.add("parse, check and features in memory", try inMemory(responses), "rows/s of CPU", note: "1 thread")
        report.add("a million next sessions", lookUps(), "s of CPU", note: "XNYS, 1 thread")
        var found: [LoadRound] = []
        for _ in 0..<loads { found.append(try await LoadRound.measure(paths, responses, rows: size.rows)) }
        if loads > 0 {
            report.add("Ingest to features in Postgres", Measurements(found.map(\.perSecond)).median, "rows/s by the clock")
            report.add("bars into Postgres by COPY", Measurements(found.map(\.barsPerSecond)).median, "bars/s by the clock")
            report.add("raw objects to bars and features", Measurements(found.map(\.projectedPerSecond)).median, "bars/s by the clock")
            report.add("the same", Measurements(found.map(\.projectedPerProcessorSecond)).median, "bars/s of CPU, Postgres' included")
            report.add("CPU of the functions", Measurements(found.map(\.functions)).median, "µs/row")
            report.add("CPU of Postgres", Measurements(found.map(\.postgres)).median, "µs/row")
            report.add("CPU of the emulator", Measurements(found.map(\.emulator)).median, "µs/row")
            for function in ["Ingest", "Featurize"] {
                report.add("\(function): most memory", found.compactMap { $0.megabytes[function] }.max() ?? .nan, "MB")
            }
        }
        try report.print(asJSON: options.json)
    }

    private func lookUps() -> Double {
        var spent: [Double] = []
        for _ in 0..<3 {
            let before = processorTime()
            guard NumericsBenchmark.nextSessions(1_000_000) != 0 else { return .nan }
            spent.append(processorTime() - before)
        }
        return Measurements(spent).median
    }

    private func inMemory(_ responses: ChartResponses) throws -> Double {
        var speeds: [Double] = []
        for round in 0...rounds {
            var (rows, spent) = (0, 0.0)
            for symbol in responses.symbols {
                guard let body = responses.body(of: symbol) else { continue }
                let before = processorTime()
                rows += try NumericsBenchmark.ingest(chart: body, asOf: ChartResponses.asOf)
                spent += processorTime() - before
            }
            if round > 0 { speeds.append(Double(rows) / spent) }
        }
        return Measurements(speeds).median
    }
}

/// The sample market's chart responses at the end of 2011, each generated on demand.
private struct ChartResponses: Sendable {
    static let asOf = DemoPlan.backfill.milliseconds / 1000
    let symbols: [String]
    /// The part of Ingest's event with the first day and, for new symbols, the exchange.
    let eventFields: String
    private let market: SampleMarketService
    private let from: Int64

    init(_ catalog: SampleCatalog, made: Int?) {
        market = SampleMarketService(catalog)
        if let made {
            symbols = SyntheticSeries.symbols(made)
            eventFields = #""exchange":"XNAS","from":"2007-01-01""#
            from = 1_167_609_600  // 2007-01-01T00:00:00Z
        } else {
            symbols = DemoPlan.symbols
            eventFields = #""from":"2000-01-01""#
            from = 0
        }
    }

    func body(of symbol: String) -> [UInt8]? {
        let answer = market.response(symbol: symbol, ChartQuery(from: from, to: Self.asOf))
        return answer.status == 200 ? Array(answer.body.utf8) : nil
    }

    func size() -> (rows: Int, bytes: Int) {
        symbols.lazy.compactMap(body).reduce((0, 0)) {
            ($0.0 + ((try? NumericsBenchmark.ingest(chart: $1, asOf: Self.asOf)) ?? 0), $0.1 + $1.count)
        }
    }
}

/// One load of the prices into an empty local system; CPU times in microseconds a row.
private struct LoadRound: Sendable {
    let perSecond, functions, postgres, emulator: Double
    /// Bars a second while they were written, by the clock of the function that wrote them.
    let barsPerSecond: Double
    /// Bars a second from the raw objects to bars and features in Postgres, in one function, by its clock and by the CPU time of all processes.
    let projectedPerSecond, projectedPerProcessorSecond: Double
    /// The most memory of each function, by its REPORT lines.
    let megabytes: [String: Double]

    static func measure(_ paths: ProjectPaths, _ responses: ChartResponses, rows: Int) async throws -> LoadRound {
        try await paths.withEmptyState(named: "bench-ingest") { try await load($0, responses, rows: rows) }
    }

    private static func load(_ paths: ProjectPaths, _ responses: ChartResponses, rows: Int) async throws -> LoadRound {
        let deployment = try await LocalDeployment.start(paths, UpRequest(source: .sample))
        let emulator = deployment.emulator
        try await emulator.hold(at: DemoPlan.backfill)
        let processes = ServeProcesses(paths, deployment)
        let (before, begun) = (processes.times(), ContinuousClock.now)
        for start in stride(from: 0, to: responses.symbols.count, by: 500) {
            let symbols = responses.symbols[start...].prefix(500).map { "\"\($0)\"" }.joined(separator: ",")
            let event = #"{"symbols":[\#(symbols)],\#(responses.eventFields),"time":"\#(DemoPlan.backfill)"}"#
            try await emulator.call("Ingest", Data(event.utf8))
            try await emulator.advance(to: DemoPlan.backfill)
        }
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        let spent = processes.times() - before
        let each = 1e6 / Double(rows)
        let again = try await Reprojection.measure(emulator, processes)
        return LoadRound(
            perSecond: Double(rows) / seconds, functions: spent.functions * each, postgres: spent.postgres * each,
            emulator: spent.emulator * each, barsPerSecond: again.bars / again.writing, projectedPerSecond: again.bars / again.seconds,
            projectedPerProcessorSecond: again.bars / again.processorSeconds,
            megabytes: ReportLog(folder: "\(paths.emulator)/logs").lines(after: [:]).mapValues { $0.map(\.megabytes).max() ?? 0 })
    }
}

/// The projection of all derived data from the raw objects, by one function.
private struct Reprojection: Sendable {
    let bars, writing, seconds, processorSeconds: Double

    private struct Summary: Decodable {
        let bars: Double
        let barSeconds: Double

        private enum CodingKeys: String, CodingKey { case bars, next, barSeconds = "bar_seconds" }
        let next: [String: String]?
    }

    static func measure(_ emulator: EmulatorClient, _ processes: ServeProcesses) async throws -> Reprojection {
        var event = ["rebuild": "instruments", "after": ""]
        var (bars, writing, seconds, processor) = (0.0, 0.0, 0.0, 0.0)
        while event["rebuild"] != "cross-sections" {
            let (before, begun) = (processes.times(), ContinuousClock.now)
            let answer = try await emulator.call("Featurize", try JSONEncoder().encode(event))
            let summary = try JSONDecoder().decode(Summary.self, from: answer)
            let spent = processes.times() - before
            bars += summary.bars
            writing += summary.barSeconds
            seconds += (ContinuousClock.now - begun) / .seconds(1)
            processor += spent.functions + spent.postgres
            guard let next = summary.next else { break }
            event = next
        }
        return Reprojection(bars: bars, writing: writing, seconds: seconds, processorSeconds: processor)
    }
}
