import ArgumentParser
import Foundation

struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the models and their roles; promote and roll back.",
        discussion: """
            Every trained model family forecasts every evening, each with a role: the champion is served; the fallback (blended-fhs) is \
            what a champion must not be worse than; challengers are compared with the champion once a month; the baseline is the random \
            walk. A manual promotion or rollback is stored beside the automatic decisions.

              bellwether models list
              bellwether models compare lstm blended-fhs
              bellwether models promote lstm --reason "the reviews are too slow for us"
              bellwether models rollback
              bellwether models export lstm --out lstm.onnx

            Works by Lambda invoke: on this machine's deployment, or with --stack on one in AWS.
            """,
        subcommands: [List.self, Show.self, Compare.self, Promote.self, Rollback.self, ModelsExport.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the roles, promotions and every version.")
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            let body = try await options.target.client().get("/v1/models")
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try ModelTables(body).printList()
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one version: its inputs and its training metrics.")
        @Argument(help: "A version's id, or a family for its latest version.") var model: String
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            let tables = try ModelTables(try await options.target.client().get("/v1/models"))
            if options.json { return Console.output(try tables.json(of: model)) }
            try tables.print(model)
        }
    }

    struct Compare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare two model families by their live forecasts.",
            discussion: "Diebold and Mariano's test on the last year's origins that both forecast. Decides nothing.")
        @Argument(help: "A model family, such as lstm.") var family: String
        @Argument(help: "The family to compare with.") var other: String
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            let body = try await options.target.client().invoke("Monitor", ["compare": ["family": family, "against": other]])
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try MonitorResponse(body).printEvidence()
        }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a model the champion.",
            discussion: "A newer version of its family takes over after the next training; the rollback rule stays in force."
        )
        @Argument(help: "A version's id, or a family for its latest version.") var model: String
        @Option(help: "The reason, stored with the decision.") var reason: String?
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            var event = ["promote": model]
            event["reason"] = reason
            let body = try await options.target.client().invoke("Monitor", event)
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try MonitorResponse(body).printChampion()
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Promote the fallback: the latest version of blended-fhs.")
        @Option(help: "The reason, stored with the decision.") var reason: String?
        @OptionGroup var options: ModelsOptions

        func run() async throws {
            var event: [String: Any] = ["rollback": true]
            event["reason"] = reason
            let body = try await options.target.client().invoke("Monitor", event)
            if options.json { return Console.output(String(decoding: body, as: UTF8.self)) }
            try MonitorResponse(body).printChampion()
        }
    }
}

/// The options of every models command.
struct ModelsOptions: ParsableArguments {
    @OptionGroup var target: TargetStackOptions
    @Flag(help: "Print the response as JSON.") var json = false
}
