import FoundationEssentials
import Providers
import Store

/// A provider and how much it may be asked.
struct ConfiguredProvider: Sendable {
    let provider: any DataProvider
    /// What responses with the splits and dividends that the provider's bars come without, asked first so that the bars are read by them.
    var actions: [any DataProvider] = []
    let allowance: RequestLimits.Allowance
}

/// What the template says of one provider: which responses, where, how often.
struct ProviderOptions: Decodable, Hashable, Sendable {
    /// Which of the provider's responses; nil is its usual one.
    var kind: String?
    /// The kinds of responses that name splits and dividends, asked beside the bars; where nothing is said, those that the provider has
    /// for bars that come without. Each is a request more per instrument and run: an empty list saves them.
    var actions: [String]?
    /// Another address than the provider's own.
    var baseURL: String?
    /// Requests a minute and a day, and at once. Where nothing is said, what the provider's free plan is known to allow.
    var perMinute: Double?
    var perDay: Int?
    var concurrency: Int?

    func allowance(suggested: ProviderLimits?) -> RequestLimits.Allowance {
        let minute = suggested?.perMinute.map(Double.init) ?? suggested?.perSecond.map { 60 * Double($0) }
        return RequestLimits.Allowance(
            perMinute: perMinute ?? minute ?? suggested?.perHour.map { Double($0) / 60 } ?? 60, perDay: perDay ?? suggested?.perDay,
            concurrency: concurrency ?? suggested?.concurrency ?? 2)
    }

    /// `PROVIDER_OPTIONS`, a JSON object by provider; `PROVIDER_KIND` and `PROVIDER_BASE_URL` speak of the first provider.
    static func read(_ environment: [String: String], first: String) throws(IngestSettings.Failure) -> [String: ProviderOptions] {
        var options: [String: ProviderOptions] = [:]
        if let text = environment["PROVIDER_OPTIONS"], !text.isEmpty {
            do { options = try JSONDecoder().decode([String: ProviderOptions].self, from: Data(text.utf8)) } catch {
                throw .invalidOptions("\(error)")
            }
        }
        for (name, entry) in options {
            guard entry.perMinute ?? 1 > 0, entry.concurrency ?? 1 > 0, entry.perDay ?? 0 >= 0 else {
                throw .invalidOptions("the limits of \(name) are not positive")
            }
        }
        if let kind = environment["PROVIDER_KIND"], !kind.isEmpty { options[first, default: ProviderOptions()].kind = kind }
        if let url = environment["PROVIDER_BASE_URL"], !url.isEmpty { options[first, default: ProviderOptions()].baseURL = url }
        return options
    }
}
