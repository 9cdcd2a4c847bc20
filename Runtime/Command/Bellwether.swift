import ArgumentParser

/// The command line of Bellwether.
@main
struct Bellwether: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bellwether",
        abstract: "Forecasts stock prices as ranges and probabilities, on this machine as in AWS.",
        discussion: """
            Start with `bellwether demo`: it brings real prices up to 2011-12-30 into a real database, replays the fourteen months \
            after that day by day through the deployed functions, and shows how the forecasts did. Then:

              bellwether status                     what runs, what time it is there, what is queued
              bellwether logs Train -f              what a function says, as it says it
              bellwether invoke Train               call a function; the event gets the virtual clock's time
              bellwether models list                who is the champion, since when and why
              bellwether replay --from 2012-01-03 --to 2012-02-01
              bellwether backtest --prices FILE --out FILE
              bellwether bench serve                how fast this build is here

            Everything is kept in .bellwether beside the project, or in the folder that BELLWETHER_HOME names.
            Deleting that folder after `bellwether down` starts afresh. NO_COLOR turns colours off.

            Exit codes: 0 done; 1 failed, with one sentence that says why on standard error; 3 nothing is running; \
            64 wrong usage; 130 interrupted.

            Forecasts are statistics of past prices, not investment advice.
            """,
        subcommands: [
            Demo.self, Up.self, Down.self, Status.self, Replay.self, Invoke.self, Models.self, Logs.self, DataCommand.self, Repair.self,
            Rebuild.self, RunBacktest.self, Bench.self, Test.self, Build.self,
            Serve.self,
        ])
}

/// What the shell entry point does before it gets here; listed so that help shows it.
struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the unit, vector and acceptance tests.",
        discussion: """
            With --peers as the first argument the networks are also held against PyTorch, which is installed (more than a gigabyte). \
            Further arguments go to swift test, such as --filter Acceptance. Start it as Runtime/bellwether test.
            """)

    @Argument(parsing: .captureForPassthrough, help: "Arguments for swift test.") var arguments: [String] = []

    func run() throws { throw CommandError("start the tests as Runtime/bellwether test") }
}

struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build the command and .bellwether/bundle, which sam deploy uploads.",
        discussion: "Start it as Runtime/bellwether build; the other commands build by themselves what has changed.")

    func run() throws { throw CommandError("start the build as Runtime/bellwether build") }
}
