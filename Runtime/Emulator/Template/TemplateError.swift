/// A template cannot be loaded; the description has the path and the reason.
package struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The keys from the top of the template, joined by dots, e.g. `Resources.Predict.Properties.Timeout`.
    package let path: String
    package let reason: String

    package init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
