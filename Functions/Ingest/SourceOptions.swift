import FoundationEssentials
import Providers
import Store

/// A provider and how much it may be asked.
struct Source: Sendable {
    let provider: any DataProvider
    let allowance: ProviderLimits.Allowance
}

/// What the template says of one provider: which answers, where, how often.
struct SourceOptions: Decodable, Hashable, Sendable {
    /// Which of the provider's answers; nil is its usual one.
    var kind: String?
    /// Another address than the provider's own.
    var baseURL: String?
    /// Requests a minute and a day, and at once. One that nothing is said of is asked once a second by two at a time.
    var perMinute: Double?
    var perDay: Int?
    var concurrency: Int?

    var allowance: ProviderLimits.Allowance {
        ProviderLimits.Allowance(perMinute: perMinute ?? 60, perDay: perDay, concurrency: concurrency ?? 2)
    }

    /// `PROVIDER_OPTIONS`, a JSON object by provider; `PROVIDER_KIND` and `PROVIDER_BASE_URL` speak of the first provider.
    static func read(_ environment: [String: String], first: String) throws(IngestSettings.Failure) -> [String: SourceOptions] {
        var options: [String: SourceOptions] = [:]
        if let text = environment["PROVIDER_OPTIONS"], !text.isEmpty {
            do { options = try JSONDecoder().decode([String: SourceOptions].self, from: Data(text.utf8)) } catch {
                throw .invalidOptions("\(error)")
            }
        }
        for (name, entry) in options {
            guard entry.allowance.perMinute > 0, entry.allowance.concurrency > 0, entry.allowance.perDay ?? 0 >= 0 else {
                throw .invalidOptions("the limits of \(name) are not positive")
            }
        }
        if let kind = environment["PROVIDER_KIND"], !kind.isEmpty { options[first, default: SourceOptions()].kind = kind }
        if let url = environment["PROVIDER_BASE_URL"], !url.isEmpty { options[first, default: SourceOptions()].baseURL = url }
        return options
    }
}
