import ArgumentParser
import Foundation

struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the models, and say which one is the champion.",
        discussion: """
            Every model family that is trained forecasts every evening, each with a part to play: the champion is shown; the floor \
            (blended-volatility simulation) is what a learned model must not be worse than; challengers are held against the champion \
            once a month; the baseline is the random walk. What is decided here stands beside what the rules decide.

              bellwether models list
              bellwether models compare lstm blended-fhs
              bellwether models promote lstm --reason "the reviews are too slow for us"
              bellwether models rollback
              bellwether models export lstm --out lstm.onnx

            Works by Lambda invoke: on this machine's deployment, or with --stack on one in AWS.
            """,
        subcommands: [List.self, Show.self, Compare.self, Promote.self, Rollback.self, ModelsExport.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show who is who, since when and why, and every fit.")
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            let body = try await options.target.find().get("/v1/models")
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try ModelTables(body).printList()
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one fit: what it was made of and what its training measured.")
        @Argument(help: "An id, or a model family for its latest fit.") var model: String
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            let tables = try ModelTables(try await options.target.find().get("/v1/models"))
            if options.json { return Console.output(try tables.json(of: model)) }
            try tables.print(model)
        }
    }

    struct Compare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold one model family against another, by their live forecasts.",
            discussion: "Diebold and Mariano's test on the origins both forecast, of the last year. Decides nothing.")
        @Argument(help: "A model family, such as lstm.") var family: String
        @Argument(help: "Another one.") var other: String
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            let body = try await options.target.find().invoke("Monitor", ["compare": [family, other]])
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try MonitorAnswer(body).printEvidence()
        }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a model the champion.",
            discussion: "A newer fit of its family takes over after the next training; the rule that goes back to the floor stays in force."
        )
        @Argument(help: "An id, or a model family for its latest fit.") var model: String
        @Option(help: "Why; kept with the decision.") var reason: String?
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            var event = ["promote": model]
            event["reason"] = reason
            let body = try await options.target.find().invoke("Monitor", event)
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try MonitorAnswer(body).printChampion()
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Go back to the floor: the latest blended-volatility simulation.")
        @Option(help: "Why; kept with the decision.") var reason: String?
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            var event: [String: Any] = ["rollback": true]
            event["reason"] = reason
            let body = try await options.target.find().invoke("Monitor", event)
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try MonitorAnswer(body).printChampion()
        }
    }
}

/// What every one of these commands takes.
struct ModelsOptions: ParsableArguments {
    @OptionGroup var target: DeploymentOptions
    @Flag(help: "Print the answer as JSON.") var json = false
}
