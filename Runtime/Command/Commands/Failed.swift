import ArgumentParser
import Foundation

/// `bellwether failed`: events that were given up.
struct Failed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, retry and discard events that were given up after their retries.",
        discussion: """
            A failed event waits here until it is retried or discarded: on this machine in the emulator's journal, in AWS in the queue \
            FailedEvents. `retry` delivers the event to its function again, with its retries; it disappears here in the same step, so \
            that a retried event is neither lost nor delivered by two commands. When it fails again, it comes back.

              bellwether failed list
              bellwether failed show 3f2a
              bellwether failed retry 3f2a
              bellwether failed retry --all --function Featurize
              bellwether failed list --stack bellwether-prod --region eu-central-1
            """,
        subcommands: [List.self, Show.self, Retry.self, Discard.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the failed events, newest last.")
        @Option(help: "Only events of this function, such as Featurize.") var function: String?
        @OptionGroup var target: TargetStackOptions

        func run() async throws {
            let (count, events) = try await FailedEventChoice(target, function: function).listed()
            guard count > 0 else { return Console.output("No event has failed.") }
            var table = TextTable(header: ["id", "time", "attempts", "bytes", "function"])
            for event in events {
                table.rows.append(
                    [event.shortID, event.time, event.attempts.map(String.init) ?? "-", "\(event.size)", event.function])
            }
            let lines = table.lines
            for line in lines.prefix(2) { Console.output(line + "  error") }
            for (line, event) in zip(lines.dropFirst(2), events) {
                Console.output(line + "  " + FunctionFailure.summary(Array(event.error.utf8)).prefix(200).replacing("\n", with: " "))
            }
            if events.count < count { Console.message("The oldest \(count - events.count) of \(count) are not shown.") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print everything that is known of a failed event, as JSON.")
        @Argument(help: "The event's id, or the beginning of it.") var id: String
        @OptionGroup var target: TargetStackOptions

        func run() async throws {
            let choice = try await FailedEventChoice(target, function: nil)
            let event = try await choice.events([id])[0]
            let object = try JSONSerialization.jsonObject(with: try await choice.store.document(of: event), options: .fragmentsAllowed)
            let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]
            Console.output(String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self))
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deliver failed events to their functions again.")
        @OptionGroup var selection: FailedEventSelection

        func run() async throws {
            let count = try await selection.apply { try await $0.retry($1) }
            Console.output("\(count) \(count == 1 ? "event is" : "events are") queued again.")
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove failed events for good.")
        @OptionGroup var selection: FailedEventSelection

        func run() async throws {
            let count = try await selection.apply { try await $0.discard($1) }
            Console.output("\(count) failed \(count == 1 ? "event was" : "events were") removed.")
        }
    }
}

/// The failed events that `retry` and `discard` apply to.
struct FailedEventSelection: ParsableArguments {
    @Argument(help: "The events' ids, or the beginnings of them.") var ids: [String] = []
    @Flag(help: "All failed events.") var all = false
    @Option(help: "With --all: only events of this function, such as Featurize.") var function: String?
    @OptionGroup var target: TargetStackOptions

    func validate() throws {
        guard all != !ids.isEmpty else { throw ValidationError("Name the events, or choose --all.") }
        guard all || function == nil else { throw ValidationError("--function goes with --all.") }
    }

    /// Applies the change and returns to how many events it was applied.
    func apply(_ change: (any FailedEvents, [FailedEvent]) async throws -> Set<String>) async throws -> Int {
        let choice = try await FailedEventChoice(target, function: function)
        if !all {
            let events = try await choice.events(ids)
            let changed = try await change(choice.store, events)
            let missed = events.filter { !changed.contains($0.id) }
            guard missed.isEmpty else {
                throw CommandError("\(missed.map(\.shortID).joined(separator: ", ")): there is no such failed event any more")
            }
            return changed.count
        }
        // A list has the newest events only. An event that fails again meanwhile is not taken a second time.
        var seen: Set<String> = []
        var count = 0
        while true {
            let events = try await choice.listed().events.filter { seen.insert($0.id).inserted }
            guard !events.isEmpty else { return count }
            count += try await change(choice.store, events).count
        }
    }
}

/// The store of failed events of a deployment, with the events of one function or of all.
struct FailedEventChoice {
    let store: any FailedEvents
    private let function: String?

    init(_ target: TargetStackOptions, function: String?) async throws {
        store = try await target.failedEvents()
        self.function = try await target.client().name(ofOptional: function)
    }

    func listed() async throws -> (count: Int, events: [FailedEvent]) { try await store.list(function: function) }

    /// The event of each id.
    func events(_ ids: [String]) async throws -> [FailedEvent] {
        let all = try await listed().events
        return try ids.map { id in
            let found = all.filter { $0.id == id || $0.shortID.hasPrefix(id) || $0.id.hasPrefix(id) }
            guard let event = found.first(where: { $0.id == id }) ?? found.first else {
                throw CommandError("there is no failed event \(id): `bellwether failed list` shows them")
            }
            guard found.count == 1 || event.id == id else {
                throw CommandError("\(id) is the beginning of \(found.count) ids: give more of it")
            }
            return event
        }
    }
}
