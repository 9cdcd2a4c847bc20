import Formats

/// Finds the route of a request as HTTP APIs do: the most specific path first, then a method before `ANY`, `$default` last.
struct RouteMatcher: Sendable {
    struct Match: Sendable {
        let route: RouteDefinition
        /// The route's name, such as `GET /v1/bars/{symbol}`.
        let routeKey: String
        /// The path parameters, percent-decoded.
        let parameters: [String: String]
    }

    private enum Segment: Hashable {
        case literal(String)
        case parameter(String)
        case greedy(String)

        /// A smaller rank is more specific.
        var rank: Int {
            switch self {
            case .literal: 0
            case .parameter: 1
            case .greedy: 2
            }
        }
    }

    private struct Entry {
        let route: RouteDefinition
        let key: String
        let segments: [Segment]
    }

    private let entries: [Entry]
    private let fallback: RouteDefinition?

    init(_ routes: [RouteDefinition]) {
        fallback = routes.first { $0.path == nil }
        let entries = routes.compactMap { route in
            route.path.map { Entry(route: route, key: "\(route.method) \($0)", segments: Self.split($0).map(Self.segment)) }
        }
        self.entries = entries.sorted { left, right in
            for (one, other) in zip(left.segments, right.segments) where one.rank != other.rank { return one.rank < other.rank }
            if left.segments.count != right.segments.count { return left.segments.count > right.segments.count }
            return left.route.method != "ANY" && right.route.method == "ANY"
        }
    }

    /// - Parameter path: percent-encoded, as received.
    func match(method: String, path: String) -> Match? {
        let parts = Self.split(path)
        for entry in entries where entry.route.method == method || entry.route.method == "ANY" {
            if let parameters = Self.match(entry.segments, parts) {
                return Match(route: entry.route, routeKey: entry.key, parameters: parameters)
            }
        }
        return fallback.map { Match(route: $0, routeKey: "$default", parameters: [:]) }
    }

    private static func match(_ segments: [Segment], _ parts: [Substring]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            guard index < parts.count else { return nil }
            let part = parts[index]
            switch segment {
            case .literal(let text):
                guard part == text || PercentEncoding.decodedText(part) == text else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                parameters[name] = PercentEncoding.decodedText(part)
            case .greedy(let name):
                let rest = parts[index...].joined(separator: "/")
                guard !rest.isEmpty else { return nil }
                parameters[name] = PercentEncoding.decodedText(rest[...])
                return parameters
            }
        }
        return segments.count == parts.count ? parameters : nil
    }

    private static func split(_ path: String) -> [Substring] {
        (path.hasPrefix("/") ? path.dropFirst() : path[...]).split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func segment(_ text: Substring) -> Segment {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return .literal(String(text)) }
        let name = text.dropFirst().dropLast()
        return name.hasSuffix("+") ? .greedy(String(name.dropLast())) : .parameter(String(name))
    }
}
