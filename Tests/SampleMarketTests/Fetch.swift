import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One GET through Foundation's own client.
func fetch(_ url: String) async throws -> (Data, URLResponse) {
    guard let url = URL(string: url) else { throw URLError(.badURL) }
    return try await URLSession.shared.data(from: url)
}
