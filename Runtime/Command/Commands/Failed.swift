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
            let choice = try await FailedEventChoice(target, function: function)
            let list = try await choice.store.list(function: choice.function)
            let (count, events) = (list.count, list.events)
            defer { for note in list.notes { Console.message(note) } }
            guard count > 0 else {
                let name = choice.function.map { " of \($0)" } ?? ""
                return Console.output(list.notes.isEmpty ? "No event\(name) has failed." : "No failed event\(name) can be read now.")
            }
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
            try await selection.apply(.retry) { "\($0) \($0 == 1 ? "event is" : "events are") queued again." }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove failed events for good.")
        @OptionGroup var selection: FailedEventSelection

        func run() async throws {
            try await selection.apply(.discard) { "\($0) failed \($0 == 1 ? "event was" : "events were") removed." }
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

    /// Applies the action and says to how many events it was applied.
    ///
    /// - Throws: `CommandError` with the number, the names and the reasons when some events could not be changed.
    func apply(_ action: FailedEventAction, text: (Int) -> String) async throws {
        let choice = try await FailedEventChoice(target, function: function)
        let set: FailedEventSet = all ? .all(function: choice.function) : .events(try await choice.events(ids))
        let changes = try await choice.store.change(action, set)
        Console.output(text(changes.changed.count))
        for note in changes.notes { Console.message(note) }
        var problems = changes.failures.map { "\($0.event.shortID): \($0.reason)" }
        if case .events(let events) = set {
            let failed = Set(changes.failures.map(\.event.id))
            problems += events.filter { !changes.changed.contains($0.id) && !failed.contains($0.id) }.map {
                "\($0.shortID): there is no such failed event any more"
            }
        }
        guard problems.isEmpty else {
            let count = problems.count
            throw CommandError(([count == 1 ? "1 event is left" : "\(count) events are left"] + problems).joined(separator: "\n  "))
        }
    }
}

/// The store of failed events of a deployment, with the events of one function or of all.
struct FailedEventChoice {
    let store: any FailedEvents
    /// The function's full name.
    let function: String?

    init(_ target: TargetStackOptions, function: String?) async throws {
        store = try await target.failedEvents()
        let client = try await target.client()
        // Events outlive their function: the template may have it no more.
        self.function = function.map { name in
            (try? client.name(of: name)) ?? (name.hasPrefix("\(client.stackName)-") ? name : "\(client.stackName)-\(name)")
        }
    }

    /// The event of each id.
    func events(_ ids: [String]) async throws -> [FailedEvent] {
        let all = try await store.find(ids)
        return try ids.map { id in
            // An event that two of the texts begin is among the found ones twice.
            var seen: Set<String> = []
            let found = all.filter { ($0.shortID.hasPrefix(id) || $0.id.hasPrefix(id)) && seen.insert($0.id).inserted }
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
