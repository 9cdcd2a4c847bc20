import Formats

/// A function in a request's path: a name, a partial ARN (`123456789012:function:name`) or an ARN, with or without a qualifier.
struct FunctionReference: Equatable {
    let name: String
    let qualifier: String?

    /// Returns nil for other text.
    init?(pathSegment: some StringProtocol) {
        var parts = PercentEncoding.decodedText(pathSegment).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if let index = parts.firstIndex(of: "function"), index > 0 { parts.removeFirst(index + 1) }
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        name = parts[0]
        qualifier = parts.count == 2 ? parts[1] : nil
    }
}
