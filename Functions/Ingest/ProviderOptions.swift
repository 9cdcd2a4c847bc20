import Formats
import FoundationEssentials
import Providers
import Store

/// The options of one provider in `PROVIDER_OPTIONS`: the kind of its responses, its address and its limits.
struct ProviderOptions: Decodable, Hashable, Sendable {
    /// The kind of responses to request; nil for the provider's usual kind.
    var kind: String?
    /// The kinds of responses with splits and dividends to request beside the bars. nil requests the provider's default kinds, if its bars
    /// contain no actions, at one request per kind, instrument and run; an empty list requests none.
    var actions: [String]?
    /// An address in place of the provider's own.
    var baseURL: String?
    /// Requests per minute; nil for the limit of the provider's free plan, or 60 if that is unknown.
    var perMinute: Double?
    /// Requests per day; nil for the limit of the provider's free plan.
    var perDay: Int?
    /// Concurrent requests; nil for the limit of the provider's free plan.
    var concurrency: Int?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, actions, baseURL = "base_url", perMinute = "per_minute", perDay = "per_day", concurrency
    }

    init() {}

    init(from decoder: any Decoder) throws {
        try decoder.rejectUnknownMembers(but: CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kind = try values.decodeIfPresent(String.self, forKey: .kind)
        actions = try values.decodeIfPresent([String].self, forKey: .actions)
        baseURL = try values.decodeIfPresent(String.self, forKey: .baseURL)
        perMinute = try values.decodeIfPresent(Double.self, forKey: .perMinute)
        perDay = try values.decodeIfPresent(Int.self, forKey: .perDay)
        concurrency = try values.decodeIfPresent(Int.self, forKey: .concurrency)
    }

    /// The limits that apply: these options, or else those of the free plan (`ProviderLimits`).
    func allowance(suggested: ProviderLimits?) -> RequestLimits.Allowance {
        let minute = suggested?.perMinute.map(Double.init) ?? suggested?.perSecond.map { 60 * Double($0) }
        return RequestLimits.Allowance(
            perMinute: perMinute ?? minute ?? suggested?.perHour.map { Double($0) / 60 } ?? 60, perDay: perDay ?? suggested?.perDay,
            concurrency: concurrency ?? suggested?.concurrency ?? 2)
    }

    /// Reads `PROVIDER_OPTIONS`, a JSON object by provider. `PROVIDER_KIND` and `PROVIDER_BASE_URL` apply to the first provider.
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
