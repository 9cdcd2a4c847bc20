/// Why a command failed: one sentence for standard error.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A failure of another kind, put after what was being done.
    init(_ doing: String, _ error: any Error) { description = "\(doing): \(error)" }
}
