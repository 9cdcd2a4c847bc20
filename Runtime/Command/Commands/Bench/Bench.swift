import ArgumentParser

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure this build's speed on this machine.",
        discussion: """
            Every benchmark prints medians of several rounds, and what they were measured with. CPU time is the figure to compare on a \
            machine that does other things as well. Nothing is judged: the numbers are for you.

              bellwether bench serve       the warm forecast endpoint: requests a second, latency, CPU time by process
              bellwether bench start       from a function's start to its first request for work
              bellwether bench ingest      rows a second from a provider's answer to features, and into Postgres
              bellwether bench nightly     one evening over ten thousand symbols: time and memory of every function
              bellwether bench train       training beside PyTorch, in the same run
            """,
        subcommands: [BenchServe.self, BenchStart.self, BenchIngest.self, BenchNightly.self, BenchTrain.self])
}

struct BenchOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of lines.") var json = false
}
