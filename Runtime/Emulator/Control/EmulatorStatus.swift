/// The document of `GET /emulator/status`.
package struct EmulatorStatus: Sendable, Codable {
    /// The virtual clock.
    package struct Clock: Sendable, Codable {
        /// `running` or `held`.
        package let mode: String
        /// RFC 3339.
        package let now: String
        /// Whether `advance` is moving the clock now.
        package let isAdvancing: Bool

        private enum CodingKeys: String, CodingKey {
            case mode, now
            case isAdvancing = "is_advancing"
        }
    }

    /// The asynchronous events, counted since the state folder was made.
    package struct Queue: Sendable, Codable {
        /// Events that are not finished, delayed retries included.
        package let depth: Int
        /// Events that were accepted.
        package let accepted: Int
        /// Events that were handled.
        package let finished: Int
        /// Events that have failed for good and are kept.
        package let deadLetters: Int
        /// The virtual time of the next delayed delivery, RFC 3339.
        package let nextDue: String?

        private enum CodingKeys: String, CodingKey {
            case depth, accepted, finished
            case deadLetters = "dead_letters"
            case nextDue = "next_due"
        }
    }

    package let clock: Clock
    package let queue: Queue
    package let functions: [FunctionStatus]
    /// What is wrong now, such as a full disk, and what the start had to repair.
    package let problems: [String]
    /// The last 20 dead letters, newest last.
    package let deadLetters: [DeadLetter]

    private enum CodingKeys: String, CodingKey {
        case clock, queue, functions, problems
        case deadLetters = "dead_letters"
    }
}

/// The status of one function and its execution environments.
package struct FunctionStatus: Sendable, Codable, Hashable {
    package let name: String
    package let handler: String
    /// The environments that exist now, and how many of them run an invocation.
    package let environments: Int
    package let running: Int
    /// Invocations that wait for an environment.
    package let waiting: Int
    /// Invocations and cold starts since the emulator's start.
    package let invocations: Int
    package let coldStarts: Int
    /// Megabytes; the largest peak among the environments that exist now.
    package let peakMemory: Int

    private enum CodingKeys: String, CodingKey {
        case name, handler, environments, running, waiting, invocations
        case coldStarts = "cold_starts"
        case peakMemory = "peak_memory_megabytes"
    }
}
