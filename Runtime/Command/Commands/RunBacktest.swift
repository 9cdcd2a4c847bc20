import ArgumentParser
import Backtest
import Foundation
import Kernels

struct RunBacktest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Forecast walk-forward over a CSV of daily prices.",
        discussion: """
            Reads date,symbol,open,high,low,close[,adj_close],volume and writes date,symbol,horizon,q05,q10,q25,q50,q75,q90,q95: \
            quantiles of the log total return over 1, 5 and 20 sessions, each made only from what was known on its date. \
            Models are trained anew on a schedule; no forecast depends on later data. Needs no servers.

            Models: \(ModelComposition.all.map(\.name).joined(separator: ", ")).
            """)

    @Option(help: "Daily prices (CSV).", completion: .file()) var prices: String
    @Option(help: "The file to write the forecasts to (CSV).", completion: .file()) var out: String
    @Option(help: "Dates and symbols to forecast (CSV with date,symbol). Default: every fifth session of the last 490.") var origins:
        String?
    @Option(help: "The model. Default: \(ModelComposition.standard.name).") var model: String?
    @Option(
        help: "The file to write the evaluation to, with trained models, failed trainings and origins without a forecast (JSON).",
        completion: .file())
    var report: String?
    @Option(help: "Random seed: the same seed gives the same file.") var seed: UInt64 = 1
    @Option(
        help: """
            Configurations tried before this one was chosen, by which the Sharpe ratio is deflated. Default: the number of models plus the \
            \(Backtest.triedBefore) that were tried for the default model.
            """)
    var trials: Int?

    func validate() throws {
        if let trials, trials < 1 { throw ValidationError("--trials is a number of 1 or more") }
    }

    func run() async throws {
        try Processor.check()
        let (forecasts, evaluation) = (try OutputFile(out), try report.map { path throws(CommandError) in try OutputFile(path) })
        let table = try PriceTable(csv: try read(prices))
        for line in table.rejected.prefix(5) { Console.message("\(prices): \(line)") }
        if table.rejected.count > 5 { Console.message("\(prices): \(table.rejected.count - 5) more lines were left out") }
        let wanted = try origins.map { try Origins.read(csv: read($0)) }
        let bar = ProgressBar("Backtest with \(model ?? ModelComposition.standard.name)")
        let result: BacktestReport
        do {
            result = try await Backtest.run(prices: table, origins: wanted, model: model, seed: seed, trials: trials) {
                bar.update($0.share, note: $0.stage)
            }
        } catch {
            bar.remove()
            throw CommandError("\(error)")
        }
        bar.finish("\(result.forecasts.count) forecasts, \(result.trainedModels.count) trained models")
        try forecasts.write(ForecastCSV.csv(result.forecasts))
        for line in BacktestReportText.lines(result) { Console.output(line) }
        try evaluation?.write(BacktestReportText.json(result))
    }

    private func read(_ path: String) throws -> [UInt8] {
        do { return [UInt8](try FileHandle(forReadingFrom: URL(filePath: path)).readToEnd() ?? Data()) } catch {
            throw CommandError("\(path) cannot be read", error)
        }
    }
}
