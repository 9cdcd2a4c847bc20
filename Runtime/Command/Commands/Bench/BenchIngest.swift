import ArgumentParser
import Backtest
import Emulator
import Foundation
import Kernels
import SampleMarket

struct BenchIngest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Measure the way from a provider's answer to bars and features.",
        discussion: """
            First in memory on one thread: the sample market's whole answers are parsed, checked and turned into features. Then through \
            a local system of its own, in a folder that is deleted afterwards: Ingest asks for the sample prices to 2011-12-30, S3 \
            tells Featurize, and the time runs until everything is in Postgres and the clock could move on.
            """)

    @Option(help: "Rounds in memory.") var rounds = 11
    @Option(help: "Rounds through the local system; each starts from nothing.") var loads = 3
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, loads >= 0 else { throw ValidationError("Give at least one round in memory.") }
    }

    func run() async throws {
        try Processor.check()
        let home = try Home.find()
        let catalog = try SampleCatalog(folder: home.samplePrices)
        let answers = Answers(catalog)
        var report = BenchReport("ingest")
        report.conditions["answers"] = "\(answers.bodies.count) symbols, \(answers.rows) rows, \(answers.bytes) bytes of Yahoo's chart JSON"
        report.conditions["rounds"] = "\(rounds) in memory, 1 thread; \(loads) through the local system"
        report.add("parse, check and features in memory", try inMemory(answers), "rows/s of CPU", note: "1 thread")
        report.add("a million next sessions", lookUps(), "s of CPU", note: "XNYS, 1 thread")
        var found: [LoadRound] = []
        for _ in 0..<loads { found.append(try await LoadRound.measure(home, rows: answers.rows)) }
        if loads > 0 {
            report.add("Ingest to features in Postgres", Measurements(found.map(\.perSecond)).median, "rows/s by the clock")
            report.add("bars into Postgres by COPY", Measurements(found.map(\.barsPerSecond)).median, "bars/s by the clock")
            report.add("raw objects to bars and features", Measurements(found.map(\.foldedPerSecond)).median, "bars/s by the clock")
            report.add("the same", Measurements(found.map(\.foldedPerProcessorSecond)).median, "bars/s of CPU, Postgres' included")
            report.add("CPU of the functions", Measurements(found.map(\.functions)).median, "µs/row")
            report.add("CPU of Postgres", Measurements(found.map(\.postgres)).median, "µs/row")
            report.add("CPU of the emulator", Measurements(found.map(\.emulator)).median, "µs/row")
        }
        try report.print(asJSON: options.json)
    }

    private func lookUps() -> Double {
        var spent: [Double] = []
        for _ in 0..<3 {
            let before = processorTime()
            guard BacktestBench.nextSessions(1_000_000) != 0 else { return .nan }
            spent.append(processorTime() - before)
        }
        return Measurements(spent).median
    }

    private func inMemory(_ answers: Answers) throws -> Double {
        var speeds: [Double] = []
        for round in 0...rounds {
            let before = processorTime()
            var rows = 0
            for answer in answers.bodies {
                rows += try BacktestBench.ingest(chart: answer, asOf: Answers.asOf)
            }
            if round > 0 { speeds.append(Double(rows) / (processorTime() - before)) }
        }
        return Measurements(speeds).median
    }
}

/// What the sample market says about every symbol at the end of 2011.
private struct Answers: Sendable {
    static let asOf = DemoPlan.backfill.milliseconds / 1000
    let bodies: [[UInt8]]
    let rows: Int

    init(_ catalog: SampleCatalog) {
        let market = ChartMarket(catalog)
        let query = ChartQuery(from: 0, to: Self.asOf)
        bodies = DemoPlan.symbols.compactMap { symbol in
            let answer = market.answer(symbol: symbol, query)
            return answer.status == 200 ? Array(answer.body.utf8) : nil
        }
        rows = bodies.reduce(0) { $0 + ((try? BacktestBench.ingest(chart: $1, asOf: Self.asOf)) ?? 0) }
    }

    var bytes: Int { bodies.reduce(0) { $0 + $1.count } }
}

/// One load of the sample prices into an empty local system; CPU times in microseconds a row.
private struct LoadRound: Sendable {
    let perSecond, functions, postgres, emulator: Double
    /// Bars a second while they were written, by the clock of the function that wrote them.
    let barsPerSecond: Double
    /// Bars a second from the raw objects to bars and features in Postgres, in one function, by its clock and by everyone's CPU time.
    let foldedPerSecond, foldedPerProcessorSecond: Double

    static func measure(_ home: Home, rows: Int) async throws -> LoadRound {
        let own = try await home.fresh(named: "bench-ingest")
        let outcome: Result<LoadRound, any Error>
        do { outcome = .success(try await load(own, rows: rows)) } catch { outcome = .failure(error) }
        _ = await LocalDeployment.stop(own)
        try? FileManager.default.removeItem(atPath: own.state)
        return try outcome.get()
    }

    private static func load(_ home: Home, rows: Int) async throws -> LoadRound {
        let deployment = try await LocalDeployment.start(home, UpRequest(source: .sample))
        let machine = deployment.machine
        try await machine.hold(at: DemoPlan.backfill)
        let symbols = DemoPlan.symbols.map { "\"\($0)\"" }.joined(separator: ",")
        let event = Data(#"{"symbols":[\#(symbols)],"from":"2000-01-01","time":"\#(DemoPlan.backfill)"}"#.utf8)
        let processes = ServeProcesses(home, deployment)
        let (before, begun) = (processes.times(), ContinuousClock.now)
        let answer = try await machine.invoke("\(LocalTemplate.stack)-Ingest", payload: event)
        guard answer.status == 200, answer.functionError == nil else {
            throw CommandFailure("Ingest failed: \(String(decoding: answer.payload, as: UTF8.self))")
        }
        try await machine.advance(to: DemoPlan.backfill)
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        let spent = processes.times() - before
        let each = 1e6 / Double(rows)
        let again = try await Refold.measure(machine, processes)
        return LoadRound(
            perSecond: Double(rows) / seconds, functions: spent.functions * each, postgres: spent.postgres * each,
            emulator: spent.emulator * each, barsPerSecond: again.bars / again.writing, foldedPerSecond: again.bars / again.seconds,
            foldedPerProcessorSecond: again.bars / again.processorSeconds)
    }
}

/// Everything derived is thrown away and folded again from the raw objects, by one function.
private struct Refold: Sendable {
    let bars, writing, seconds, processorSeconds: Double

    private struct Summary: Decodable {
        let bars: Double
        let secondsOfBars: Double
        let next: [String: String]?
    }

    static func measure(_ machine: MachineClient, _ processes: ServeProcesses) async throws -> Refold {
        var event = ["rebuild": "clear"]
        var (bars, writing, seconds, processor) = (0.0, 0.0, 0.0, 0.0)
        while event["rebuild"] != "cross-sections" {
            let (before, begun) = (processes.times(), ContinuousClock.now)
            let answer = try await machine.invoke("\(LocalTemplate.stack)-Featurize", payload: try JSONEncoder().encode(event))
            guard answer.functionError == nil, let summary = try? JSONDecoder().decode(Summary.self, from: answer.payload) else {
                throw CommandFailure("Featurize failed: \(String(decoding: answer.payload, as: UTF8.self))")
            }
            let spent = processes.times() - before
            if event["rebuild"] == "objects" {
                bars += summary.bars
                writing += summary.secondsOfBars
                seconds += (ContinuousClock.now - begun) / .seconds(1)
                processor += spent.functions + spent.postgres
            }
            guard let next = summary.next else { break }
            event = next
        }
        return Refold(bars: bars, writing: writing, seconds: seconds, processorSeconds: processor)
    }
}
