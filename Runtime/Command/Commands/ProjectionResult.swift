/// The result of projecting an archived object into the tables.
struct ProjectionResult: Decodable {
    let projected: Bool
    /// Why the object cannot be projected; nil if it is projected or waits for it.
    let reason: String?
    let bars, actions, quarantined: Int
    let rows: [QuarantineEntry]

    /// Waits until an object is projected; or until it is quarantined; nil if neither has happened after so many seconds.
    static func await(
        _ object: String, seconds: Int, query: [String: String] = [:], _ stack: StackClient
    ) async throws -> ProjectionResult? {
        let query = query.merging(["object": object, "limit": "20"]) { $1 }
        for attempt in 0...max(seconds, 1) * 4 {
            if attempt > 0 { try await Task.sleep(for: .milliseconds(250)) }
            let result = try await stack.get("/v1/data/response", query: query, as: ProjectionResult.self)
            if result.projected || result.reason != nil { return result }
        }
        return nil
    }
}
