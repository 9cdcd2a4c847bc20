import ArgumentParser

#if canImport(Glibc)
    import Glibc
#endif

/// The command line of Bellwether.
@main
struct Bellwether: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bellwether",
        abstract: "Forecasts stock prices as ranges and probabilities, on this machine as in AWS.",
        discussion: """
            Start with `bellwether demo`: it loads real prices up to 2011-12-30 into a database, replays the next fourteen months day \
            by day through the deployed functions, and prints the scores of the forecasts. Then:

              bellwether status                     what runs, the virtual clock, the event queue
              bellwether logs Train -f              a function's log, as it is written
              bellwether failed list                events that were given up, to be retried or discarded
              bellwether invoke Train               invoke a function at the virtual clock's time
              bellwether models list                the champion, since when and why
              bellwether replay --from 2012-01-03 --to 2012-02-01
              bellwether backtest --prices FILE --out FILE
              bellwether bench serve                measure this build's speed

            All state is in .bellwether in the project's folder, or in the folder BELLWETHER_HOME. To start again from nothing, run \
            `bellwether down` and delete that folder. NO_COLOR turns colours off.

            Exit codes: 0 success; 1 failure, with the reason on standard error; 3 nothing is running; \
            64 wrong usage; 130 interrupted.

            Forecasts are statistics of past prices, not investment advice.
            """,
        subcommands: [
            Demo.self, Up.self, Down.self, Status.self, PrintEnvironment.self, Replay.self, Invoke.self, Models.self, Logs.self,
            Failed.self,
            DataCommand.self, Repair.self,
            Rebuild.self, RunBacktest.self, Bench.self, Test.self, Build.self,
            Serve.self,
        ])

    /// Runs the command of the process's arguments. An error is printed as text from outside: it may quote anything.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if !text.isEmpty { if code == .success { Console.output(text) } else { Console.message(text) } }
            Glibc.exit(code.rawValue)
        }
    }
}

/// The tests, run by the shell script `Runtime/bellwether`; declared here for the help text.
struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the unit, vector and acceptance tests.",
        discussion: "Start it as Runtime/bellwether test; Runtime/bellwether test --help tells its options.")

    @Argument(parsing: .captureForPassthrough, help: "Options and filters of Runtime/bellwether test.") var arguments: [String] = []

    func run() throws { throw CommandError("start the tests as Runtime/bellwether test") }
}

/// The build, run by the shell script `Runtime/bellwether`; declared here for the help text.
struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build the command and .bellwether/bundle, which sam deploy uploads.",
        discussion: "Start it as Runtime/bellwether build; the other commands build by themselves what has changed.")

    func run() throws { throw CommandError("start the build as Runtime/bellwether build") }
}
