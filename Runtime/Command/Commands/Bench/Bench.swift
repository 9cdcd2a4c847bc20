import ArgumentParser

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure this build's speed on this machine.",
        discussion: """
            The benchmarks print medians of several rounds (fit runs each family once), and what they were measured with. CPU time is the \
            figure to compare on a machine that does other things as well. Nothing is judged: the numbers are for you.

              bellwether bench serve       the warm forecast endpoint: requests a second, latency, CPU time by process
              bellwether bench start       from a function's start to its first request for work
              bellwether bench ingest      rows a second from a provider's answer to features, and into Postgres
              bellwether bench nightly     one evening over ten thousand symbols: time and memory of every function
              bellwether bench monitor     scoring an evening, and a review, over a year of forecasts of 500 symbols
              bellwether bench fit         whole fits of every model family: 500 symbols of ten years
              bellwether bench train       training of the LSTM or the Transformer beside PyTorch and Keras
              bellwether bench infer       their forecasts beside ONNX Runtime
              bellwether bench features    the 34 features beside 30 of TA-Lib
              bellwether bench garch       GARCH(1,1)-t fits beside arch
              bellwether bench gbdt        boosted quantile trees beside LightGBM

            The last five run others' libraries by turns in the same run, and say whether those were as fast as they should be: on a \
            machine that is too busy for them the run does not count. Their Python environment is made in the state folder the first \
            time, which takes a download of more than a gigabyte.
            """,
        subcommands: [
            BenchServe.self, BenchStart.self, BenchIngest.self, BenchNightly.self, BenchMonitor.self, BenchFit.self, BenchTrain.self,
            BenchInfer.self, BenchFeatures.self, BenchGARCH.self, BenchGBDT.self,
        ])
}

struct BenchOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of lines.") var json = false
}
