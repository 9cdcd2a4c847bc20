/// What became of an object in the archive.
struct ProjectionResult: Decodable {
    let folded: Bool
    let bars, actions, heldBack: Int
    let rows: [QuarantineEntry]

    private enum CodingKeys: String, CodingKey { case folded, bars, actions, heldBack = "held_back", rows }

    /// nil when it is not folded in after so many seconds.
    static func await(_ object: String, seconds: Int, query: [String: String] = [:], _ stack: StackClient) async throws -> ProjectionResult?
    {
        let query = query.merging(["object": object, "limit": "20"]) { $1 }
        for attempt in 0...max(seconds, 1) * 4 {
            if attempt > 0 { try await Task.sleep(for: .milliseconds(250)) }
            let answer = try await stack.get("/v1/data/answer", query: query, as: ProjectionResult.self)
            if answer.folded { return answer }
        }
        return nil
    }
}
