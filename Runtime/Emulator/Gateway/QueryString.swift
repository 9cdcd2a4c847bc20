import Formats

/// Decodes query strings.
enum QueryString {
    /// The decoded parameters; values of the same name are joined by commas. `nil` when there are no parameters.
    static func parameters(_ query: String) -> [String: String]? {
        guard !query.isEmpty else { return nil }
        var result: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentEncoding.decodedText(halves[0], plusAsBlank: true)
            let value = halves.count > 1 ? PercentEncoding.decodedText(halves[1], plusAsBlank: true) : ""
            result[name] = result[name].map { "\($0),\(value)" } ?? value
        }
        return result.isEmpty ? nil : result
    }
}
