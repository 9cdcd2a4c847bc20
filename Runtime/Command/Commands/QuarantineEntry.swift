/// A rule violation of a row, as the API returns it.
struct QuarantineEntry: Decodable {
    let session: String?
    let rule, disposition, detail, repairs: String
    /// The row's provider, in a response about several providers.
    let provider: String?

    /// A short description of the violation, for a line of output.
    var summary: String {
        switch disposition {
        case "repaired": "repaired: \(rule) (\(repairs))"
        default: "\(disposition): \(rule) (\(detail))"
        }
    }
}
