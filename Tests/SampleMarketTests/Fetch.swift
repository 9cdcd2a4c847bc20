import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One GET through Foundation's own client.
func fetch(_ url: String) async throws -> (data: Data, status: Int) {
    guard let url = URL(string: url) else { throw URLError(.badURL) }
    let (data, response) = try await URLSession.shared.data(from: url)
    return (data, (response as? HTTPURLResponse)?.statusCode ?? 0)
}
