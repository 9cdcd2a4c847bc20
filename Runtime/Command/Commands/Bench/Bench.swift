import ArgumentParser

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the speed of this build on this machine.",
        discussion: """
            Each benchmark prints medians of several rounds (fit runs each family once) and the conditions of the measurement. On a machine \
            that is also used for other things, compare CPU times.

              bellwether bench serve       the warm forecast endpoint: requests a second, latency, CPU time by process
              bellwether bench start       from a function's start to its first request for an event
              bellwether bench ingest      rows a second from a provider's response to features, and into Postgres
              bellwether bench nightly     one evening over ten thousand symbols: time and memory of every function
              bellwether bench monitor     scoring of an evening, and a review, with a year of forecasts of 500 symbols
              bellwether bench fit         training of every model family on 500 symbols of ten years
              bellwether bench train       training of the LSTM or the Transformer beside PyTorch and Keras
              bellwether bench infer       their forecasts beside ONNX Runtime
              bellwether bench features    the 34 features beside 30 of TA-Lib
              bellwether bench garch       estimates of GARCH(1,1)-t beside arch
              bellwether bench gbdt        boosted quantile trees beside LightGBM

            The last five alternate with other libraries (peers) and print whether the peers reached their reference speed; otherwise the \
            machine is too busy and the measurement is not valid. The first time, the peers' Python environment is made in the state \
            folder, which downloads more than a gigabyte.
            """,
        subcommands: [
            BenchServe.self, BenchStart.self, BenchIngest.self, BenchNightly.self, BenchMonitor.self, BenchFit.self, BenchTrain.self,
            BenchInfer.self, BenchFeatures.self, BenchGARCH.self, BenchGBDT.self,
        ])
}

/// The options of every benchmark.
struct BenchOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of lines.") var json = false
}
