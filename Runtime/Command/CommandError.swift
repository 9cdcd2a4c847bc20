/// A command failed; the description is printed to standard error.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Appends another error to the description.
    init(_ description: String, _ error: any Error) { self.description = "\(description): \(error)" }
}
