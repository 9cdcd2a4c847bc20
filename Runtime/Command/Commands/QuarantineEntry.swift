/// What a rule said of a row, as the API tells it.
struct QuarantineEntry: Decodable {
    let session: String?
    let rule, verdict, detail, repair: String
    /// Whose row it is, where the answer is about several.
    let provider: String?

    var words: String {
        switch verdict {
        case "quarantine": "held back: \(rule) (\(detail))"
        case "repair": "mended: \(rule) (\(repair))"
        default: "noted: \(rule) (\(detail))"
        }
    }
}
